"""What is left over real dates: split days, claims, daylight saving."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.time.interval import Interval
from core.time.opening import ALWAYS_OPEN
from core.time.opening_text import from_text
from resources.availability import Piece, Taken, busiest, peak, pieces

MONDAY = date(2027, 3, 1)
ALL_YEAR = Interval(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def at(hour: int, day: int = 1) -> datetime:
    """An instant in March 2027, UTC: one hour behind Swedish winter time."""
    return datetime(2027, 3, day, hour, tzinfo=UTC)


def span(first: int, until: int) -> Interval:
    return Interval(at(first), at(until))


def test_a_split_day_with_a_claim_over_lunch() -> None:
    hours = from_text("må-fr 08:00-11:00, 13:00-17:00")  # 07-10 and 12-16 UTC
    left = pieces(hours, ALL_YEAR, [Taken(5, span(9, 13))], 12, first=MONDAY, last=MONDAY)
    assert left == [
        Piece(span(7, 9), 12),
        Piece(span(9, 10), 7),
        Piece(span(12, 13), 7),
        Piece(span(13, 16), 12),
    ]


def test_what_is_full_has_no_piece_and_claims_that_follow_each_other_make_one() -> None:
    taken = [Taken(12, span(8, 9)), Taken(3, span(9, 10)), Taken(3, span(10, 11))]
    left = pieces(ALWAYS_OPEN, span(8, 12), taken, 12, first=MONDAY, last=MONDAY)
    assert left == [Piece(span(9, 11), 9), Piece(span(11, 12), 12)]


def test_handed_over_for_good_leaves_the_rest_for_good() -> None:
    for_good = Interval(at(9), None)
    left = pieces(ALWAYS_OPEN, for_good, [Taken(30, for_good)], 40, first=MONDAY, last=MONDAY)
    assert {piece.capacity for piece in left} == {10}
    assert pieces(ALWAYS_OPEN, for_good, [Taken(40, for_good)], 40, first=MONDAY, last=MONDAY) == []


def test_the_night_the_clock_is_put_forward_is_an_hour_shorter() -> None:
    sunday = date(2027, 3, 28)
    [piece] = pieces(ALWAYS_OPEN, ALL_YEAR, [], 1, first=sunday, last=sunday)
    assert piece.interval == Interval(at(23, 27), at(22, 28))


def test_peak_counts_ends_before_starts() -> None:
    taken = [Taken(5, span(8, 10)), Taken(6, span(10, 12)), Taken(1, span(11, 14))]
    assert peak(taken, span(8, 14)) == 7
    assert busiest(taken, span(8, 14)) == (7, at(11))
    assert peak(taken, span(8, 11)) == 6
    assert busiest([], span(8, 9)) == (0, at(8))
    assert busiest(taken, span(9, 10)) == (5, at(9))


hours = st.integers(0, 20)
claims = st.lists(
    st.builds(
        lambda a, h, n: Taken(a, Interval(at(h), at(h) + timedelta(hours=n))),
        st.integers(1, 9),
        hours,
        st.integers(1, 9),
    )
)


@given(claims, st.integers(1, 30))
def test_pieces_hour_by_hour(taken: list[Taken], capacity: int) -> None:
    left = pieces(ALWAYS_OPEN, span(0, 23), taken, capacity, first=date(2027, 2, 28), last=date(2027, 3, 2))
    for hour in range(23):
        held = sum(each.amount for each in taken if each.interval.start <= at(hour) < each.interval.limit)
        found = [piece.capacity for piece in left if piece.interval.start <= at(hour) < piece.interval.limit]
        assert found == ([capacity - held] if held < capacity else [])
    most = max(sum(t.amount for t in taken if t.interval.start <= at(h) < t.interval.limit) for h in range(3, 9))
    assert peak(taken, span(3, 9)) == most
