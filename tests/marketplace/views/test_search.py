"""What is promised is as taken for whoever looks for an offer as it is for matching."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.timing import Period
from marketplace.offers.models import Offer
from marketplace.offers.search import OfferSearch
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.snapshot.load import relations, snapshot_of
from marketplace.planning.snapshot.supply import supply
from marketplace.proposals.models import ProposalState as P
from marketplace.views.search import offers_by_day, search_offers
from tests import builders
from tests.builders import days
from tests.marketplace.offers.test_search import counted
from tests.marketplace.planning.snapshots import need

PERIOD = days(10, 13)


def found(session: Session, least: int | None = None, family: str = "vehicle") -> set[UUID]:
    reader = builders.actor(session, roles=["requester"])
    search = OfferSearch(during=PERIOD, least=least, family=family)
    return {view.offer.id for view in search_offers(session, reader, search, limit=100).items}


def matched(session: Session, amount: int = 1, family: str = "vehicle") -> set[UUID]:
    """What matching would take for the same, were it to propose anew whatever it may."""
    first, last = (each.astimezone(STOCKHOLM).date() for each in (PERIOD.start, PERIOD.limit))
    asked = need(family, timing=Period(first, last - timedelta(days=1)), amount=amount)
    market = snapshot_of(supply(session, clock.now()), relations(session), [asked], [], frozenset(), unproposed=True)
    return {offer.offer_id for offer in CandidateFilter(market).apply(asked).offers}


def promise(session: Session, offer: Offer, amount: int = 1, **values: Any) -> None:
    asked = builders.need(session, builders.request(session), family=builders.family_of(session, offer))
    builders.suggestion(session, (asked, offer), when=[days(11, 12)], amount=amount, **values)


@pytest.mark.parametrize(
    ("values", "is_taken"),
    [
        ({"state": P.PROPOSED}, False),  # the next run may propose it to somebody else
        ({"state": P.PROPOSED, "locked_at": clock.now()}, True),
        ({"state": P.APPROVED, "approved_at": clock.now()}, True),
        ({"state": P.REFUSED}, False),
        ({"state": P.EXPIRED}, False),
        ({"state": P.SUPERSEDED}, False),
    ],
)
def test_a_promise_takes_as_a_booking_does(session: Session, values: dict[str, Any], is_taken: bool) -> None:
    promised, free = (builders.offer(session, builders.vehicle(session)) for _ in range(2))
    promise(session, promised, **values)
    expected = {free.id} if is_taken else {promised.id, free.id}
    assert found(session) == matched(session) == expected


@pytest.mark.parametrize(("asked", "is_there"), [(3, True), (4, False)])
def test_a_part_that_is_promised_and_a_part_that_is_booked_add_up(session: Session, asked: int, is_there: bool) -> None:
    lot = builders.furniture(session, capacity=9)
    offer = builders.offer(session, lot)
    builders.claim(session, builders.unit_of(session, lot), days(5, 30), 2)
    promise(session, offer, 4, state=P.APPROVED, approved_at=clock.now())
    expected = {offer.id} if is_there else set()
    assert found(session, asked, "furniture") == matched(session, asked, "furniture") == expected


def test_promises_are_read_with_one_query_more(session: Session) -> None:
    for _ in range(3):
        promise(session, builders.offer(session, builders.vehicle(session)), state=P.APPROVED)
    with counted(session) as few:
        found(session)
    for _ in range(5):
        promise(session, builders.offer(session, builders.vehicle(session)), state=P.APPROVED)
    with counted(session) as many:
        found(session)
    assert len(many) == len(few)


def test_each_day_counts_what_a_search_of_that_day_alone_finds_with_as_many_queries(session: Session) -> None:
    """Of four cars one is booked for days 3 and 4, one promised for day 11, one offered until day 5. Rooms: two."""
    cars = [builders.vehicle(session) for _ in range(4)]
    builders.claim(session, builders.unit_of(session, cars[0]), days(3, 5))
    for number, car in enumerate(cars):
        offer = builders.offer(session, car, during=days(-1, 5 if number == 1 else None))
    promise(session, offer, state=P.APPROVED, approved_at=clock.now())
    for room in (builders.space(session), builders.space(session)):
        builders.offer(session, room)
    reader, search = builders.actor(session), OfferSearch(family="vehicle")
    wanted = [days(each, each + 1) for each in range(14)]
    with counted(session) as sent:
        counts = offers_by_day(session, reader, search, wanted)
    with counted(session) as alone:
        assert offers_by_day(session, reader, search, wanted[:1]) == counts[:1]
    assert counts == [search_offers(session, reader, replace(search, during=each)).total for each in wanted]
    assert counts == [4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3]
    assert len(sent) == len(alone)
