"""Blocks of units whose prices are bettered while all others stay as they are."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
from matching.search.operator import Blocks, Task
from matching.search.partition import cut
from matching.search.state import Search, work_of

PRICED, EFFORT, DOUBLED = 300, 0.4, 2
"""Units whose prices are bettered together, deterministic seconds for that, and how often they are doubled. With fewer
units prices soon stand still where each lot's are best for those of the others."""
SHARE = 0.05
"""The share of all deterministic seconds that may go into prices."""


class OfPrices(Blocks):
    """Blocks of the units of one market, others with every turn."""

    def __init__(self, search: Search, units: Ints) -> None:
        super().__init__(search)
        self._units = units

    @property
    def chances(self) -> tuple[bool, float]:
        """Prices wait while they have had their share."""
        return self.search.repriced <= SHARE * self.search.spent, self.turns.promise

    def _cut(self, _turn: int) -> list[Ints]:
        where, units, random = self.search.where, self._units, self.search.random
        lots = cut(where.units[units], np.ones_like(units), where.market_of_unit[units], PRICED, random)
        return [units[lots[place]] for place in random.permutation(len(lots))]

    def _task(self, members: Ints) -> Task:
        search, turns = self.search, self.turns
        question = search.pricing.question(members)
        effort = EFFORT * 2.0 ** min(turns.turn, DOUBLED)
        block = question.block(effort, search.seed)
        search.repriced += effort

        def done(answer: Answer) -> None:
            search.repriced += work_of(block, answer) - effort
            search.pricing.draft(question, answer, turns, len(members))
            search.lower(search.pricing.bound)

        return Task(block, done)
