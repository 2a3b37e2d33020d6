"""Sums, maxima and expansions over consecutive stretches, and over ranges, of an array.

`start` has one place more than there are stretches: stretch s is `start[s]` to `start[s + 1]`. Ranges `low` to `high`
are half-open, and may overlap. Shapes: `start` (stretches + 1,), `low` and `high` (ranges,), all else (places,) if
nothing is said.
"""

import numpy as np
from numpy.typing import NDArray

from matching.arrays.arrays import Ints, Number


def starts(owner: Ints, stretches: int) -> Ints:
    """Where each stretch begins, of an ascending array that says which stretch each place belongs to."""
    return np.searchsorted(owner, np.arange(stretches + 1))


def owners(start: Ints) -> Ints:
    """The stretch that each place belongs to."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def sums(values: NDArray[Number], start: Ints) -> NDArray[Number]:
    """The sum of each stretch, exact for whole numbers; 0 for an empty one."""
    return range_sums(values, start[:-1], start[1:])


def range_sums(values: NDArray[Number], low: Ints, high: Ints) -> NDArray[Number]:
    """The sum of `values[low:high]` for each range, exact for whole numbers: the difference of two running sums."""
    running = np.concatenate((np.zeros(1, values.dtype), np.cumsum(values)))
    return running[high] - running[low]


def overlap_sums(low: Ints, high: Ints, weight: NDArray[Number], places: int) -> NDArray[Number]:
    """The sum of the weights, (ranges,), of the ranges that overlap at each place, exact for whole numbers."""
    change = np.zeros(places + 1, dtype=weight.dtype)
    if np.issubdtype(weight.dtype, np.integer):
        np.add.at(change, low, weight)
        np.subtract.at(change, high, weight)
    else:  # quicker
        change += np.bincount(low, weight, places + 1) - np.bincount(high, weight, places + 1)
    found: NDArray[Number] = np.cumsum(change[:-1])
    return found


def maxima(values: NDArray[Number], start: Ints, empty: int) -> NDArray[Number]:
    """The largest of each stretch; `empty` for an empty one."""
    found = np.full(len(start) - 1, empty, dtype=values.dtype)
    filled = start[1:] > start[:-1]
    if filled.any():
        found[filled] = np.maximum.reduceat(values, start[:-1][filled])
    return found


def minima(values: Ints, low: Ints, high: Ints, empty: int) -> Ints:
    """The smallest of `values[low:high]` for each range; `empty` where low is high."""
    found = np.full(len(low), empty, dtype=np.int64)
    filled = np.flatnonzero(high > low)
    if len(filled):
        # In order of low, what lies between one range and the next is never gone through twice.
        filled = filled[np.argsort(low[filled], kind="stable")]
        pairs = np.column_stack((low[filled], high[filled])).ravel()
        # The guard at the end lets a range end with the array itself; only the first of each pair is asked for.
        found[filled] = np.minimum.reduceat(np.append(values, empty), pairs)[::2]
    return found


def expand(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Every place of every range, one after the other, with the range that it comes from."""
    lengths = high - low
    origin = np.repeat(np.arange(len(low)), lengths)
    before = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    return np.arange(int(lengths.sum())) - before[origin] + low[origin], origin


def ranks(start: Ints) -> Ints:
    """For every place its distance from the begin of its stretch."""
    return np.arange(int(start[-1])) - np.repeat(start[:-1], np.diff(start))
