"""Constraints while they are put together: each a least and a most for a sum of entries × variables."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import NO_LEAST, Block


class Constraints:
    """Constraints added some at a time, each lot numbered from 0 by who adds it."""

    def __init__(self) -> None:
        self._entries: list[tuple[Ints, Ints, Ints]] = []
        self._least: list[Ints] = []
        self._most: list[Ints] = []
        self._count = 0

    def add(self, row: Ints, variable: Ints, entry: Ints | int, least: int, most: Ints) -> None:
        """Add `len(most)` constraints with these entries, which may name a place twice: then they add up."""
        self._entries.append((row + self._count, variable, np.broadcast_to(entry, row.shape).astype(np.int64)))
        self._least.append(np.full(len(most), least, dtype=np.int64))
        self._most.append(most.astype(np.int64))
        self._count += len(most)

    def imply(self, one: Ints, other: Ints, times: Ints | int = 1) -> None:
        """Add one ≤ times × other for each pair of variables."""
        each = np.arange(len(one))
        entry = np.concatenate((np.ones_like(one), -np.broadcast_to(times, other.shape)))
        row, variable = np.concatenate((each, each)), np.concatenate((one, other))
        self.add(row, variable, entry, NO_LEAST, np.zeros_like(one))

    def block(self, gain: Ints, upper: Ints, hint: Ints, effort: float, seed: int) -> Block:
        """The block of these constraints, for variables of such a gain, most and value now."""
        row, variable, entry = self._sorted()
        least, most = np.concatenate(self._least), np.concatenate(self._most)
        return Block(gain, upper, least, most, row, variable, entry, hint, effort, seed)

    def _sorted(self) -> tuple[Ints, Ints, Ints]:
        """Constraint, variable and entry, ascending, with no place twice."""
        row, variable, entry = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.lexsort((variable, row))
        row, variable, entry = row[order], variable[order], entry[order]
        first = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(variable, prepend=-1) != 0))
        added = np.add.reduceat(entry, first) if len(first) else entry
        return row[first], variable[first], added
