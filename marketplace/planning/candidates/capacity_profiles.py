"""When many offers are free at once: their stretches of time laid end to end, so that one search answers for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from uuid import UUID

import numpy as np

from core.time.opening import OpeningHours
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.snapshot.calendar import Levels, Mask, Minutes, Times, levels, times
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
        return cls(np.repeat(np.arange(len(of_rows)), counts), _cut(starts), _cut(ends))

    def inside(self, rows: Rows, starts: Minutes, ends: Minutes) -> Mask:
        """Tell for each of some rows and each `[start, end)`, both sorted, whether it lies within one of its stretches.

        The answer has the shape (rows, times).
        """
        if not len(starts):
            return np.zeros((len(rows), 0), np.bool_)
        places, which = self._around(rows, int(starts[0]), int(ends[-1]))
        first = np.searchsorted(starts, self.starts[which])
        last = np.searchsorted(ends, self.ends[which], side="right")
        some = first < last
        change = np.zeros((len(rows), len(starts) + 1), np.int8)
        # No two stretches of a row begin, or end, at the same time: neither line meets a place twice.
        change[places[some], first[some]] += 1
        change[places[some], last[some]] -= 1
        inside: Mask = change[:, :-1].cumsum(axis=1, dtype=np.int8).astype(np.bool_)
        return inside

    def _around(self, rows: Rows, start: int, end: int) -> tuple[Rows, Rows]:
        """The stretches of some rows that have a part in a time, each with the place of its row among these."""
        first = np.searchsorted(self._end_keys, rows * PER_ROW + start, side="right")
        last = np.searchsorted(self._start_keys, rows * PER_ROW + end)
        counts = np.maximum(last - first, 0)
        which, place = segments.expand(first, first + counts)
        return place, which

    @cached_property
    def _start_keys(self) -> Minutes:
        return self.rows * PER_ROW + self.starts

    @cached_property
    def _end_keys(self) -> Minutes:
        return self.rows * PER_ROW + self.ends


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

    def at_least(self, amounts: Minutes) -> Stretches:
        """Return when of each row at least its amount is left."""
        enough = np.concatenate(([False], self.left >= amounts[self.rows], [False]))
        new = np.concatenate(([True], self.rows[1:] != self.rows[:-1], [True]))
        starts = np.flatnonzero(enough[1:-1] & (new[:-1] | ~enough[:-2]))
        lasts = np.flatnonzero(enough[1:-1] & (new[1:] | ~enough[2:]))
        ends = np.append(self.edges, FOREVER)[lasts + 1]
        return Stretches(self.rows[starts], self.edges[starts], np.where(new[lasts + 1], FOREVER, ends))

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
        """Return when the doors are open, where the snapshot's calendar says that it may be asked for."""
        key = id(opening)  # the snapshot keeps it alive, and offers of one site share it
        if key not in self._open:
            calendar = self._snapshot.calendar
            self._open[key] = times(
                calendar.span(each)
                for first, last in calendar.asked_dates()
                for each in opening.open_intervals(first, last)
            )
        return self._open[key]

    def _left_of(self, unit: UUID) -> Levels:
        return levels(self._snapshot.capacities[unit], self._snapshot.taken.get(unit, ()))


def _joined(arrays: Sequence[Minutes]) -> Minutes:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def _cut(minutes: Minutes) -> Minutes:
    return np.clip(minutes, -FOREVER, FOREVER)
