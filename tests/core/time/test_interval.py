from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range

from core.errors import BadInput
from core.time.clock import STOCKHOLM
from core.time.interval import (
    Interval,
    from_range,
    intersect,
    overlaps,
    subtract,
    to_range,
    total_minutes,
    union,
)

EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)
LAST_MINUTE = 60


def span(start: int, end: int | None) -> Interval:
    """Minutes after eight."""
    return Interval(EIGHT + timedelta(minutes=start), None if end is None else EIGHT + timedelta(minutes=end))


class TestBuilding:
    def test_other_offsets_become_utc(self) -> None:
        nine_in_stockholm = datetime(2026, 11, 21, 9, tzinfo=STOCKHOLM)  # winter: UTC + 1 h
        interval = Interval(nine_in_stockholm, None)
        assert interval.start == EIGHT
        assert interval.start.tzinfo is UTC

    def test_without_offset_is_refused(self) -> None:
        with pytest.raises(BadInput, match="start: it has no UTC offset"):
            Interval(datetime(2026, 11, 21, 8), None)  # noqa: DTZ001 - what is tested
        with pytest.raises(BadInput, match="end: it has no UTC offset"):
            Interval(EIGHT, datetime(2026, 11, 21, 9))  # noqa: DTZ001 - what is tested

    @pytest.mark.parametrize("end", [0, -1])
    def test_end_has_to_be_after_start(self, end: int) -> None:
        with pytest.raises(BadInput, match="ends before it starts"):
            span(0, end)

    def test_outside_the_calendar_is_refused(self) -> None:
        with pytest.raises(BadInput, match="outside the calendar"):
            Interval(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), None)


class TestUnion:
    def test_nothing(self) -> None:
        assert union([], []) == []

    def test_touching_and_overlapping_become_one(self) -> None:
        # [0,10) touches [10,20), which overlaps [15,30); [40,50) stands apart.
        assert union([span(10, 20), span(40, 50)], [span(15, 30), span(0, 10)]) == [span(0, 30), span(40, 50)]

    def test_without_end_swallows_what_follows(self) -> None:
        assert union([span(0, None)], [span(5, 10)]) == [span(0, None)]


class TestIntersectAndSubtract:
    def test_touching_has_nothing_in_common(self) -> None:
        assert not overlaps([span(0, 10)], [span(10, 20)])
        assert subtract([span(0, 10)], [span(10, 20)]) == [span(0, 10)]

    def test_a_piece_out_of_the_middle(self) -> None:
        assert subtract([span(0, 30)], [span(10, 20)]) == [span(0, 10), span(20, 30)]
        assert intersect([span(0, 30)], [span(10, 20)]) == [span(10, 20)]

    def test_without_end(self) -> None:
        assert intersect([span(0, None)], [span(10, None)]) == [span(10, None)]
        assert subtract([span(0, None)], [span(10, 20)]) == [span(0, 10), span(20, None)]
        assert subtract([span(0, None)], [span(10, None)]) == [span(0, 10)]


class TestTotalMinutes:
    def test_sums_whole_minutes(self) -> None:
        assert total_minutes([]) == 0
        assert total_minutes([span(0, 30), span(40, 55)]) == 45  # 30 + 15
        half_a_minute = Interval(EIGHT, EIGHT + timedelta(seconds=30))
        assert total_minutes([half_a_minute]) == 0
        assert total_minutes([half_a_minute, half_a_minute]) == 1

    def test_without_end_has_no_length(self) -> None:
        with pytest.raises(BadInput, match="has no length"):
            total_minutes([span(0, None)])


class TestRange:
    @pytest.mark.parametrize("end", [10, None])
    def test_there_and_back(self, end: int | None) -> None:
        assert from_range(to_range(span(0, end))) == span(0, end)

    def test_half_open(self) -> None:
        assert to_range(span(0, 10)) == Range(EIGHT, EIGHT + timedelta(minutes=10), bounds="[)")

    @pytest.mark.parametrize(
        "stored",
        [
            Range(empty=True),
            Range(None, EIGHT),
            Range(EIGHT, EIGHT + timedelta(minutes=10), bounds="[]"),
        ],
    )
    def test_others_are_refused(self, stored: Range[datetime]) -> None:
        with pytest.raises(BadInput, match="half-open range with a start"):
            from_range(stored)


# Against brute force: an interval is the set of the minutes in it, up to the end of the world at LAST_MINUTE.


def minutes(intervals: list[Interval]) -> set[int]:
    return {
        minute
        for minute in range(LAST_MINUTE)
        for each in intervals
        if each.start <= EIGHT + timedelta(minutes=minute) < each.limit
    }


@st.composite
def interval_lists(draw: st.DrawFn) -> list[Interval]:
    pairs = st.tuples(st.integers(0, LAST_MINUTE - 1), st.integers(1, 20), st.booleans())
    drawn = draw(st.lists(pairs, max_size=6))
    return union([span(start, None if for_good else start + length) for start, length, for_good in drawn])


def is_tidy(intervals: list[Interval]) -> bool:
    return all(one.limit < following.start for one, following in pairwise(intervals))


@given(interval_lists(), interval_lists())
def test_sets_of_minutes_agree(a: list[Interval], b: list[Interval]) -> None:
    assert minutes(union(a, b)) == minutes(a) | minutes(b)
    assert minutes(intersect(a, b)) == minutes(a) & minutes(b)
    assert minutes(subtract(a, b)) == minutes(a) - minutes(b)
    assert all(is_tidy(each) for each in (union(a, b), intersect(a, b), subtract(a, b)))


@given(interval_lists(), interval_lists())
def test_laws(a: list[Interval], b: list[Interval]) -> None:
    assert intersect(a, b) == intersect(b, a)
    assert union(intersect(a, b), subtract(a, b)) == a
    assert subtract(a, union(a, b)) == []
    assert overlaps(a, b) == bool(intersect(a, b))
