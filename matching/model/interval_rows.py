"""Capacity as rows: what may be taken of a unit together, at the overlaps that matter.

The claims on one unit form an interval graph. A set of claims that holds at some moment is a clique of it, and only
the largest cliques bind: while claims only begin and the capacity only falls, the last moment says it all. So a row
is kept at each such peak, not for each minute or pair. In the order of time the rows that a claim loads stand beside
each other (the consecutive-ones property; Fulkerson, Gross 1965), so that two numbers say which they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints


@dataclass(frozen=True, slots=True)
class Takings:
    """Amounts `load` of units during `start` to `end`, each an array with a place for every taking."""

    unit: Ints
    load: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Peaks by unit and time: whose they are, what is left there, and the rows `low` to `high` of every claim."""

    unit: Ints
    capacity: Ints
    low: Ints
    high: Ints


def rows_of(arrays: Arrays, fixed: Takings, claims: Takings) -> Rows:
    """The peaks of the claims, with what is fixed already gone from the capacity."""
    pieces = arrays.pieces
    gaining = Takings(pieces[:, 0], pieces[:, 3], pieces[:, 1], pieces[:, 2])
    unit = np.concatenate([taking.unit for taking in (gaining, fixed, claims) for _ in range(2)])
    time = np.concatenate([moment for taking in (gaining, fixed, claims) for moment in (taking.start, taking.end)])
    moment, moments = _numbered(time, len(arrays.capacity))
    keys, place = np.unique(unit * moments + moment, return_inverse=True)
    gain, begins, ends = _changes(place, gaining, fixed, len(claims.unit), len(keys))
    owner = keys // moments
    peaks = _peaks(owner, begins | (gain < 0), ends | (gain > 0))
    level = np.cumsum(gain)
    before = np.concatenate(([0], level))[np.searchsorted(owner, owner[peaks])]
    starts, stops = np.split(place[len(place) - 2 * len(claims.unit) :], 2)
    return Rows(
        unit=owner[peaks],
        capacity=arrays.capacity[owner[peaks]] + level[peaks] - before,
        low=np.searchsorted(peaks, starts),
        high=np.searchsorted(peaks, stops),
    )


def _numbered(time: Ints, units: int) -> tuple[Ints, int]:
    """Numbers from 0 on for the times, in their order, and how many there may be: as they are, or as few as can be."""
    if not len(time):
        return time, 1
    first = int(time.min())
    if (int(time.max()) - first + 1) * units > LARGEST:
        _, time = np.unique(time, return_inverse=True)
        first = 0
    return time - first, int(time.max()) - first + 1


LARGEST = np.iinfo(np.int64).max


def _changes(place: Ints, gaining: Takings, fixed: Takings, claims: int, moments: int) -> tuple[Ints, Bools, Bools]:
    """For every moment of a unit: capacity gained, whether a claim begins, whether one ends."""
    gain = np.zeros(moments, dtype=np.int64)
    gains = np.concatenate((gaining.load, -gaining.load, -fixed.load, fixed.load))
    np.add.at(gain, place[: len(gains)], gains)
    begins, ends = np.zeros(moments, dtype=bool), np.zeros(moments, dtype=bool)
    begins[place[len(gains) : len(gains) + claims]] = True
    ends[place[len(gains) + claims :]] = True
    return gain, begins, ends


def _peaks(owner: Ints, tighter: Bools, looser: Bools) -> Ints:
    """The last of the moments that get tighter before one of the same unit that gets looser."""
    loosened = np.cumsum(looser)
    tight = np.flatnonzero(tighter)
    same = (owner[tight][1:] == owner[tight][:-1]) & (loosened[tight][1:] == loosened[tight][:-1])
    return tight[np.append(~same, True)] if len(tight) else tight


@dataclass(frozen=True, slots=True)
class Entries:
    """A matrix while it is put together: its entries, ascending by column; arrays are (entries,).

    Of the rows `low` to `high` the column takes `load` for each one taken of it.
    """

    column: Ints
    load: Ints
    low: Ints
    high: Ints

    @classmethod
    def joined(cls, parts: Sequence["Entries"]) -> "Entries":
        """All entries of the parts."""
        column = np.concatenate([part.column for part in parts])
        order = np.argsort(column, kind="stable")
        load, low, high = (
            np.concatenate([getattr(part, field) for part in parts])[order] for field in ("load", "low", "high")
        )
        return cls(column[order], load, low, high)

    def at(self, places: Ints, load: Ints) -> "Entries":
        """The entries at these places, with another load."""
        return Entries(self.column[places], load, self.low[places], self.high[places])

    def activity(self, amounts: Ints, rows: int) -> Ints:
        """What so much of every column, (columns,), takes of every row, (rows,): A x."""
        return segments.overlap_sums(self.low, self.high, self.load * amounts[self.column], rows)

    def among(self, kept: Bools, first: int = 0) -> "Entries":
        """The entries where only the kept rows are left, numbered from `first`; those of no row are gone."""
        number = np.concatenate(([0], np.cumsum(kept))) + first
        low, high = number[self.low], number[self.high]
        there = np.flatnonzero(high > low)
        return Entries(self.column[there], self.load[there], low[there], high[there])
