"""When a need could be served, as minutes: the possible times that are then looked for in each offer's free time."""

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np

from platsverket.core.clock import STOCKHOLM
from platsverket.core.interval import Interval
from platsverket.core.timing import Fixed, Flexible, Period, Timing, Weekly
from platsverket.marketplace.planning.times import Calendar, During, Mask, Minutes


@dataclass(frozen=True, slots=True)
class Missing:
    """A date of a series that an offer does not serve: it is `past`, `closed` or `taken`."""

    on: date
    code: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a timing: all of the intervals. `on` is the date that it serves when dates are served apart."""

    during: During
    missing: tuple[Missing, ...] = ()
    on: date | None = None
    for_good: bool = False

    @property
    def missing_share(self) -> float:
        """The share of the dates that are missing."""
        dates = len(self.during) + len(self.missing)
        return len(self.missing) / dates


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

    def ways(self, free: Mask, now: int, is_open: Mask) -> "Ways | None":
        """Return the ways to meet the timing, told for each possible time whether the offer is free and open then.

        A series is a way if at least half of the dates that lie ahead are free.
        """
        ahead = self.starts >= now
        free = free & ahead
        if not free.any() or (self.series and 2 * int(free.sum()) < int(ahead.sum())):
            return None
        return Ways(self, np.flatnonzero(free), ahead, is_open)

    def ahead(self, now: int) -> int:
        """Return how many of the possible times are still to come."""
        return int((self.starts >= now).sum())

    @property
    def by_date(self) -> bool:
        """Whether each date is served apart."""
        return bool(self.dates) and not self.series


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways in which an offer can meet a pattern: the positions of the times that are `free` in it."""

    pattern: Pattern
    free: Minutes
    ahead: Mask
    is_open: Mask

    def each(self, most: int | None = None) -> list[Way]:
        """Return the ways; of a flexible start at most so many, evenly spread."""
        if self.pattern.series:
            return [self._series()]
        positions = self.free.tolist()
        if most is not None and not self.pattern.by_date:
            positions = [positions[n] for n in spread(len(positions), most)]
        dates = self.pattern.dates
        return [Way((self._at(n),), (), dates[n] if dates else None, self.pattern.for_good) for n in positions]

    @property
    def dates(self) -> set[date]:
        """The dates that can be served apart."""
        return {self.pattern.dates[n] for n in self.free.tolist()} if self.pattern.by_date else set()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """All times that are free."""
        return [self._at(n) for n in self.free.tolist()]

    def _series(self) -> Way:
        free = set(self.free.tolist())
        missing = tuple(
            Missing(on, "past" if not self.ahead[n] else "taken" if self.is_open[n] else "closed")
            for n, on in enumerate(self.pattern.dates)
            if n not in free
        )
        return Way(tuple(self.spans), missing)

    def _at(self, n: int) -> tuple[int, int]:
        return int(self.pattern.starts[n]), int(self.pattern.ends[n])


def spread(count: int, most: int) -> list[int]:
    """Return at most so many of the positions 0 to count - 1, evenly spread, with the first and the last."""
    if count <= most:
        return list(range(count))
    if most == 1:
        return [0]
    return [round(n * (count - 1) / (most - 1)) for n in range(most)]


def pattern_of(timing: Timing, calendar: Calendar, now: int) -> Pattern:
    """Return the possible times of a timing. A period that has begun is wanted from tomorrow on."""
    match timing:
        case Fixed():
            return _pattern(calendar, [Interval(timing.start, timing.end)])
        case Flexible():
            first = calendar.floor(timing.earliest)
            starts = first + timing.step_min * np.arange(timing.starts, dtype=np.int64)
            return Pattern(starts, starts + timing.duration_min)
        case Weekly():
            occurrences = timing.occurrences()
            dates = tuple(each.start.astimezone(STOCKHOLM).date() for each in occurrences)
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
