"""Operators that lower the bound: by better multipliers, and by units solved to proof, blocks of them or each alone."""

from dataclasses import replace
from functools import partial

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.decomposition import LagrangianDecomposition
from matching.dual.unit_ascent import UnitAscent
from matching.mip.block_mip import MipResult
from matching.search.operator import Operator, Task
from matching.search.partition import partition
from matching.search.state import SearchState


class DualAscent(Operator):
    """Blocks of units of one market whose multipliers are bettered, others every turn."""

    def __init__(self, state: SearchState, units: Ints) -> None:
        super().__init__(state)
        self._units = units

    @property
    def priority(self) -> tuple[bool, float]:
        """It waits while it has had its share of the work."""
        most = self.state.params.dual_ascent.most_work * self.state.work
        return self.state.ascent_work <= most, self.selection.score

    def _partition(self, _turn: int) -> list[Ints]:
        positions, units, random = self.state.positions, self._units, self.state.random
        largest = self.state.params.dual_ascent.units
        points, market = positions.units[units], positions.market_of_unit[units]
        blocks = partition(points, np.ones_like(units), market, largest, random)
        return [units[blocks[place]] for place in random.permutation(len(blocks))]

    def _task(self, members: Ints) -> Task:
        state, selection, params = self.state, self.selection, self.state.params.dual_ascent
        ascent = state.multipliers.block_ascent(members)
        work_limit = params.work_limit * 2.0 ** min(selection.turn, params.doublings)
        mip = ascent.mip(work_limit, state.seed)
        state.ascent_work += work_limit

        def done(result: MipResult) -> None:
            state.ascent_work += state.work_of(mip, result) - work_limit
            reward = partial(selection.reward, members=len(members), work=result.work)
            state.multipliers.draft(ascent, result, reward)
            state.lower(state.multipliers.bound)

        return Task(mip, done)


class Decomposition(Operator):
    """Blocks of the units of all markets, each of one, others every turn."""

    _decomposition: LagrangianDecomposition

    def _partition(self, _turn: int) -> list[Ints]:
        """The blocks of the bound by number, where something can lower them."""
        state, positions, largest = self.state, self.state.positions, self.state.params.decomposition.units
        block = np.zeros(len(positions.units), dtype=np.int64)
        for number, members in enumerate(
            partition(positions.units, np.ones_like(block), positions.market_of_unit, largest, state.random)
        ):
            block[members] = number
        multipliers = state.multipliers
        self._decomposition = LagrangianDecomposition(
            state.incumbent, multipliers.solution, multipliers.values, multipliers.scale, block
        )
        useful = [number for number, block in enumerate(self._decomposition.blocks) if len(block.columns)]
        return [np.array([number]) for number in state.random.permutation(useful)]

    def _task(self, members: Ints) -> Task:
        state, selection, decomposition = self.state, self.selection, self._decomposition
        block = decomposition.blocks[int(members[0])]
        mip = decomposition.mip(block, state.work_limit(selection.turn), state.seed)
        mip = replace(mip, batch_variables=state.params.mip.batch_variables)

        def done(result: MipResult) -> None:
            proven, bound = block.proven, state.bound
            decomposition.take(block, mip, result)
            state.lower(decomposition.bound)
            # Each partition starts from the multipliers again, so only the first gains by every block.
            lowered = bound - state.bound if selection.turn else (proven - block.proven) / state.multipliers.scale
            selection.reward(lowered, state.params.decomposition.units, result.work)

        return Task(mip, done)


class UnitPasses(Operator):
    """Passes of the ascent with units solved exactly; a turn is a pass, over all markets."""

    def __init__(self, state: SearchState) -> None:
        super().__init__(state)
        self.ascent = UnitAscent(state.incumbent, state.multipliers, state.params.unit_ascent)
        self._work = 0.0

    @property
    def priority(self) -> tuple[bool, float]:
        """Until it has had its share of the work it goes before all others; and it waits for the rest of a pass."""
        most = self.state.params.unit_ascent.most_work * self.ascent.share * self.state.work
        return not self.selection.pending, float("inf") if self._work <= most else self.selection.score

    def _partition(self, turn: int) -> list[Ints]:
        if turn:
            self.ascent.step()
        return self.ascent.batches()

    def _task(self, members: Ints) -> Task:
        state, selection, ascent, relaxation = self.state, self.selection, self.ascent, self.ascent.relaxation
        mip = ascent.mip(members, state.seed)

        def done(result: MipResult) -> None:
            bound = state.bound
            ascent.take(relaxation, members, result)
            state.lower(relaxation.bound)
            self._work += state.work_of(mip, result)
            selection.reward(bound - state.bound, len(members), result.work)

        return Task(mip, done)
