"""When many offers are free at once: their stretches of time laid end to end, so that one search answers for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, cached_property, reduce
from uuid import UUID

import numpy as np

from core.time.opening import Hours, OpeningHours, local_instant
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.snapshot.calendar import DAY_MIN, MINUTE, Levels, Mask, Minutes, Times, joined, levels
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from matching.arrays import segments

FOREVER = 1 << 40
"""Minutes beyond any calendar, either way."""
PER_ROW = 1 << 42
"""How far apart rows lie when their minutes are laid end to end."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Half-open stretches of minutes of many rows, sorted by row and start and apart within a row."""

    rows: Rows
    starts: Minutes
    ends: Minutes

    @classmethod
    def of(cls, of_rows: Sequence[Times]) -> "Stretches":
        """Lay the stretches of rows end to end."""
        counts = [len(each.starts) for each in of_rows]
        starts, ends = (_joined([each[side] for each in of_rows]) for side in (0, 1))
        return cls(np.repeat(np.arange(len(of_rows)), counts), starts, ends)

    def hold(self, rows: Rows, starts: Minutes, ends: Minutes) -> Mask:
        """Tell for each of some rows with a `[start, end)` whether that lies within one of the row's stretches."""
        if not len(self.rows):
            return np.zeros(len(rows), np.bool_)
        at = np.searchsorted(self._keys, rows * PER_ROW + starts, side="right") - 1
        hold: Mask = (at >= 0) & (self.rows[at] == rows) & (self.ends[at] >= ends)
        return hold

    @cached_property
    def _keys(self) -> Minutes:
        return self.rows * PER_ROW + self.starts


@dataclass(frozen=True, eq=False)
class CapacityProfile:
    """How many are left of each of many rows over time: `left[i]` from `edges[i]` on, sorted by row and edge."""

    rows: Rows
    edges: Minutes
    left: Minutes

    @classmethod
    def of(cls, of_rows: Sequence[Levels]) -> "CapacityProfile":
        """Lay the levels of rows end to end."""
        counts = [len(each.edges) for each in of_rows]
        edges, left = (_joined([each[side] for each in of_rows]) for side in (0, 1))
        return cls(np.repeat(np.arange(len(of_rows)), counts), _cut(edges), left)

    @cached_property
    def change(self) -> Mask:
        """Of which rows more is left at some times than at others, (rows,)."""
        return np.bincount(self.rows) > 1

    def least(self, rows: Rows, starts: Minutes, ends: Minutes) -> Minutes:
        """Return the most that can be taken of each row through all of its `[start, end)`."""
        first = np.searchsorted(self._keys, rows * PER_ROW + starts, side="right") - 1
        until = np.searchsorted(self._keys, rows * PER_ROW + ends)
        bounds = np.stack((first, until), axis=1).ravel()
        least: Minutes = np.minimum.reduceat(np.append(self.left, np.iinfo(np.int64).max), bounds)[::2]
        return least

    @cached_property
    def _keys(self) -> Minutes:
        return self.rows * PER_ROW + self.edges


def in_copies(of_units: Sequence[tuple[Levels, int]]) -> Levels:
    """Return how many times the units can be taken together, when one time takes so much of each."""
    if len(of_units) == 1:
        [(levels, amount)] = of_units
        return Levels(levels.edges, levels.left // amount)
    edges = np.unique(np.concatenate([levels.edges for levels, _ in of_units]))
    each = (
        levels.left[np.searchsorted(levels.edges, edges, side="right") - 1] // amount for levels, amount in of_units
    )
    return Levels(edges, reduce(np.minimum, each))


class FreeTime:
    """The opening hours of a snapshot's offers, and what is left of their units, each computed once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._open: dict[int, Times] = {}
        self.left_of = cache(self._left_of)

    def copies_of(self, offer: OpenOffer) -> Levels:
        """Return how many of the offer are left, which takes all of its units."""
        return in_copies([(self.left_of(unit), amount) for unit, amount in offer.units])

    def hours(self, opening: OpeningHours) -> Times:
        """Return when the doors are open, where it may be asked for and something is offered behind them."""
        key = id(opening)  # the snapshot keeps it alive, and offers of one site share it
        if key not in self._open:
            found = [piece for first, midnights in self._days_of(key) for piece in _opened(opening, first, midnights)]
            ends = np.minimum(_joined([end for _, end in found]), self._snapshot.calendar.horizon)
            self._open[key] = joined(_joined([start for start, _ in found]), ends)
        return self._open[key]

    @cached_property
    def _days(self) -> list[tuple[date, Minutes]]:
        """The first date of each stretch in which anybody may ask for open doors, and its midnights."""
        calendar = self._snapshot.calendar
        return [
            (first, calendar.midnights_of(first, last + timedelta(days=1))) for first, last in calendar.asked_dates()
        ]

    def _days_of(self, opening: int) -> Iterator[tuple[date, Minutes]]:
        """Of the days in which anybody may ask for open doors those that offers with these hours run in."""
        start, end = self._offered[opening]
        for first, midnights in self._days:
            since = max(int(np.searchsorted(midnights, start, side="right")) - 1, 0)
            until = int(np.searchsorted(midnights, end)) + 1
            if since + 1 < until:
                yield first + timedelta(days=since), midnights[since:until]

    @cached_property
    def _offered(self) -> dict[int, tuple[int, int]]:
        """From when until when there are offers with each opening hours."""
        found: dict[int, tuple[int, int]] = {}
        for offer in self._snapshot.offers:
            start, end = self._snapshot.calendar.span(offer.during)
            first, last = found.get(id(offer.opening), (start, end))
            found[id(offer.opening)] = min(first, start), max(last, end)
        return found

    def _left_of(self, unit: UUID) -> Levels:
        return levels(self._snapshot.capacities[unit], self._snapshot.taken.get(unit, ()))


def _opened(opening: OpeningHours, first: date, midnights: Minutes) -> Iterator[tuple[Minutes, Minutes]]:
    """Yield when doors are open on the days between midnights, all days at once.

    The days are few on which the clock is put forward or back: these are looked at one by one.
    """
    kinds, kind = opening.kinds_of_days, opening.kind_on_days(first, len(midnights) - 1)
    hours = [each for of_kind in kinds for each in of_kind]
    begin = np.cumsum([0, *(len(of_kind) for of_kind in kinds)])
    regular = np.diff(midnights) == DAY_MIN
    plain = np.flatnonzero(regular)
    which, day_of = segments.expand(begin[kind[plain]], begin[kind[plain] + 1])
    minutes = np.array([(each.from_minute, each.until_minute) for each in hours], np.int64).reshape(-1, 2)
    yield midnights[plain][day_of] + minutes[which, 0], midnights[plain][day_of] + minutes[which, 1]
    changing = [
        each
        for day in np.flatnonzero(~regular).tolist()
        for each in _on_changing_day(kinds[kind[day]], first + timedelta(days=day), int(midnights[day]))
    ]
    starts, ends = np.array(changing, np.int64).reshape(-1, 2).T
    yield starts, ends


def _on_changing_day(kind: Sequence[Hours], day: date, midnight: int) -> Iterator[tuple[int, int]]:
    """Yield from when until when doors are open on a day that begins at some midnight."""
    begun = local_instant(day, time.min)
    for each in filter(None, (hours.on(day) for hours in kind)):
        yield (each.start - begun) // MINUTE + midnight, (each.limit - begun) // MINUTE + midnight


def _joined(arrays: Sequence[Minutes]) -> Minutes:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def _cut(minutes: Minutes) -> Minutes:
    return np.clip(minutes, -FOREVER, FOREVER)
