"""What others wait for near a lister, counted by kind."""

from sqlmodel import Session

from marketplace.requests.models import NeedState, RequestState
from marketplace.views.market import MOST_WANTED, Wanted, wanted_near
from tests import builders


def test_what_waits_near_is_counted_by_kind_and_tells_of_nobody(session: Session) -> None:
    """Three rooms (one anywhere) and a car; not what is far away, found, a draft, or one's own."""
    lister = builders.actor(session)  # of the county of Östersund
    for values in ({}, {}, {"municipality_code": None, "latitude": None, "longitude": None}):
        builders.need(session, builders.request(session), kind="meeting_room", **values)
    builders.need(session, builders.request(session), family="vehicle", kind=None)
    builders.need(session, builders.request(session), kind="hall", municipality_code="1480")
    builders.need(session, builders.request(session), kind="hall", state=NeedState.PROPOSED)
    builders.need(session, builders.request(session, state=RequestState.DRAFT), kind="hall")
    own = builders.member(session, builders.organisation(session))
    builders.need(session, builders.request(session, own), kind="hall")
    mine = builders.actor_of(session, own)
    assert wanted_near(session, mine) == [Wanted("space", "meeting_room", 3), Wanted("vehicle", None, 1)]
    assert Wanted("space", "hall", 1) in wanted_near(session, lister)


def test_a_few_are_told(session: Session) -> None:
    lister = builders.actor(session)
    assert wanted_near(session, lister) == []
    for number in range(MOST_WANTED + 1):
        builders.need(session, builders.request(session), family="space", kind=f"kind-{number}")
    assert len(wanted_near(session, lister)) == MOST_WANTED
