"""Small blocks around the bundles that regret most: those who stand in their way, and in whose way those stand."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
from matching.search.conflict_graph import Neighbours
from matching.search.neighborhood import Opportunity, columns_of
from matching.search.operator import Blocks, Task
from matching.search.regrets import Regrets
from matching.search.state import Search

CENTRES, TOGETHER = 240, 4
"""Bundles that are looked around in a turn, and how many of them in one block."""
NEEDS, MOST, WIDER = 12, 60, 1.4
"""Needs looked at around each, the first time and at most, and by how much they grow with every time."""
EFFORT, DOUBLED = 0.01, 5
"""Deterministic seconds for each part of a block, and how often they are doubled, once each time."""


class Around(Blocks):
    """Blocks around bundles of one market, wider ones with more effort around those that have had their turn."""

    def __init__(self, search: Search, bundles: Ints, regrets: Regrets, neighbours: Neighbours) -> None:
        super().__init__(search)
        self._bundles, self._regrets, self._neighbours = bundles, regrets, neighbours

    def _cut(self, _turn: int) -> list[Ints]:
        search, pricing = self.search, self.search.pricing
        self._neighbours.renew()
        worst = self._regrets.worst(self._bundles, search.standing, pricing.response, pricing.scale, CENTRES)
        centres = search.random.permutation(worst)
        return [centres[first : first + TOGETHER] for first in range(0, len(centres), TOGETHER)]

    def _task(self, members: Ints) -> Task:
        search, turns = self.search, self.turns
        before = self._regrets.looks[members] - 1
        sizes = np.minimum(MOST, NEEDS * WIDER**before).astype(np.int64)
        around = [self._neighbours.around(*each) for each in zip(members.tolist(), sizes.tolist(), strict=True)]
        bundles = np.unique(np.concatenate(around))
        needs = search.cover(bundles)
        opportunity = Opportunity.of(search.standing, bundles, columns_of(search.formulation, bundles))
        effort = EFFORT * 2.0 ** min(DOUBLED, float(before.mean()))

        def done(answer: Answer) -> None:
            turns.note(search.take(opportunity, answer), needs, answer.work)

        return Task(opportunity.block(effort, search.seed, quick=True), done)
