"""What is lost is missing where it was promised: from whom, who is told, and what becomes of it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from core.errors import CapacityExceeded, Conflict, NotAllowed
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings import queries, service
from marketplace.bookings.ledger import MovementKind as K
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.movements import note
from marketplace.requests.models import Need, NeedState
from marketplace.shortfalls.models import Shortfall
from marketplace.shortfalls.models import ShortfallState as S
from marketplace.shortfalls.queries import promised_units, waiting
from marketplace.shortfalls.rules import Promise, missing
from marketplace.shortfalls.service import decide, end_due, look_through
from resources.availability import Taken, left, peak
from resources.claims import Wanted, take
from resources.models import ClaimSource
from tests import builders
from tests.marketplace.bookings.test_later_ends import lent, of_ten
from tests.marketplace.proposals.deals import Deal, told

Lost = tuple[Deal, Booking, Deal, Booking]


@pytest.fixture
def lost(session: Session) -> Lost:
    """Of ten chairs three are lent and lost; eight are promised to somebody else from day 3 on: one is missing."""
    return losing(session, 3, 8)


def losing(session: Session, gone: int, promised: int) -> Lost:
    lot = of_ten(session)
    found, booking = lent(session, lot, max(gone, 1), builders.days(1, 2))
    later, short = lent(session, lot, promised, builders.days(3, 9))
    with clock.frozen(from_range(booking.during).start):
        note(session, found.lister, booking.id, K.OUT)
        if gone:
            note(session, found.lister, booking.id, K.LOST, gone)
        look_through(session, clock.now())
    return found, booking, later, short


def row_of(session: Session, booking: Booking) -> Shortfall | None:
    return waiting(session).get(booking.id)


@pytest.mark.parametrize(
    ("gone", "promised", "expected"),
    [
        (0, 8, None),  # nothing is lost
        (2, 8, None),  # 10 - 2 = 8 are left
        (3, 8, 1),  # 7 are left
        (10, 8, 8),  # none is left
    ],
)
def test_what_is_lost_is_missing_where_more_was_promised_than_is_left(
    session: Session, gone: int, promised: int, expected: int | None
) -> None:
    *_, later, short = losing(session, gone, promised)
    row = row_of(session, short)
    assert (row.missing if row else None) == expected
    for actor in (later.lister, later.requester):
        assert told(session, actor).count("shortfall") == (expected is not None)
    look_through(session, clock.now())
    assert told(session, later.requester).count("shortfall") == (expected is not None)  # told once


def test_what_is_found_again_is_missing_no_more(session: Session, lost: Lost) -> None:
    found, booking, later, short = lost
    with clock.frozen(from_range(booking.during).start + timedelta(hours=1)):
        note(session, found.lister, booking.id, K.BACK, 2)
        look_through(session, clock.now())
    assert row_of(session, short) is None
    assert (told(session, later.requester)[-1], short.amount) == ("shortfall_decided", 8)


def test_the_borrower_takes_fewer_and_what_is_lost_is_held_then_too(session: Session, lost: Lost) -> None:
    _found, booking, later, short = lost
    for stranger in (later.lister, builders.actor(session, builders.home_of(session, later.offers[0]))):
        with pytest.raises(NotAllowed):
            decide(session, stranger, short.id, S.FEWER)
    decide(session, later.requester, short.id, S.FEWER)
    assert (short.amount, [each.amount for each in queries.counted_claims(session, short.id)]) == (7, [7])
    assert queries.ledger(session, short).agreed == 7
    held = queries.counted_claims(session, booking.id, ClaimSource.OWNER)
    ever, taken = Interval(builders.at(2), None), [Taken(each.amount, from_range(each.during)) for each in held]
    assert (left([ever], taken, 3), peak(taken, ever)) == ([], 3)  # all three always
    look_through(session, clock.now())
    with pytest.raises(Conflict) as over:
        decide(session, later.requester, short.id, S.FEWER)
    assert over.value.code == "nothing_to_decide"


def test_the_borrower_has_it_matched_anew(session: Session, lost: Lost) -> None:
    *_, later, short = lost
    decide(session, later.requester, short.id, S.REPLACED)
    assert short.state is BookingState.CANCELLED
    assert session.get_one(Need, short.need_id).state is NeedState.OPEN
    assert not queries.counted_claims(session, short.id)


@pytest.mark.parametrize(("gone", "state", "amount"), [(3, BookingState.AGREED, 7), (10, BookingState.CANCELLED, 8)])
def test_without_a_decision_the_borrower_gets_what_there_is(
    session: Session, gone: int, state: BookingState, amount: int
) -> None:
    *_, later, short = losing(session, gone, 8)
    row = row_of(session, short)
    assert row is not None
    assert row.decide_by <= from_range(short.during).start
    if gone == 10:
        with pytest.raises(Conflict) as none:
            decide(session, later.requester, short.id, S.FEWER)
        assert none.value.code == "none_left"
    end_due(session, row.decide_by - timedelta(seconds=1))
    assert short.amount == 8
    end_due(session, row.decide_by)
    assert (short.state, short.amount) == (state, amount)


def test_a_cancelled_booking_falls_short_of_nothing(session: Session, lost: Lost) -> None:
    *_, later, short = lost
    service.cancel(session, later.requester, short.id, "no_longer_needed")
    look_through(session, clock.now())
    assert row_of(session, short) is None
    assert "shortfall_decided" not in told(session, later.lister)


def test_what_is_lost_is_not_promised_anew_once_a_later_booking_is_cancelled(session: Session, lost: Lost) -> None:
    """Of ten chairs three are lost: seven may be had on the days for which eight were promised, and no more."""
    _found, booking, later, short = lost
    assert {each.amount for each in queries.counted_claims(session, booking.id, ClaimSource.OWNER)} == {2, 3}
    service.cancel(session, later.requester, short.id, "no_longer_needed")
    look_through(session, clock.now())
    held = queries.counted_claims(session, booking.id, ClaimSource.OWNER)
    look_through(session, clock.now())
    assert queries.counted_claims(session, booking.id, ClaimSource.OWNER) == held
    (unit_id,) = queries.amounts_of_one(session, booking)
    take(session, [Wanted(unit_id, 7, builders.days(3, 9))], ClaimSource.OWNER)
    with pytest.raises(CapacityExceeded):
        take(session, [Wanted(unit_id, 1, builders.days(3, 9))], ClaimSource.OWNER)


def test_only_losses_of_what_is_promised_are_looked_at(session: Session, lost: Lost) -> None:
    _found, booking, later, short = lost
    lent(session, of_ten(session), 8, builders.days(3, 9))
    assert promised_units(session, clock.now()) == list(queries.amounts_of_one(session, booking))
    service.cancel(session, later.requester, short.id, "no_longer_needed")
    assert promised_units(session, clock.now()) == []


def hour(n: int) -> datetime:
    return builders.at(1) + timedelta(hours=n)


HOURS = st.integers(0, 12)
PROMISES = st.lists(st.tuples(HOURS, st.integers(1, 6), st.integers(1, 5), st.booleans()), max_size=6)


@given(capacity=st.integers(1, 12), gone=st.integers(0, 6), of=PROMISES)
def test_with_what_is_missing_taken_away_the_rest_fits(
    capacity: int, gone: int, of: list[tuple[int, int, int, bool]]
) -> None:
    """Whoever waits is left no more than fits beside what is out, and nothing is missing where all fits."""
    start = hour(0)
    promises = [
        Promise(UUID(int=n), Interval(hour(at), hour(at + long)), amount, 1, waits)
        for n, (at, long, amount, waits) in enumerate(of)
    ]
    lost_of_it = [Taken(gone, Interval(start, None))] if gone else []
    short = missing(capacity, lost_of_it, promises)
    every = Interval(start, start + timedelta(days=2))
    rest = [Taken(each.amount - short.get(each.booking_id, 0), each.during) for each in promises]
    out = [Taken(each.amount, each.during) for each in promises if not each.waits]
    most = peak([*lost_of_it, *(each for each in rest if each.amount)], every)
    assert most <= max(capacity, peak([*lost_of_it, *out], every))
    if peak([*lost_of_it, *(Taken(each.amount, each.during) for each in promises)], every) <= capacity:
        assert not short
