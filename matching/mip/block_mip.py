"""The message that is sent out to be solved: a small whole-number program, and what comes back."""

from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Ints
from matching.params import SEARCH_DEFAULTS

NO_LEAST = int(np.iinfo(np.int64).min)
"""The `least` of a row that has none."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the search for an answer was cut short by the clock: in which lot of parts, after how much work on it."""

    lot: int
    work: float


@dataclass(frozen=True, slots=True)
class Block:
    """Maximise gain · x for whole 0 ≤ x ≤ upper, so that least ≤ A x ≤ most.

    A has the entries `entry` at `row` and `column`, ascending by row and then column, none twice. `hint` is an x that
    keeps all of it. `effort` limits the work spent on each part, in CP-SAT's deterministic seconds. `until` says where
    to stop instead, so that an answer that was cut short can be found again. Of a `relaxed` block it is asked what its
    constraints are worth if x need not be whole. A `quick` block is solved without presolve, which costs small parts
    more than it saves. Small parts are solved together in models of about `batch` variables, as each model has a cost
    of its own.
    """

    gain: Ints
    upper: Ints
    least: Ints
    most: Ints
    row: Ints
    column: Ints
    entry: Ints
    hint: Ints
    effort: float
    seed: int
    until: Cut | None = None
    relaxed: bool = False
    quick: bool = False
    batch: int = SEARCH_DEFAULTS.mip.batch_variables


@dataclass(frozen=True, slots=True)
class Answer:
    """The best x found, and what no x can gain more than.

    `part` numbers the parts of the block that have no row in common, by variable: each can be taken without the
    others, and `bounds` says of each what it cannot exceed. `work` is the effort that was spent in all, `cut` where the
    clock ended it. `prices` are what the constraints are worth, where that was asked and found.
    """

    values: Ints
    part: Ints
    bounds: Ints
    work: float = 0.0
    cut: Cut | None = None
    prices: Ints | None = None

    @property
    def bound(self) -> int:
        """What no x can gain more than."""
        return int(self.bounds.sum())


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
