"""A problem as arrays: the same facts as `Problem`, for markets of millions of options."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Number = TypeVar("Number", np.int64, np.float64)
"""Whole numbers, which are exact, or fractions, which are near enough to find the way by."""


class Names:
    """Many names in one piece of memory; a Python string each would cost three times as much."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])
        self.extend(names)

    def extend(self, names: Iterable[str]) -> None:
        """Add names at the end."""
        given = list(names)
        text = "".join(given)
        sizes = map(len, given) if text.isascii() else (len(name.encode()) for name in given)
        self._text += text.encode()
        self._ends.extend(accumulate(sizes, initial=self._ends.pop()))

    def packed(self) -> tuple[bytes, bytes]:
        """All of them as bytes: the text, and where each ends."""
        return bytes(self._text), self._ends.tobytes()

    @classmethod
    def unpacked(cls, text: bytes, ends: bytes) -> "Names":
        """The names that were packed."""
        found = cls()
        found._text, found._ends = bytearray(text), array("q", ends)
        return found

    def find(self, name: str, first: int, end: int) -> int | None:
        """Where the name is among those from `first` to before `end`; None if it is not there."""
        wanted = name.encode()
        start = self._text.find(wanted, self._ends[first], self._ends[end])
        while start >= 0:
            index = bisect_left(self._ends, start, first, end)
            if self._ends[index] == start and self._ends[index + 1] == start + len(wanted):
                return index
            start = self._text.find(wanted, start + 1, self._ends[end])
        return None

    def beginning(self, start: str) -> list[int]:
        """Where the names are that begin so."""
        wanted, found, place = start.encode(), [], -1
        while (place := self._text.find(wanted, place + 1)) >= 0:
            index = bisect_right(self._ends, place) - 1
            if self._ends[index] == place and self._ends[index + 1] >= place + len(wanted):
                found.append(index)
        return found

    def heads(self, length: int) -> list[bytes]:
        """So many bytes of each name from its start on, all of it where it has no more."""
        text, ends = bytes(self._text), self._ends
        return [text[start : min(start + length, end)] for start, end in pairwise(ends)]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        return self._text[self._ends[index] : self._ends[index + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """Units, needs, options and claims by position, in the order of the problem; times in minutes, as in the file.

    `capacity` (units) is 0 where `pieces` says when there is some; `pieces` has a row [unit, start, end, capacity]
    each; `position` (units, 2) is latitude and longitude, NaN where not known. Need n has the options
    `option_from[n]` to `option_from[n + 1]`; `most` is what can be taken of an option at most. Each interval of each
    claim has a place in `claim_option` (ascending), `claim_unit`, `claim_load` (for each one taken), `claim_start` and
    `claim_end`. `together` and `alternatives` are groups of needs. `fixed` and `previous` have rows
    [option, amount], `forbidden` has options.
    """

    name: str
    seed: int
    stability: int
    unit_ids: Names
    need_ids: Names
    option_ids: Names
    capacity: Ints
    pieces: Ints
    position: Floats
    value: Ints
    amount: Ints
    parts: Ints
    option_from: Ints
    score: Ints
    most: Ints
    claim_option: Ints
    claim_unit: Ints
    claim_load: Ints
    claim_start: Ints
    claim_end: Ints
    together: tuple[tuple[int, ...], ...]
    alternatives: tuple[tuple[int, ...], ...]
    fixed: Ints
    forbidden: Ints
    previous: Ints
