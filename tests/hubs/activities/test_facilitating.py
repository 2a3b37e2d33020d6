"""A facilitator is asked for from an activity, as people are asked for in the marketplace, and shown when agreed."""

from datetime import datetime

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import Conflict, NotAllowed
from hubs.activities import facilitating
from hubs.activities.models import ActivityState, HubActivity
from marketplace.organisations.models import Organisation
from marketplace.requests import queries as requests
from marketplace.requests.models import RequestState
from marketplace.requests.service import withdraw_request
from tests import builders
from tests.hubs import rows


@pytest.fixture
def talk(session: Session) -> HubActivity:
    builders.skill(session, "facilitation")
    return rows.activity(session, rows.hub(session, builders.site(session, municipality_code="2380")))


def host_of(session: Session, talk: HubActivity, *roles: str) -> Actor:
    home = session.get_one(Organisation, talk.organisation_id)
    return builders.actor(session, home, roles=["hub_host", *roles])


def test_the_request_begins_at_the_activity_s_time_and_place(session: Session, talk: HubActivity) -> None:
    host = host_of(session, talk, "requester")
    key = facilitating.ask(session, host, talk.id)
    asked = facilitating.asked_for(session, talk)
    assert asked is not None
    assert (asked.id, asked.title, asked.state) == (key, talk.title, RequestState.DRAFT)
    [need] = requests.needs_of(session, [key])[key]
    assert (need.family, need.municipality_code, need.requirements["network"]) == ("staff", "2380", "facilitation")
    named = tuple(datetime.fromisoformat(need.timing[each]) for each in ("start", "end"))
    assert named == (talk.starts, talk.ends)
    with pytest.raises(Conflict, match="already"):
        facilitating.ask(session, host, talk.id)
    withdraw_request(session, host, key)
    assert facilitating.ask(session, host, talk.id) != key


def test_only_who_holds_it_asks_and_only_while_it_is_to_come(session: Session, talk: HubActivity) -> None:
    for nobody in (host_of(session, talk), builders.actor(session, roles=["requester"])):
        with pytest.raises(NotAllowed):
            facilitating.ask(session, nobody, talk.id)
    talk.state = ActivityState.CANCELLED
    session.flush()
    with pytest.raises(Conflict, match="cancelled"):
        facilitating.ask(session, host_of(session, talk, "requester"), talk.id)


def test_who_lends_one_is_told_once_it_is_agreed(session: Session, talk: HubActivity) -> None:
    assert facilitating.lent_by(session, talk) == []
    need = builders.need(session, builders.request(session))
    talk.request_id = need.request_id
    session.flush()
    assert facilitating.lent_by(session, talk) == []
    booked = builders.booking(session, need)
    assert facilitating.lent_by(session, talk) == [session.get_one(Organisation, booked.lender_id).name]
