"""Small blocks around the bundles that regret most: those who stand in their way, and in whose way those stand."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
from matching.search.conflict_graph import Neighbours
from matching.search.neighborhood import Opportunity, columns_of
from matching.search.operator import Blocks, Task
from matching.search.regrets import Regrets
from matching.search.state import Search


class Around(Blocks):
    """Blocks around bundles of one market, wider ones with more effort around those that have had their turn."""

    def __init__(self, search: Search, bundles: Ints, regrets: Regrets, neighbours: Neighbours) -> None:
        super().__init__(search)
        self._bundles, self._regrets, self._neighbours = bundles, regrets, neighbours

    def _cut(self, _turn: int) -> list[Ints]:
        search, pricing, params = self.search, self.search.pricing, self.search.params.dual_gap
        self._neighbours.renew()
        worst = self._regrets.worst(self._bundles, search.standing, pricing.response, pricing.scale, params.centers)
        centres = search.random.permutation(worst)
        step = params.centers_per_block
        return [centres[first : first + step] for first in range(0, len(centres), step)]

    def _task(self, members: Ints) -> Task:
        search, turns, params = self.search, self.turns, self.search.params.dual_gap
        before = self._regrets.looks[members] - 1
        sizes = np.minimum(params.most_needs, params.needs * params.growth**before).astype(np.int64)
        around = [self._neighbours.around(*each) for each in zip(members.tolist(), sizes.tolist(), strict=True)]
        bundles = np.unique(np.concatenate(around))
        needs = search.cover(bundles)
        opportunity = Opportunity.of(search.standing, bundles, columns_of(search.formulation, bundles))
        effort = params.work_limit * 2.0 ** min(params.doublings, float(before.mean()))

        def done(answer: Answer) -> None:
            turns.note(search.take(opportunity, answer), needs, answer.work)

        return Task(search.question(opportunity, effort, quick=True), done)
