"""A small problem asked again and again: what is its best plan if this option is taken, or that need served?"""

from dataclasses import replace

import numpy as np

from matching.arrays.arrays import Ints
from matching.arrays.conversion import arrays_of
from matching.mip.block_mip import Block
from matching.model.formulation import formulate
from matching.model.integer_program import Program
from matching.model.matches import matches_of
from matching.problem.needs import Match
from matching.problem.problem import Problem

EFFORT = 60.0
"""Deterministic seconds after which a question is left without a proof."""


class Region:
    """The whole of a problem as one block; no plan is known to start from."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._arrays = arrays_of(problem)
        self._f = f = formulate(self._arrays, equals=True)
        self._need = {need.id: position for position, need in enumerate(problem.needs)}
        now = np.zeros(len(f.option), dtype=np.int64)
        every = np.arange(len(f.option))
        self._program = Program(f, np.arange(len(f.bundle_from) - 1), every, f.score, f.value, f.capacity, now)
        self._block = self._program.block(EFFORT, problem.seed)

    def column(self, need: str, option: str) -> int | None:
        """The column of an option; None if it can never be taken."""
        if need not in self._need:
            return None
        position = self._need[need]
        options = [other.id for other in self.problem.needs[position].options]
        if option not in options:
            return None
        wanted = int(self._arrays.option_from[position]) + options.index(option)
        found = np.flatnonzero(self._f.option == wanted)
        return int(found[0]) if len(found) else None

    def taking(self, need: str, option: str) -> Block | None:
        """The block where something of the option must be taken; None if it can never be."""
        column = self.column(need, option)
        return None if column is None else self._requiring(np.array([column]))

    def serving(self, need: str) -> Block | None:
        """The block where the need must be served; None if it can never be."""
        found = np.flatnonzero(self._f.need == self._need[need])
        if not len(found):
            return None
        return self._requiring(np.arange(self._f.column_from[found[0]], self._f.column_from[found[0] + 1]))

    def gains(self, values: Ints) -> bool:
        """Whether the values of the block's variables gain anything beyond what is fixed."""
        return int(self._block.gain @ values) > 0

    def matches(self, values: Ints) -> tuple[Match, ...]:
        """The matches that the values say, the fixed ones included."""
        return matches_of(self._f, self._program.taken(values))

    def _requiring(self, columns: Ints) -> Block:
        """The block with a further row: something of these columns."""
        block, count = self._block, len(columns)
        return replace(
            block,
            least=np.append(block.least, 1),
            most=np.append(block.most, block.upper[columns].sum()),
            row=np.append(block.row, np.full(count, len(block.most))),
            column=np.append(block.column, columns),
            entry=np.append(block.entry, np.ones(count, dtype=np.int64)),
        )
