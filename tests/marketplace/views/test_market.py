"""What others wait for near a lister, counted by kind."""

from sqlmodel import Session

from marketplace.requests.models import NeedState, RequestState
from marketplace.views.market import FEWEST_WHO_WANT, MOST_WANTED, Wanted, wanted_near
from tests import builders


def test_what_several_others_wait_for_is_told_by_kind(session: Session) -> None:
    """Rooms that three want (one of them anywhere), and cars; not what is far away, found, a draft, or one's own."""
    own = builders.member(session, builders.organisation(session))  # in the county of Östersund
    for values in ({}, {}, {"municipality_code": None, "latitude": None, "longitude": None}):
        builders.need(session, builders.request(session), kind="meeting_room", **values)
        builders.need(session, builders.request(session), family="vehicle", kind=None)
    for _ in range(FEWEST_WHO_WANT - 1):
        builders.need(session, builders.request(session), kind="hall")
    builders.need(session, builders.request(session), kind="hall", municipality_code="1480")
    builders.need(session, builders.request(session), kind="hall", state=NeedState.PROPOSED)
    builders.need(session, builders.request(session, state=RequestState.DRAFT), kind="hall")
    builders.need(session, builders.request(session, own), kind="hall")
    mine = builders.actor_of(session, own)
    assert wanted_near(session, mine) == [Wanted("space", "meeting_room"), Wanted("vehicle", None)]
    assert Wanted("space", "hall") in wanted_near(session, builders.actor(session)), "to whom the own one is another's"


def test_many_of_one_organisation_are_not_several(session: Session) -> None:
    one = builders.member(session)
    for _ in range(FEWEST_WHO_WANT):
        builders.need(session, builders.request(session, one), kind="hall")
    assert wanted_near(session, builders.actor(session)) == []


def test_a_few_are_told(session: Session) -> None:
    lister = builders.actor(session)
    assert wanted_near(session, lister) == []
    askers = [builders.member(session) for _ in range(FEWEST_WHO_WANT)]
    for number in range(MOST_WANTED + 1):
        for asker in askers:
            builders.need(session, builders.request(session, asker), family="space", kind=f"kind-{number}")
    assert len(wanted_near(session, lister)) == MOST_WANTED
