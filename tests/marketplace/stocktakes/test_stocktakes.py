"""Counting what is there: what is expected, who counts, and what becomes of a difference, once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from core.actor import Actor
from core.database import db
from core.errors import BadInput, CapacityExceeded, Conflict, NotAllowed, NotFound
from core.time import clock
from core.time.interval import Interval
from marketplace.bookings.ledger import MovementKind as M
from marketplace.bookings.movements import note
from marketplace.bookings.service import cancel
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.shortfalls.queries import waiting
from marketplace.shortfalls.service import look_through
from marketplace.stocktakes import queries
from marketplace.stocktakes.models import StockDecisionKind as K
from marketplace.stocktakes.models import Stocktake
from marketplace.stocktakes.rules import Stock, tally
from marketplace.stocktakes.service import Scope, begin, close, count
from resources.claims import Wanted, take
from resources.models import ClaimSource
from resources.queries import active_claims
from tests import builders
from tests.marketplace.bookings.test_later_ends import lent, of_ten

ALWAYS = Interval(builders.at(0), None)
OWNED = 8
MOVES = {"out": ("there", "out"), "back": ("out", "there")}
DECIDED = {
    K.LOST: ("there", "missing"),
    K.WRITTEN_OFF: ("there", "gone"),
    K.FOUND: ("missing", "there"),
    K.LEFT: ("there", "there"),
}
STEPS = st.lists(st.tuples(st.sampled_from([*MOVES, *K]), st.integers(0, OWNED + 2)), max_size=14)


def entry(amount: int, expected: int, *, adds: bool = False) -> Any:
    return SimpleNamespace(amount=amount, expected=expected, adds=adds, at=clock.now())


@settings(max_examples=1000)
@given(steps=STEPS)
def test_of_any_sequence_of_counts_and_movements_each_piece_is_somewhere_once(steps: list[tuple[str, int]]) -> None:
    """Told a second time piece by piece: each is there, out, missing or gone for good."""
    stock, at = Stock(OWNED), Counter(there=OWNED)
    for step, amount in steps:
        if step in MOVES:
            origin, to = MOVES[step]
            many = amount if amount <= at[origin] else 0
            stock = replace(stock, away=stock.away + (many if step == "out" else -many))
        else:
            origin, to = DECIDED[K(step)]
            off = abs(tally([entry(amount, stock.expected)]).difference)
            try:
                stock = stock.after(K(step), off)
            except Conflict:
                assert off > at["there"]
                continue
            many = min(off, at["missing"]) if step == K.FOUND else off
        at.subtract({origin: many})
        at.update({to: many})
        assert (stock.expected, stock.away, stock.missing, stock.written_off) == tuple(
            at[place] for place in ("there", "out", "missing", "gone")
        )
        assert at.total() == OWNED


@pytest.mark.parametrize(
    ("entries", "counted", "stale"),
    [
        ([(3, 10, False), (4, 10, True)], 7, False),  # two rooms
        ([(3, 10, False), (9, 10, False)], 9, False),  # counted anew
        ([(3, 10, False), (4, 8, True)], 7, True),  # two went out between: from which room?
        ([(3, 10, False), (4, 8, True), (8, 8, False)], 8, False),
    ],
)
def test_what_entries_come_to(entries: list[tuple[int, int, bool]], counted: int, stale: bool) -> None:
    found = tally([entry(amount, expected, adds=adds) for amount, expected, adds in entries])
    assert (found.counted, found.is_stale) == (counted, stale)


@pytest.fixture
def lot(session: Session) -> Offer:
    """Ten chairs."""
    return of_ten(session)


def lister(session: Session, lot: Offer) -> Any:
    return builders.actor(session, builders.home_of(session, lot), roles=["lister"])


def opened(session: Session, lot: Offer) -> Stocktake:
    place = builders.resource_of(session, lot).site_id
    return begin(session, lister(session, lot), Scope(site_id=place))


def stock(session: Session, lot: Offer) -> Stock:
    return queries.stock_of(session, [lot.resource_id])[lot.resource_id]


def test_a_hand_over_while_it_is_counted_makes_no_difference(session: Session, lot: Offer) -> None:
    """Ten chairs, of which three go out after the first count and before the second, a day later."""
    found, booking = lent(session, lot, 3, builders.days(0, 9))
    row, who = opened(session, lot), found.lister
    assert count(session, who, row.id, lot.resource_id, 10).expected == 10
    note(session, who, booking.id, M.OUT)
    assert queries.differing(session, row) == []
    with pytest.raises(Conflict) as moved:  # all ten were counted before, where there was no network
        count(session, who, row.id, lot.resource_id, 10, seen=1, expected=10)
    assert moved.value.code == "moved_meanwhile"
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert count(session, who, row.id, lot.resource_id, 7, seen=1, expected=7).expected == 7
        close(session, who, row.id, {})
    with pytest.raises(Conflict) as late:
        count(session, who, row.id, lot.resource_id, 7, seen=2)
    assert late.value.code == "state_changed"


def test_what_is_missing_is_lent_to_nobody_until_it_is_found(session: Session, lot: Offer) -> None:
    """Of ten chairs eight are counted: two are lost. Then nine are: one is found."""
    who, unit = lister(session, lot), builders.unit_of(session, builders.resource_of(session, lot))
    for counted, decided, missing in ((8, K.LOST, 2), (9, K.FOUND, 1)):
        row = opened(session, lot)
        count(session, who, row.id, lot.resource_id, counted)
        with pytest.raises(BadInput, match="has to be one of"):
            close(session, who, row.id, {})
        close(session, who, row.id, {lot.resource_id: decided})
        assert stock(session, lot) == Stock(10, missing=missing)
        ahead = builders.days(5, 10)
        with pytest.raises(CapacityExceeded):
            take(session, [Wanted(unit.id, 11 - missing, ahead)], ClaimSource.OWNER)
        with session.begin_nested() as tried:
            take(session, [Wanted(unit.id, 10 - missing, ahead)], ClaimSource.OWNER)
            tried.rollback()
        with pytest.raises(Conflict) as again:
            close(session, who, row.id, {lot.resource_id: decided})
        assert again.value.code == "state_changed"


def test_what_was_decided_by_another_count_meanwhile_is_not_decided_twice(session: Session, lot: Offer) -> None:
    who, first, second = lister(session, lot), opened(session, lot), opened(session, lot)
    for row in (first, second):
        count(session, who, row.id, lot.resource_id, 8)
    close(session, who, first.id, {lot.resource_id: K.WRITTEN_OFF})
    with pytest.raises(BadInput, match="count it anew"):
        close(session, who, second.id, {lot.resource_id: K.LOST})
    count(session, who, second.id, lot.resource_id, 8, seen=1)
    close(session, who, second.id, {})
    assert stock(session, lot) == Stock(10, written_off=2)


def test_more_than_were_ever_lost_are_not_found(session: Session, lot: Offer) -> None:
    who, row = lister(session, lot), opened(session, lot)
    count(session, who, row.id, lot.resource_id, 12)
    with pytest.raises(BadInput, match="has to be one of left"):
        close(session, who, row.id, {lot.resource_id: K.FOUND})
    close(session, who, row.id, {lot.resource_id: K.LEFT})
    assert stock(session, lot) == Stock(10)


def test_a_booking_that_cannot_be_kept_any_more_falls_short(session: Session, lot: Offer) -> None:
    """Eight of ten chairs are promised, and three are not there: one is missing from what was promised."""
    found, booking = lent(session, lot, 8, builders.days(3, 9))
    row = opened(session, lot)
    count(session, found.lister, row.id, lot.resource_id, 7)
    close(session, found.lister, row.id, {lot.resource_id: K.LOST})
    look_through(session, clock.now())
    assert waiting(session)[booking.id].missing == 1
    unit = builders.unit_of(session, builders.resource_of(session, lot))
    held = [each for each in active_claims(session, [unit.id], ALWAYS) if each.source is ClaimSource.MISSING]
    assert sorted(each.amount for each in held) == [2, 3, 3]
    row = opened(session, lot)
    count(session, found.lister, row.id, lot.resource_id, 10)
    close(session, found.lister, row.id, {lot.resource_id: K.FOUND})
    look_through(session, clock.now())
    assert booking.id not in waiting(session)


def test_what_is_missing_is_not_promised_anew_once_a_later_booking_is_cancelled(session: Session, lot: Offer) -> None:
    """Of ten chairs three are not there; eight were promised from day 3 on, which two of them held beside that."""
    found, booking = lent(session, lot, 8, builders.days(3, 9))
    row = opened(session, lot)
    count(session, found.lister, row.id, lot.resource_id, 7)
    close(session, found.lister, row.id, {lot.resource_id: K.LOST})
    cancel(session, found.requester, booking.id, "no_longer_needed")
    look_through(session, clock.now())
    unit, ahead = builders.unit_of(session, builders.resource_of(session, lot)), builders.days(3, 9)
    take(session, [Wanted(unit.id, 7, ahead)], ClaimSource.OWNER)
    with pytest.raises(CapacityExceeded):
        take(session, [Wanted(unit.id, 1, ahead)], ClaimSource.OWNER)


def test_who_does_not_list_it_counts_nothing(session: Session, lot: Offer) -> None:
    row, home, room = opened(session, lot), builders.home_of(session, lot), builders.space(session)
    stranger = builders.actor(session, roles=["lister"])
    with pytest.raises(NotFound):
        count(session, stranger, row.id, lot.resource_id, 8)
    with pytest.raises(BadInput, match="not part"):
        count(session, lister(session, lot), row.id, builders.furniture(session).id, 8)
    theirs = builders.actor(session, session.get_one(Organisation, room.organisation_id), roles=["lister"])
    with pytest.raises(BadInput, match="not counted"):
        begin(session, theirs, Scope(resource_id=room.id))
    with pytest.raises(NotAllowed):
        begin(session, builders.actor(session, home, roles=["requester"]), Scope(department="Förråd"))


def test_two_who_count_at_once_lose_nothing(engine: Engine) -> None:
    """Both say that theirs is all there is: one is told what the other counted, and adds to it."""
    with db.unit_of_work() as session:
        lot = of_ten(session)
        row, who = opened(session, lot), [lister(session, lot) for _ in range(2)]
    barrier = Barrier(2)

    def counted(actor: Actor) -> str:
        barrier.wait()
        try:
            with db.unit_of_work() as other:
                count(other, actor, row.id, lot.resource_id, 5)
        except Conflict as refused:
            return refused.code
        return "counted"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(counted, who)) == ["counted", "counted_meanwhile"]
    with db.unit_of_work() as session:
        count(session, who[0], row.id, lot.resource_id, 5, adds=True)
        close(session, who[0], row.id, {})
        assert stock(session, lot) == Stock(10)
