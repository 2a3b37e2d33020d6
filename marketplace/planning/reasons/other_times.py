"""Other times than the one asked for at which a need could be served: the hour, the day, the weeks, or fewer of them.

What would begin before tomorrow is not suggested, and nothing so late that the snapshot has not looked so far
(`LONGEST_SHIFT`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import numpy as np

from core.errors import BadInput
from core.time.clock import STOCKHOLM
from core.time.opening import WEEKDAYS
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.planning.candidates.candidates import Candidates
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.snapshot.calendar import SHIFT_WEEKS, Calendar, Mask
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.runs.changes import KnownChange, OtherPeriod, OtherTime, OtherWeekday, SeveralPlaces, Shorter

SHIFT_STEP_MIN = 30
MINUTES_PER_DAY = 24 * 60
SHIFT_DAYS = 14
ONE_DAY = timedelta(days=1)


class Variant(NamedTuple):
    """Another timing: what is changed, and how much of an effort that is."""

    change: KnownChange
    effort: float
    timing: Timing


def other_times(filters: CandidateFilter, need: OpenNeed) -> list[Variant]:
    """Return the timings that are worth trying, the least effort first."""
    match need.timing:
        case Fixed() | Flexible():
            return list(_shifted(filters, need, need.timing))
        case Weekly():
            found = _other_weeks(need.timing)
        case Period():
            found = _other_periods(need.timing, _tomorrow(filters))
    return sorted(found, key=lambda variant: variant.effort)


def _tomorrow(filters: CandidateFilter) -> date:
    snapshot = filters.snapshot
    return snapshot.calendar.instant(snapshot.now).astimezone(STOCKHOLM).date() + timedelta(days=1)


def _shifted(filters: CandidateFilter, need: OpenNeed, timing: Fixed | Flexible) -> Iterator[Variant]:
    """All starts within two weeks at once; the one with the least shift from what was asked."""
    calendar = filters.snapshot.calendar
    first, last, duration_min = _asked_starts(calendar, timing)
    reach = timedelta(days=SHIFT_DAYS)
    window = Flexible(
        calendar.instant(first) - reach, calendar.instant(last + duration_min) + reach, duration_min, SHIFT_STEP_MIN
    )
    candidates = filters.apply(replace(need, timing=window))
    starts = candidates.pattern.starts[_enough_at(candidates)].tolist()
    shifts = [(_wall_minutes(calendar, min(max(start, first), last), start), start) for start in starts]
    if shifts:
        shift_min, at = min(shifts, key=lambda shift: (_shift_effort(shift[0]), shift[0] < 0))
        start = calendar.instant(at)
        change = OtherTime(shift_min=shift_min, start=start.isoformat())
        yield Variant(change, _shift_effort(shift_min), Fixed(start, start + timedelta(minutes=duration_min)))


def _wall_minutes(calendar: Calendar, asked: int, start: int) -> int:
    """Return how much later by the clock on the wall a start is than the one asked for."""
    here, there = (calendar.instant(at).astimezone(STOCKHOLM).replace(tzinfo=None) for at in (asked, start))
    return (there - here) // timedelta(minutes=1)


def _enough_at(candidates: Candidates) -> Mask:
    """Tell for each time whether there is enough for the need then: of one offer, or of several lots together."""
    need = candidates.need
    if need.parts == 1:
        return np.asarray(candidates.free.any(axis=0), np.bool_)
    places, times = np.nonzero(candidates.free)
    amounts = np.zeros(candidates.free.shape, np.int64)
    starts, ends = candidates.pattern.starts[times], candidates.pattern.ends[times]
    amounts[places, times] = candidates.table.least_left(candidates.rows[places], starts, ends)
    enough: Mask = np.sort(amounts, axis=0)[-need.parts :].sum(axis=0) >= need.amount
    return enough


def _asked_starts(calendar: Calendar, timing: Fixed | Flexible) -> tuple[int, int, int]:
    """The first and last start asked for, and the length, in minutes."""
    if isinstance(timing, Fixed):
        start = calendar.floor(timing.start)
        return start, start, calendar.ceil(timing.end) - start
    first = calendar.floor(timing.earliest)
    return first, calendar.floor(timing.last_start), timing.duration_min


def _shift_effort(shift_min: int) -> float:
    """Whole days at the same hour are less trouble than as many hours."""
    days = round(abs(shift_min) / MINUTES_PER_DAY)
    return days + abs(abs(shift_min) - days * MINUTES_PER_DAY) / (MINUTES_PER_DAY / 2)


def _other_weeks(timing: Weekly) -> Iterator[Variant]:
    if timing.same_resource:
        yield Variant(SeveralPlaces(), 0.6, replace(timing, same_resource=False))
    yield from _other_weekdays(timing)
    yield from _other_hours(timing)


def _other_weekdays(timing: Weekly) -> Iterator[Variant]:
    for old in timing.weekdays:
        for new in range(5):
            weekdays = tuple(new if day == old else day for day in timing.weekdays)
            if new not in timing.weekdays and (moved := _weekly(timing, weekdays=weekdays)):
                change = OtherWeekday(old=WEEKDAYS[old], new=WEEKDAYS[new])
                yield Variant(change, 0.8 + abs(new - old) / 10, moved)


def _other_hours(timing: Weekly) -> Iterator[Variant]:
    for hours in (-3, -2, -1, 1, 2, 3):
        start, end = (_moved(at, hours) for at in (timing.from_time, timing.until_time))
        if start is not None and end is not None and start < end:
            change = OtherTime(shift_min=hours * 60, from_time=f"{start:%H:%M}")
            if moved := _weekly(timing, from_time=start, until_time=end):
                yield Variant(change, abs(hours) / 4, moved)


def _weekly(timing: Weekly, **changed: Any) -> Weekly | None:
    """The pattern with something changed, if any date is left in it."""
    try:
        return replace(timing, **changed)
    except BadInput:
        return None


def _moved(at: time, hours: int) -> time | None:
    moved = at.hour + hours
    return at.replace(hour=moved) if 0 <= moved <= 23 and at != time.min else None


def _other_periods(timing: Period, tomorrow: date) -> Iterator[Variant]:
    for weeks in range(1, SHIFT_WEEKS + 1):
        shift = timedelta(weeks=weeks)
        for days in (shift, -shift):
            moved = Period(timing.first + days, timing.last + days if timing.last else None)
            if moved.first >= tomorrow:
                change = OtherPeriod(shift_days=days.days, first=moved.first.isoformat())
                yield Variant(change, weeks / 2, moved)
        later = timing.first + shift
        if timing.last and 2 * (timing.last - later + ONE_DAY) >= timing.last - timing.first + ONE_DAY:
            effort = weeks / 2 + 0.1
            yield Variant(Shorter(days=shift.days, first=later.isoformat()), effort, replace(timing, first=later))
            earlier = timing.last - shift
            yield Variant(Shorter(days=shift.days, last=earlier.isoformat()), effort, replace(timing, last=earlier))
