"""The message that is sent out to be solved: a small mixed-integer program of whole numbers, and what comes back."""

from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from matching.arrays.arrays import Ints
from matching.arrays.graphs import components
from matching.params.search import SEARCH_DEFAULTS

NO_LEAST = int(np.iinfo(np.int64).min)
"""The `least` of a row that has none."""


class Interruption(Struct, frozen=True, rename={"batch": "lot"}):  # the key that stored traces have
    """Where the clock ended the search for a result: in which batch of components, after how much work on it."""

    batch: int
    work: float


@dataclass(frozen=True, slots=True)
class BlockMip:
    """Maximise gain · x for whole 0 ≤ x ≤ upper, so that least ≤ A x ≤ most.

    Attributes
    ----------
    gain, upper, hint
        By variable, (variables,); `hint` is an x that keeps all constraints.
    least, most
        By constraint, (constraints,).
    row, column, entry
        The entries of A, (entries,), ascending by row and then column, none twice.
    work_limit
        Deterministic seconds for each component, which no constraint connects with others.
    until
        Where to stop instead, so that a result that was interrupted can be found again.
    relaxed
        Whether it is the dual values of the constraints that are asked for, x not being whole.
    by_time
        Whether each component is of one unit, its rows in the order of time, so that dynamic programming solves it.
    no_presolve
        Whether CP-SAT's presolve is left out, which costs small components more than it saves.
    batch_variables
        Small components are solved together in models of about so many variables, as each model has a cost of its own.
    """

    gain: Ints
    upper: Ints
    least: Ints
    most: Ints
    row: Ints
    column: Ints
    entry: Ints
    hint: Ints
    work_limit: float
    seed: int
    until: Interruption | None = None
    relaxed: bool = False
    by_time: bool = False
    no_presolve: bool = False
    batch_variables: int = SEARCH_DEFAULTS.mip.batch_variables


@dataclass(frozen=True, slots=True)
class MipResult:
    """The best x found, and what no x can gain more than.

    Attributes
    ----------
    values
        The best x, (variables,).
    component
        The number of the batch of components that each variable is in, (variables,): each can be taken without the
        others.
    bounds
        What no x of each batch can gain more than, (batches,).
    work
        Deterministic seconds in all.
    interrupted
        Where the clock ended it.
    duals
        The dual values of the constraints, (constraints,), where they were asked for and found.
    """

    values: Ints
    component: Ints
    bounds: Ints
    work: float = 0.0
    interrupted: Interruption | None = None
    duals: Ints | None = None

    @property
    def bound(self) -> int:
        """What no x can gain more than."""
        return int(self.bounds.sum())


def components_of(block: BlockMip) -> Ints:
    """Numbers for the sets of variables that no row connects."""
    variables, rows = len(block.gain), len(block.most)
    return components(block.row + variables, block.column, variables + rows)[:variables]


class Constraints:
    """Constraints of a MIP while it is put together; whoever adds some numbers them from 0."""

    def __init__(self) -> None:
        self._entries: list[tuple[Ints, Ints, Ints]] = []
        self._least: list[Ints] = []
        self._most: list[Ints] = []
        self._count = 0

    def add(self, row: Ints, variable: Ints, entry: Ints | int, least: int, most: Ints) -> None:
        """Add `len(most)` constraints with these entries, which may name a place twice: then they add up.

        Parameters
        ----------
        row, variable, entry
            The entries, (entries,), in any order, rows from 0 for the first of these constraints; `entry` may be one
            number for all.
        least
            Of each constraint, NO_LEAST for none.
        most
            Of each constraint, (new constraints,).
        """
        self._entries.append((row + self._count, variable, np.broadcast_to(entry, row.shape).astype(np.int64)))
        self._least.append(np.full(len(most), least, dtype=np.int64))
        self._most.append(most.astype(np.int64))
        self._count += len(most)

    def imply(self, one: Ints, other: Ints, times: Ints | int = 1) -> None:
        """Add one ≤ times × other for each pair of variables, (new constraints,) all; `times` may be one number."""
        each = np.arange(len(one))
        entry = np.concatenate((np.ones_like(one), -np.broadcast_to(times, other.shape)))
        row, variable = np.concatenate((each, each)), np.concatenate((one, other))
        self.add(row, variable, entry, NO_LEAST, np.zeros_like(one))

    def mip(self, gain: Ints, upper: Ints, hint: Ints, work_limit: float, seed: int) -> BlockMip:
        """The MIP of these constraints, for variables of such a gain, most and value now."""
        row, variable, entry = self._sorted()
        least, most = np.concatenate(self._least), np.concatenate(self._most)
        return BlockMip(gain, upper, least, most, row, variable, entry, hint, work_limit, seed)

    def _sorted(self) -> tuple[Ints, Ints, Ints]:
        """Constraint, variable and entry, ascending, with no place twice."""
        row, variable, entry = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.lexsort((variable, row))
        row, variable, entry = row[order], variable[order], entry[order]
        first = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(variable, prepend=-1) != 0))
        added = np.add.reduceat(entry, first) if len(first) else entry
        return row[first], variable[first], added
