"""Seats go to who came first, in the rows too; what is freed is offered at once, and whoever is concerned is told."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed
from core.time import clock
from hubs.activities import queries, registering, service
from hubs.activities.models import ActivityAudience, ActivityState, HubActivity, HubRegistration
from hubs.activities.registering import SeatAnswer
from hubs.waiting.line import Standing
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.hubs import rows

OFFERED, REGISTERED, WAITING = Standing.OFFERED, Standing.REGISTERED, Standing.WAITING


@pytest.fixture
def talk(session: Session) -> HubActivity:
    return rows.activity(session, rows.hub(session), seats=8)


def comes(session: Session, talk: HubActivity, seats: int = 1) -> Actor:
    actor = builders.actor(session)
    registering.register(session, actor, talk.id, seats)
    return actor


def standing(session: Session, talk: HubActivity, *actors: Actor) -> list[tuple[Standing, int, int]]:
    """Return how each stands: its state, the seats it has, and what it is offered."""
    found = [queries.own_registration(session, talk.id, each.member_id) for each in actors]
    return [(each.state, each.taken, each.offered) for each in found if each is not None]


def told(session: Session, actor: Actor) -> list[tuple[str, str, int]]:
    found = session.exec(select(Notice).where(Notice.member_id == actor.member_id).order_by(Notice.sequence))
    return [(each.code, each.facts["to"], each.facts["offered"]) for each in found]


def test_whoever_is_late_waits_and_is_offered_what_is_given_back(session: Session, talk: HubActivity) -> None:
    first, second, third = comes(session, talk, 8), comes(session, talk), comes(session, talk)
    assert standing(session, talk, first, second, third) == [(REGISTERED, 8, 0), (WAITING, 0, 0), (WAITING, 0, 0)]
    registering.be_fewer(session, first, talk.id, 7)
    assert standing(session, talk, first, second, third) == [(REGISTERED, 7, 0), (OFFERED, 0, 1), (WAITING, 0, 0)]
    registering.answer(session, second, talk.id, SeatAnswer.DECLINE)
    assert standing(session, talk, third) == [(OFFERED, 0, 1)]
    registering.answer(session, third, talk.id, SeatAnswer.ACCEPT)
    assert standing(session, talk, third) == [(REGISTERED, 1, 0)]
    assert told(session, third) == [("registration", "waiting", 0), ("seats_offered", "offered", 1)]


def test_a_group_of_eight_for_seven_seats_is_asked_and_nobody_passes_it_before_it_says_so(
    session: Session, talk: HubActivity
) -> None:
    comes(session, talk)
    group, after = comes(session, talk, 8), comes(session, talk)
    assert standing(session, talk, group, after) == [(OFFERED, 0, 7), (WAITING, 0, 0)]
    assert told(session, group) == [("seats_offered", "offered", 7)]
    registering.answer(session, group, talk.id, SeatAnswer.WAIT)
    assert standing(session, talk, group, after) == [(WAITING, 0, 0), (OFFERED, 0, 1)]


def test_a_group_may_take_the_few_and_waits_for_the_rest(session: Session, talk: HubActivity) -> None:
    alone = comes(session, talk)
    group = comes(session, talk, 8)
    registering.answer(session, group, talk.id, SeatAnswer.ACCEPT)
    assert standing(session, talk, group) == [(WAITING, 7, 0)]
    registering.answer(session, alone, talk.id, SeatAnswer.DECLINE)
    assert standing(session, talk, group) == [(OFFERED, 7, 1)]


def test_who_does_not_answer_in_time_is_told_and_the_next_is_asked(session: Session, talk: HubActivity) -> None:
    """The talk is in a week, so that an offer stands for a day."""
    first, second, third = comes(session, talk, 8), comes(session, talk), comes(session, talk)
    registering.answer(session, first, talk.id, SeatAnswer.DECLINE)
    registering.lapse_due(session, clock.now() + timedelta(hours=23))
    assert standing(session, talk, second, third) == [(OFFERED, 0, 1), (OFFERED, 0, 1)]
    registering.lapse_due(session, clock.now() + timedelta(hours=25))
    assert queries.own_registration(session, talk.id, second.member_id) is None
    assert told(session, second)[-1] == ("registration", "lapsed", 0)


def test_giving_back_twice_changes_nothing(session: Session, talk: HubActivity) -> None:
    actor = comes(session, talk)
    found = queries.own_registration(session, talk.id, actor.member_id)
    assert found is not None
    registering.decline(session, None, found)
    version = found.version
    registering.decline(session, None, found)
    assert (found.state, found.taken, found.version) == (Standing.DECLINED, 0, version)


def test_what_has_begun_is_not_given_back_and_nobody_is_told_that_it_was(session: Session, talk: HubActivity) -> None:
    found = queries.own_registration(session, talk.id, comes(session, talk).member_id)
    assert found is not None
    with clock.frozen(talk.starts), pytest.raises(Conflict) as refused:
        registering.decline(session, None, found)
    assert (refused.value.code, found.state) == ("not_open", Standing.REGISTERED)


def test_more_seats_are_offered_to_who_waits(session: Session, talk: HubActivity) -> None:
    comes(session, talk, 8)
    waits = comes(session, talk)
    talk.seats = 9
    registering.advance(session, talk)
    assert standing(session, talk, waits) == [(OFFERED, 0, 1)]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"seats": None}, "no_registration"),
        ({"state": ActivityState.CANCELLED}, "not_open"),
        ({"starts": clock.now() - timedelta(hours=1)}, "not_open"),
    ],
)
def test_what_cannot_be_registered_for(session: Session, talk: HubActivity, values: dict[str, object], code: str):
    for name, value in values.items():
        setattr(talk, name, value)
    session.flush()
    with pytest.raises(Conflict) as refused:
        comes(session, talk)
    assert refused.value.code == code


def test_who_may_not_register(session: Session, talk: HubActivity) -> None:
    with pytest.raises(BadInput, match="8 in all"):
        comes(session, talk, 9)
    actor = comes(session, talk)
    with pytest.raises(Conflict) as refused:
        registering.register(session, actor, talk.id)
    assert refused.value.code == "already_registered"
    host = builders.actor(session, session.get_one(Organisation, talk.organisation_id), roles=["hub_host"])
    talk.audience = ActivityAudience.MEMBERS
    session.flush()
    with pytest.raises(NotAllowed, match="members of the hub"):  # the host sees it, and is no member
        registering.register(session, host, talk.id)


def test_whose_organisation_has_left_gives_its_seats_back(session: Session, talk: HubActivity) -> None:
    leaves, waits = comes(session, talk, 8), comes(session, talk, 8)
    session.get_one(Organisation, leaves.organisation_id).left_at = clock.now()
    session.flush()
    registering.give_back_of_left(session)
    assert standing(session, talk, waits) == [(OFFERED, 0, 8)]


@pytest.mark.parametrize("audience", ActivityAudience)
def test_documents_reach_all_who_registered_and_may_see_them(
    session: Session, talk: HubActivity, audience: ActivityAudience
) -> None:
    """Who could not come and gave it back is told, but not of what is for members by now, as it is none."""
    host = builders.actor(session, session.get_one(Organisation, talk.organisation_id), roles=["hub_host"])
    comes_, waits, gives_back = comes(session, talk, 8), comes(session, talk), comes(session, talk)
    registering.answer(session, gives_back, talk.id, SeatAnswer.DECLINE)
    registering.register(session, gives_back, talk.id)
    registering.answer(session, gives_back, talk.id, SeatAnswer.DECLINE)
    talk.audience = audience
    session.flush()
    with clock.frozen(talk.ends):
        service.document(session, host, talk.id, "https://hubben.example.se/anteckningar")
    about = session.exec(select(Notice.member_id).where(Notice.code == "activity_documented")).all()
    absent = [gives_back] if audience is ActivityAudience.EVERYBODY else []
    assert sorted(about) == sorted(each.member_id for each in (comes_, waits, *absent))


def test_rows_hold_what_the_line_says(session: Session, talk: HubActivity) -> None:
    member = session.get_one(Member, comes(session, talk, 3).member_id)
    found = session.exec(select(HubRegistration).where(HubRegistration.member_id == member.id)).one()
    assert (found.number, found.seats, found.taken, found.offered, found.offer_until) == (1, 3, 3, 0, None)
