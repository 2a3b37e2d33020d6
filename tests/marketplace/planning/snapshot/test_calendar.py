"""Arithmetic of minutes against plain sets of minutes, and calendars."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.time.interval import Interval
from marketplace.planning.snapshot.calendar import Calendar, inside, levels, times
from tests.marketplace.planning.snapshots import NOW

stretches = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def minutes(pairs: list[tuple[int, int]]) -> set[int]:
    return {minute for start, end in pairs for minute in range(start, end)}


@given(stretches)
def test_stretches_join_as_sets_of_minutes_do(a: list[tuple[int, int]]) -> None:
    one = times(a)
    assert minutes(one.pairs()) == minutes(a)
    ends, starts = one.ends[:-1].tolist(), one.starts[1:].tolist()
    assert all(end < start for end, start in zip(ends, starts, strict=True)), "they are apart"


@given(stretches, st.integers(0, 29), st.integers(1, 10))
def test_a_time_is_inside_when_all_of_its_minutes_are(a: list[tuple[int, int]], start: int, length: int) -> None:
    found = inside(times(a), np.array([start]), np.array([start + length]))
    assert found.tolist() == [set(range(start, start + length)) <= minutes(a)]


takings = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(1, 4)), max_size=6)


@given(st.integers(1, 6), takings, st.integers(0, 29), st.integers(1, 10), st.integers(1, 6))
def test_levels_say_what_is_left_in_every_minute(
    capacity: int, taken: list[tuple[int, int, int]], start: int, length: int, amount: int
) -> None:
    spans = [(begin, begin + long, of) for begin, long, of in taken]
    left = [max(capacity - sum(of for begin, end, of in spans if begin <= m < end), 0) for m in range(60)]
    found = levels(capacity, spans)
    assert found.least(start, start + length) == min(left[start : start + length])
    free = found.at_least(amount)
    assert inside(free, np.array([start]), np.array([start + length])).tolist() == [
        min(left[start : start + length]) >= amount
    ]


def test_instants_off_the_minute_are_widened_and_come_back_whole() -> None:
    calendar = Calendar(NOW, horizon=1000)
    half = timedelta(seconds=30)
    assert calendar.span(Interval(NOW + half, NOW + timedelta(minutes=5) + half)) == (0, 6)
    assert calendar.span(Interval(NOW, None)) == (0, 1000)
    assert calendar.interval(0, 6) == Interval(NOW, NOW + timedelta(minutes=6))
    assert calendar.interval(0, 1000, for_good=True) == Interval(NOW, None)


def test_what_is_taken_later_than_the_horizon_is_in_the_last_minute_before_it() -> None:
    calendar = Calendar(NOW, horizon=1000)
    assert calendar.held(Interval(calendar.instant(10), calendar.instant(20))) == (10, 20)
    assert calendar.held(Interval(calendar.instant(990), None)) == (990, 1000)
    assert calendar.held(Interval(calendar.instant(1500), calendar.instant(1600))) == (999, 1000)
    assert calendar.held(Interval(calendar.instant(1500), None)) == (999, 1000)
