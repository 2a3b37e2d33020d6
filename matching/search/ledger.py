"""What is left of each unit and when, kept while a plan is made option by option."""

from bisect import bisect_left, bisect_right

import numpy as np

from matching.arrays.arrays import Arrays, Ints

FOREVER = 2**60

Steps = tuple[list[int], list[int]]
"""Moments, ascending, and how much is left from each of them on."""


class Ledger:
    """How much is left of each unit over time, in steps: as quick for a unit with thousands of claims as may be."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._first = np.searchsorted(arrays.claim_option, np.arange(len(arrays.score) + 1)).tolist()
        self._steps: list[Steps] = [([-FOREVER], [capacity]) for capacity in arrays.capacity.tolist()]
        for unit, start, end, capacity in arrays.pieces.tolist():
            self._add(unit, start, end, capacity)

    def most(self, option: int) -> int:
        """How much of the option fits, at most what may be taken of it."""
        most = int(self._arrays.most[option])
        for unit, load, start, end in self._claims(option):
            most = min(most, self._left(unit, start, end) // load)
            if most <= 0:
                return 0
        return most

    def take(self, option: int, amount: int) -> bool:
        """Take so much of the option; nothing if it does not fit."""
        done: list[tuple[int, int, int, int]] = []
        for unit, load, start, end in self._claims(option):
            if self._left(unit, start, end) < load * amount:
                for earlier in done:
                    self._add(*earlier)
                return False
            self._add(unit, start, end, -load * amount)
            done.append((unit, start, end, load * amount))
        return True

    def give_back(self, option: int, amount: int) -> None:
        """Undo that so much of the option was taken."""
        for unit, load, start, end in self._claims(option):
            self._add(unit, start, end, load * amount)

    def _claims(self, option: int) -> list[tuple[int, int, int, int]]:
        of_option = slice(self._first[option], self._first[option + 1])
        arrays = self._arrays
        columns: tuple[Ints, ...] = (arrays.claim_unit, arrays.claim_load, arrays.claim_start, arrays.claim_end)
        return list(zip(*(column[of_option].tolist() for column in columns), strict=True))

    def _left(self, unit: int, start: int, end: int) -> int:
        """The least that is left during the time."""
        moments, left = self._steps[unit]
        return min(left[bisect_right(moments, start) - 1 : bisect_left(moments, end)])

    def _add(self, unit: int, start: int, end: int, amount: int) -> None:
        moments, left = self._steps[unit]
        first, last = _step(moments, left, start), _step(moments, left, end)
        left[first:last] = [each + amount for each in left[first:last]]


def _step(moments: list[int], left: list[int], moment: int) -> int:
    """Where the step is that begins at the moment, after making it if need be."""
    place = bisect_left(moments, moment)
    if place == len(moments) or moments[place] != moment:
        moments.insert(place, moment)
        left.insert(place, left[place - 1])
    return place
