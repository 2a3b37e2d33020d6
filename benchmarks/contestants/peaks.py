"""Rows of capacity for the models that the optimiser is measured against; its own are not used here.

The claims on a unit are intervals, so what fits needs to hold only where a claim begins just before another, or some
capacity, ends: at the largest cliques of an interval graph.
"""

from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Arrays, Ints

FAR = 2**55


@dataclass(frozen=True, slots=True)
class Intervals:
    """What is claimed of units, one place each: by a column, or (column -1) held so that nobody can have it."""

    column: Ints
    unit: Ints
    load: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Sum of `load` × amount over the `column`s of each row is at most its `capacity`; entries are sorted by row."""

    capacity: Ints
    row: Ints
    column: Ints
    load: Ints


def intervals(arrays: Arrays, column_of: Ints) -> Intervals:
    """What the options claim that are columns (`column_of` each option, else -1), what is fixed, what is not there."""
    fixed = np.zeros(len(arrays.score), dtype=np.int64)
    fixed[arrays.fixed[:, 0]] = arrays.fixed[:, 1]
    column, amount = column_of[arrays.claim_option], fixed[arrays.claim_option]
    kept = (column >= 0) | (amount > 0)
    load = np.where(column >= 0, arrays.claim_load, arrays.claim_load * amount)
    lacking = _lacking(arrays)
    parts = (
        (column, -np.ones(len(lacking), dtype=np.int64)),
        (arrays.claim_unit, lacking[:, 0]),
        (load, lacking[:, 3]),
        (arrays.claim_start, lacking[:, 1]),
        (arrays.claim_end, lacking[:, 2]),
    )
    return Intervals(*(np.concatenate([claimed[kept], lack]) for claimed, lack in parts))


def most_of(arrays: Arrays) -> Ints:
    """The most that each unit ever has."""
    most = arrays.capacity.copy()
    np.maximum.at(most, arrays.pieces[:, 0], arrays.pieces[:, 3])
    return most


def _lacking(arrays: Arrays) -> Ints:
    """Rows [unit, start, end, how much less than the unit's most there is] for units whose capacity changes."""
    pieces = arrays.pieces[np.lexsort((arrays.pieces[:, 1], arrays.pieces[:, 0]))]
    if not len(pieces):
        return np.empty((0, 4), dtype=np.int64)
    unit, start, end, capacity = pieces.T
    most = most_of(arrays)[unit]
    new = np.append(True, unit[1:] != unit[:-1])
    before = np.where(new, -FAR, np.append(0, end[:-1]))
    last = np.append(new[1:], True)
    rows = np.concatenate(
        [
            np.column_stack([unit, start, end, most - capacity]),
            np.column_stack([unit, before, start, most]),
            np.column_stack([unit, end, np.full(len(end), FAR), most])[last],
        ]
    )
    return rows[(rows[:, 3] > 0) & (rows[:, 1] < rows[:, 2])]


def rows_of(arrays: Arrays, claims: Intervals) -> Rows:
    """A row for each largest clique with at least one column in it."""
    times = np.unique(np.concatenate([claims.start, claims.end]))
    start = claims.unit * len(times) + np.searchsorted(times, claims.start)
    end = claims.unit * len(times) + np.searchsorted(times, claims.end)
    peaks = _peaks(start, end)
    first = np.searchsorted(peaks, start)
    number = np.searchsorted(peaks, end) - first
    claim = np.repeat(np.arange(len(start)), number)
    row = np.arange(len(claim)) - np.repeat(np.cumsum(number) - number - first, number)
    column, load = claims.column[claim], claims.load[claim]
    held = np.bincount(row[column < 0], load[column < 0], len(peaks)).astype(np.int64)
    capacity = most_of(arrays)[peaks // len(times)] - held
    used = np.unique(row[column >= 0])
    row, column, load = _added_up(row[column >= 0], column[column >= 0], load[column >= 0])
    return Rows(capacity[used], np.searchsorted(used, row), column, load)


def _peaks(start: Ints, end: Ints) -> Ints:
    """The starts, as moments of units, that an end follows before any other start; sorted.

    At one moment ends come before starts, because intervals are half open.
    """
    moments = np.concatenate([start, end])
    begins = np.repeat([True, False], [len(start), len(end)])
    order = np.lexsort((begins, moments))
    begins = begins[order]
    return np.unique(moments[order][begins & np.append(~begins[1:], True)])


def _added_up(row: Ints, column: Ints, load: Ints) -> tuple[Ints, Ints, Ints]:
    """Entries sorted by row and column; several claims of one option at one peak are one."""
    order = np.lexsort((column, row))
    row, column, load = row[order], column[order], load[order]
    if not len(row):
        return row, column, load
    first = np.flatnonzero(np.append(True, (row[1:] != row[:-1]) | (column[1:] != column[:-1])))
    return row[first], column[first], np.add.reduceat(load, first)
