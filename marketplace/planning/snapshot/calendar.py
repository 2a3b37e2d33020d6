"""Time as whole minutes since an epoch in sorted arrays: what planning computes with for many offers at once.

Instants that are not on a whole minute are widened to whole minutes, so that what is taken never becomes less.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from resources.availability import MinutesTaken

Minutes = NDArray[np.int64]
Mask = NDArray[np.bool_]
During = tuple[tuple[int, int], ...]
"""Half-open `(start, end)` in minutes since the epoch, sorted, none overlapping."""

MINUTE = timedelta(minutes=1)
DAY_MIN = 24 * 60
SHIFT_WEEKS = 8
LONGEST_SHIFT = timedelta(weeks=SHIFT_WEEKS)
"""How much later than asked for a need may be suggested to be; a snapshot has to look so far."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns instants into minutes since `epoch` and back; what has no end ends at `horizon` minutes.

    `asked` are the stretches in which anybody may ask for open doors; None: all of it.
    """

    epoch: datetime
    horizon: int
    asked: During | None = None

    def floor(self, moment: datetime) -> int:
        """Return the whole minute at or before a moment."""
        return (moment - self.epoch) // MINUTE

    def ceil(self, moment: datetime) -> int:
        """Return the whole minute at or after a moment."""
        return -((self.epoch - moment) // MINUTE)

    def span(self, interval: Interval) -> tuple[int, int]:
        """Return an interval in minutes, widened to whole ones and cut at the horizon."""
        end = self.horizon if interval.end is None else min(self.ceil(interval.end), self.horizon)
        return self.floor(interval.start), end

    def held(self, interval: Interval) -> tuple[int, int]:
        """Return when something is taken; later than the horizon is in its last minute, seen by what is for good."""
        start, end = self.span(interval)
        return min(start, end - 1), end

    def all_held(self, taken: MinutesTaken) -> list[tuple[int, int, int]]:
        """Return when everything taken of a unit is held, as `held` does, each with its amount."""
        epoch = int(self.epoch.timestamp()) // 60
        ends = np.minimum(taken.ends - epoch, self.horizon)
        starts = np.minimum(taken.starts - epoch, ends - 1)
        return list(zip(starts.tolist(), ends.tolist(), taken.amounts.tolist(), strict=True))

    def instant(self, minute: int) -> datetime:
        """Return the moment of a minute."""
        return self.epoch + minute * MINUTE

    def asked_dates(self) -> Iterator[tuple[date, date]]:
        """Yield the first and last dates of each stretch in which anybody may ask for open doors."""
        for start, end in ((0, self.horizon),) if self.asked is None else self.asked:
            first, last = (self.instant(minute).astimezone(STOCKHOLM).date() for minute in (start, end))
            yield first, last + timedelta(days=1)

    def days(self, start: int, end: int) -> "LocalDays":
        """Return the local days from that of a minute through that of another."""
        first, last = (self.instant(minute).astimezone(STOCKHOLM).date() for minute in (start, end))
        return LocalDays(self.midnights_of(first, last), first.weekday())

    def midnights_of(self, first: date, last: date) -> Minutes:
        """Return the midnights in Sweden at which dates begin, the first through the last."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return np.array([self.floor(datetime.combine(day, time.min, STOCKHOLM)) for day in days], np.int64)

    def interval(self, start: int, end: int, *, for_good: bool = False) -> Interval:
        """Return the interval between two minutes, without an end if it is for good."""
        return Interval(self.instant(start), None if for_good else self.instant(end))


@dataclass(frozen=True, slots=True, eq=False)
class LocalDays:
    """Days as they are counted in Sweden, from one on: when each begins, and which weekday the first is (0: Monday)."""

    midnights: Minutes
    first_weekday: int

    def number(self, minutes: Minutes) -> Minutes:
        """Return the day of each minute, which is one of these: 0 is the first."""
        return np.searchsorted(self.midnights, minutes, side="right") - 1

    def weekday(self, number: Minutes) -> Minutes:
        """Return the weekdays of days: 0 is Monday."""
        return (self.first_weekday + number) % 7


class Times(NamedTuple):
    """Half-open stretches of minutes: sorted, apart, as two arrays of the same length."""

    starts: Minutes
    ends: Minutes

    def pairs(self) -> list[tuple[int, int]]:
        """Return the stretches as pairs."""
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))


NEVER = Times(np.empty(0, np.int64), np.empty(0, np.int64))


def times(pairs: Iterable[tuple[int, int]]) -> Times:
    """Return the stretches, joined where they overlap or touch; those without length vanish."""
    joined: list[list[int]] = []
    for start, end in sorted(pairs):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    if not joined:
        return NEVER
    both = np.array(joined, np.int64)
    return Times(both[:, 0], both[:, 1])


def joined(starts: Minutes, ends: Minutes) -> Times:
    """Return stretches in any order as `times` does."""
    order = np.argsort(starts, kind="stable")
    order = order[ends[order] > starts[order]]
    if not len(order):
        return NEVER
    begin, reach = starts[order], np.maximum.accumulate(ends[order])
    first = np.flatnonzero(np.concatenate(([True], begin[1:] > reach[:-1])))
    return Times(begin[first], reach[np.append(first[1:], len(order)) - 1])


def inside(stretches: Times, starts: Minutes, ends: Minutes) -> Mask:
    """Tell for each `[start, end)` whether it lies within one of the stretches."""
    if not len(stretches.starts):
        return np.zeros(len(starts), np.bool_)
    at = np.searchsorted(stretches.starts, starts, side="right") - 1
    return (at >= 0) & (stretches.ends[np.maximum(at, 0)] >= ends)


def _runs(edges: Minutes, mask: Mask) -> Times:
    """Return the stretches between edges where the mask holds, joined."""
    change = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return Times(edges[np.flatnonzero(change == 1)], edges[np.flatnonzero(change == -1)])


class Levels(NamedTuple):
    """How much of a unit is left: `left[i]` holds from `edges[i]` until `edges[i + 1]`, the last one for good."""

    edges: Minutes
    left: Minutes

    def at_least(self, amount: int) -> Times:
        """Return when at least so much is left."""
        ends = np.append(self.edges, np.iinfo(np.int64).max)
        return _runs(ends, self.left >= amount)

    def least(self, start: int, end: int) -> int:
        """Return the most that can be taken through all of `[start, end)`."""
        first = int(np.searchsorted(self.edges, start, side="right")) - 1
        until = int(np.searchsorted(self.edges, end, side="left"))
        return int(self.left[max(first, 0) : until].min())


def levels(capacity: int, taken: Sequence[tuple[int, int, int]]) -> Levels:
    """Return what is left of a capacity when `(start, end, amount)` are taken; never below 0."""
    starts, ends, amounts = np.array(taken, np.int64).reshape(-1, 3).T
    edges, at = np.unique(np.concatenate(([np.iinfo(np.int64).min], starts, ends)), return_inverse=True)
    change = np.zeros(len(edges), np.int64)
    np.add.at(change, at, np.concatenate(([capacity], -amounts, amounts)))
    return Levels(edges, np.maximum(np.cumsum(change), 0))
