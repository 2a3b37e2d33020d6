"""Operators that lower the bound: by better multipliers of some units, and by blocks of units solved to proof."""

from dataclasses import replace
from functools import partial

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.decomposition import LagrangianDecomposition
from matching.mip.block_mip import MipResult
from matching.search.operator import Operator, Task
from matching.search.partition import partition
from matching.search.state import SearchState


class DualAscent(Operator):
    """Blocks of units of one market whose multipliers are bettered, others every turn."""

    def __init__(self, search: SearchState, units: Ints) -> None:
        super().__init__(search)
        self._units = units

    @property
    def priority(self) -> tuple[bool, float]:
        """It waits while it has had its share of the work."""
        most = self.search.params.dual_ascent.most_work * self.search.work
        return self.search.ascent_work <= most, self.selection.score

    def _partition(self, _turn: int) -> list[Ints]:
        positions, units, random = self.search.positions, self._units, self.search.random
        largest = self.search.params.dual_ascent.units
        points, market = positions.units[units], positions.market_of_unit[units]
        blocks = partition(points, np.ones_like(units), market, largest, random)
        return [units[blocks[place]] for place in random.permutation(len(blocks))]

    def _task(self, members: Ints) -> Task:
        search, selection, params = self.search, self.selection, self.search.params.dual_ascent
        ascent = search.multipliers.block_ascent(members)
        work_limit = params.work_limit * 2.0 ** min(selection.turn, params.doublings)
        mip = ascent.mip(work_limit, search.seed)
        search.ascent_work += work_limit

        def done(result: MipResult) -> None:
            search.ascent_work += search.work_of(mip, result) - work_limit
            reward = partial(selection.reward, members=len(members), work=result.work)
            search.multipliers.draft(ascent, result, reward)
            search.lower(search.multipliers.bound)

        return Task(mip, done)


class Decomposition(Operator):
    """Blocks of the units of all markets, each of one, others every turn."""

    _decomposition: LagrangianDecomposition

    def _partition(self, _turn: int) -> list[Ints]:
        """The blocks of the bound by number, where something can lower them."""
        search, positions, largest = self.search, self.search.positions, self.search.params.decomposition.units
        block = np.zeros(len(positions.units), dtype=np.int64)
        for number, members in enumerate(
            partition(positions.units, np.ones_like(block), positions.market_of_unit, largest, search.random)
        ):
            block[members] = number
        multipliers = search.multipliers
        self._decomposition = LagrangianDecomposition(
            search.incumbent, multipliers.solution, multipliers.values, multipliers.scale, block
        )
        useful = [number for number, block in enumerate(self._decomposition.blocks) if len(block.columns)]
        return [np.array([number]) for number in search.random.permutation(useful)]

    def _task(self, members: Ints) -> Task:
        search, selection, decomposition = self.search, self.selection, self._decomposition
        block = decomposition.blocks[int(members[0])]
        mip = decomposition.mip(block, search.work_limit(selection.turn), search.seed)
        mip = replace(mip, batch_variables=search.params.mip.batch_variables)

        def done(result: MipResult) -> None:
            proven, bound = block.proven, search.bound
            decomposition.take(block, mip, result)
            search.lower(decomposition.bound)
            # Each partition starts from the multipliers again, so only the first gains by every block.
            lowered = bound - search.bound if selection.turn else (proven - block.proven) / search.multipliers.scale
            selection.reward(lowered, search.params.decomposition.units, result.work)

        return Task(mip, done)
