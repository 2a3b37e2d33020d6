"""Opening hours as minutes of many days at once are what `core.time.opening` says of each day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.time.interval import Interval
from core.time.opening import Deviation, Hours, OpeningHours
from core.time.opening_text import from_text
from marketplace.planning.candidates.capacity_profiles import FreeTime
from marketplace.planning.snapshot.calendar import Calendar, times
from marketplace.planning.snapshot.snapshot import Snapshot
from tests.marketplace.planning.snapshots import offer

EPOCH = datetime(2026, 3, 20, tzinfo=UTC)  # the clock is put forward on the 29th, and back on 25 October
HORIZON = 300 * 24 * 60
ALWAYS = Interval(EPOCH - timedelta(days=30), None)
QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> tuple[Hours, ...]:
    edges = sorted(draw(st.sets(QUARTERS, max_size=4)))
    return tuple(Hours(edges[n], edges[n + 1]) for n in range(0, len(edges) - 1, 2))


@st.composite
def openings(draw: st.DrawFn) -> OpeningHours:
    deviations = []
    for _ in range(draw(st.integers(0, 4))):
        first = date(2026, 3, 1) + timedelta(days=draw(st.integers(0, 320)))
        deviations.append(Deviation(first, first + timedelta(days=draw(st.integers(0, 60))), draw(hours_of_a_day())))
    weekly = tuple(draw(hours_of_a_day()) for _ in range(7))
    return OpeningHours(weekly, tuple(deviations), closed_on_holidays=draw(st.booleans()))


def minutes_of(
    opening: OpeningHours, asked: tuple[tuple[int, int], ...] | None = None, during: Interval = ALWAYS
) -> list[tuple[int, int]]:
    calendar = Calendar(EPOCH, HORIZON, asked)
    return FreeTime(Snapshot(calendar, 0, (), [offer(opening=opening, during=during)], {}, {})).hours(opening).pairs()


def one_by_one(opening: OpeningHours, asked: tuple[tuple[int, int], ...] | None = None) -> list[tuple[int, int]]:
    calendar = Calendar(EPOCH, HORIZON, asked)
    dates = calendar.asked_dates()
    return times(calendar.span(each) for first, last in dates for each in opening.open_intervals(first, last)).pairs()


@pytest.mark.parametrize(
    "text",
    [
        "må-sö 00:00-24:00",
        "må-sö 00:00-06:00, 22:00-24:00",
        "må-sö 02:00-03:00; 2026-10-25 01:30-02:30; 2026-03-29 01:15-03:45",
        "må-fr 08:00-17:00; 2026-12-24..2027-01-06 stängt; ej helgdagar",
        "stängt",
    ],
)
def test_over_the_change_of_clocks_and_holidays(text: str) -> None:
    assert minutes_of(from_text(text)) == one_by_one(from_text(text))


@given(openings(), st.lists(st.integers(0, HORIZON), min_size=2, max_size=4).map(sorted))
@settings(max_examples=30)
def test_of_any_hours(opening: OpeningHours, edges: list[int]) -> None:
    asked = tuple((edges[n], edges[n + 1]) for n in range(0, len(edges) - 1, 2))
    assert minutes_of(opening) == one_by_one(opening)
    assert minutes_of(opening, asked) == one_by_one(opening, asked)


def test_only_where_something_is_offered_behind_the_doors() -> None:
    """Whole days are looked at, so that the first and the last may be a little more than what is offered."""
    weekdays, day = from_text("må-sö 08:00-17:00"), 24 * 60
    during = Interval(EPOCH + timedelta(days=20), EPOCH + timedelta(days=30))
    found = minutes_of(weekdays, None, during)
    assert [each for each in minutes_of(weekdays) if 20 * day <= each[0] and each[1] <= 30 * day] == [
        each for each in found if 20 * day <= each[0] and each[1] <= 30 * day
    ]
    assert all(19 * day <= start and end <= 31 * day for start, end in found)
    assert minutes_of(weekdays, ((0, 5 * day),), during) == []
