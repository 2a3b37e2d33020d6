"""Blocks of units whose prices are bettered while all others stay as they are."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
from matching.search.operator import Blocks, Task
from matching.search.partition import cut
from matching.search.state import Search


class OfPrices(Blocks):
    """Blocks of the units of one market, others with every turn."""

    def __init__(self, search: Search, units: Ints) -> None:
        super().__init__(search)
        self._units = units

    @property
    def chances(self) -> tuple[bool, float]:
        """Prices wait while they have had their share."""
        most = self.search.params.dual_ascent.most_work * self.search.spent
        return self.search.repriced <= most, self.turns.promise

    def _cut(self, _turn: int) -> list[Ints]:
        where, units, random = self.search.where, self._units, self.search.random
        largest = self.search.params.dual_ascent.units
        lots = cut(where.units[units], np.ones_like(units), where.market_of_unit[units], largest, random)
        return [units[lots[place]] for place in random.permutation(len(lots))]

    def _task(self, members: Ints) -> Task:
        search, turns, params = self.search, self.turns, self.search.params.dual_ascent
        question = search.pricing.question(members)
        effort = params.work_limit * 2.0 ** min(turns.turn, params.doublings)
        block = question.block(effort, search.seed)
        search.repriced += effort

        def done(answer: Answer) -> None:
            search.repriced += search.work_of(block, answer) - effort
            search.pricing.draft(question, answer, turns, len(members))
            search.lower(search.pricing.bound)

        return Task(block, done)
