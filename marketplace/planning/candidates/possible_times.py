"""When a need could be served, as minutes: the possible times that are then looked for in each offer's free time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.planning.snapshot.calendar import Calendar, Minutes
from matching.arrays import segments


@dataclass(frozen=True, slots=True)
class Missing:
    """A date of a series that an offer does not serve: it is `past`, `closed` or `taken`."""

    on: date
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """All possible times of a need. Each is a way of its own, or (`series`) they are one way together.

    `dates` has the local date of each where dates matter. `whole_days` are lent day and night, whatever the hours;
    `for_good` has no end, so its end here is the calendar's horizon.
    """

    starts: Minutes
    ends: Minutes
    dates: tuple[date, ...] = ()
    series: bool = False
    whole_days: bool = False
    for_good: bool = False

    def at(self, n: int) -> tuple[int, int]:
        """Return one of the times."""
        return int(self.starts[n]), int(self.ends[n])

    def ahead(self, now: int) -> int:
        """Return how many of the possible times are still to come."""
        return int((self.starts >= now).sum())

    def spread_over(self, most: int) -> "Pattern":
        """Return at most so many of times that are ways of their own, evenly spread, with the first and the last."""
        count = len(self.starts)
        if count <= most:
            return self
        which = spread(np.arange(most), np.array(most), np.array(count))
        return replace(self, starts=self.starts[which], ends=self.ends[which])

    @property
    def by_date(self) -> bool:
        """Whether each date is served apart."""
        return bool(self.dates) and not self.series


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """The possible times of needs that ask in one shape, end to end: need n has those from `first[n]` on."""

    each: Sequence[Pattern]
    starts: Minutes
    ends: Minutes
    first: Minutes

    @classmethod
    def of(cls, each: Sequence[Pattern]) -> "Patterns":
        """Lay at least one pattern, all of one shape, end to end."""
        return cls(
            each,
            np.concatenate([pattern.starts for pattern in each]),
            np.concatenate([pattern.ends for pattern in each]),
            np.cumsum([0, *(len(pattern.starts) for pattern in each)]),
        )

    @property
    def shape(self) -> Pattern:
        """Any of them, for what is the same of all."""
        return self.each[0]

    def counts(self, which: NDArray[np.bool_]) -> Minutes:
        """Return how many of some of the times each has."""
        return segments.sums(which.astype(np.int64), self.first)


def spread(nth: Minutes, most: Minutes, counts: Minutes) -> Minutes:
    """Return which of so many times each nth is, of at most so many evenly spread, with the first and the last."""
    which: Minutes = np.rint(nth * (counts - 1) / np.maximum(np.minimum(most, counts) - 1, 1)).astype(np.int64)
    return which


def pattern_of(timing: Timing, calendar: Calendar, now: int) -> Pattern:
    """Return the possible times of a timing. A period that has begun is wanted from tomorrow on."""
    match timing:
        case Fixed():
            return _pattern(calendar, [Interval(timing.start, timing.end)])
        case Flexible() if not timing.is_elapsed:
            return _pattern(calendar, list(timing.intervals()))
        case Flexible():
            first = calendar.floor(timing.earliest)
            starts = first + timing.step_min * np.arange(timing.starts, dtype=np.int64)
            return Pattern(starts, starts + timing.duration_min)
        case Weekly():
            dates, occurrences = zip(*timing.dated(), strict=True)
            pattern = _pattern(calendar, occurrences)
            return Pattern(pattern.starts, pattern.ends, dates, series=timing.same_resource)
        case Period():
            return _period(timing, calendar, now)


def _period(timing: Period, calendar: Calendar, now: int) -> Pattern:
    start, end = calendar.span(timing.interval)
    if start < now:
        tomorrow = datetime.combine(calendar.instant(now + 24 * 60).astimezone(STOCKHOLM), time.min, STOCKHOLM)
        start = min(calendar.floor(tomorrow), end)
    both = [np.array([moment] if start < end else [], np.int64) for moment in (start, end)]
    return Pattern(both[0], both[1], whole_days=True, for_good=timing.last is None)


def _pattern(calendar: Calendar, intervals: tuple[Interval, ...] | list[Interval]) -> Pattern:
    spans = np.array([calendar.span(each) for each in intervals], np.int64).reshape(-1, 2)
    return Pattern(spans[:, 0], spans[:, 1])
