"""Who is a member of a hub on a day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from core.time import clock
from hubs.membership.models import HubMembershipState, HubMemberState
from hubs.membership.queries import is_member
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows

DAY = timedelta(days=1)


def test_a_member_is_one_by_an_agreement_that_covers_the_hub(session: Session):
    here, also, elsewhere = rows.hub(session), rows.hub(session), rows.hub(session)
    member, stranger = builders.member(session), builders.member(session)
    agreed = rows.membership(session, [here, also], member)
    for hub in (here, also, elsewhere):
        rows.hub_member(session, hub, member, agreed)
    assert [is_member(session, hub.id, member.id) for hub in (here, also, elsewhere)] == [True, True, False]
    assert not is_member(session, here.id, stranger.id)


@pytest.mark.parametrize("state", [each for each in HubMemberState if each is not HubMemberState.ACTIVE])
def test_nobody_is_a_member_without_a_seat(session: Session, state: HubMemberState):
    hub, member = rows.hub(session), builders.member(session)
    rows.hub_member(session, hub, member, rows.membership(session, [hub], member), state=state)
    assert not is_member(session, hub.id, member.id)


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({}, [-1, 0, 1, 400]),
        ({"ends": clock.today()}, [-1, 0]),
        ({"state": HubMembershipState.ASKED}, []),
        ({"state": HubMembershipState.ENDED}, []),
    ],
)
def test_an_agreement_holds_from_its_first_day_through_its_last(
    session: Session, values: dict[str, Any], days: list[int]
):
    hub, member = rows.hub(session), builders.member(session)
    rows.hub_member(session, hub, member, rows.membership(session, [hub], member, **values))
    asked = (-2, -1, 0, 1, 400)
    assert [each for each in asked if is_member(session, hub.id, member.id, clock.today() + each * DAY)] == days


def test_an_organisation_that_leaves_or_a_person_kept_out_is_no_member(session: Session):
    hub, one, other = rows.hub(session), builders.member(session), builders.member(session)
    for each in (one, other):
        rows.hub_member(session, hub, each, rows.membership(session, [hub], each))
    one.active = False
    session.get_one(Organisation, other.organisation_id).left_at = clock.now()
    session.flush()
    assert not is_member(session, hub.id, one.id)
    assert not is_member(session, hub.id, other.id)


def test_a_person_in_two_organisations_is_a_member_in_one_of_them_alone(session: Session):
    hub, here = rows.hub(session), builders.member(session, email="a@example.se")
    there = builders.member(session, email="a@example.se")
    rows.hub_member(session, hub, here, rows.membership(session, [hub], here))
    rows.membership(session, [hub], there)
    assert is_member(session, hub.id, here.id)
    assert not is_member(session, hub.id, there.id)
