"""Blocks of what lies close together: all of it is free, the rest of the plan stays."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.dual.lagrangian import Response
from matching.mip.block_mip import Answer
from matching.model.formulation import columns_of
from matching.model.incumbent import Standing
from matching.search.conflict_graph import Neighbours
from matching.search.neighborhood import Opportunity
from matching.search.operator import Blocks, Task
from matching.search.partition import cut
from matching.search.state import Search


class ByPlace(Blocks):
    """Blocks of the bundles of one market, larger ones with more effort and columns every turn."""

    def __init__(self, search: Search, bundles: Ints) -> None:
        super().__init__(search)
        self._bundles = bundles

    def _cut(self, turn: int) -> list[Ints]:
        search, bundles, params = self.search, self._bundles, self.search.params.spatial
        where, needs = search.where, int(min(params.most_needs, params.needs * params.growth**turn))
        weight, market = search.needs_of[bundles], where.market_of_bundle[bundles]
        lots = cut(where.bundles[bundles], weight, market, needs, search.random)
        # Neighbours would be out at the same time, and the later answer would no longer fit.
        return [bundles[lots[place]] for place in search.random.permutation(len(lots))]

    def _task(self, members: Ints) -> Task:
        search, turns = self.search, self.turns
        needs = search.cover(members)
        columns = search.params.spatial.columns + turns.turn
        opportunity = Opportunity.among(search.standing, members, search.pricing.response.net, columns)

        def done(answer: Answer) -> None:
            turns.note(search.take(opportunity, answer), needs, answer.work)

        return Task(search.question(opportunity, search.effort(turns.turn)), done)


class Regrets:
    """The regrets of bundles, and how often each was looked around: every time it promises half as much."""

    def __init__(self, bundles: int) -> None:
        self.looks = np.zeros(bundles, dtype=np.int64)

    def worst(self, bundles: Ints, standing: Standing, response: Response[np.int64], scale: int, most: int) -> Ints:
        """At most so many of the bundles that promise a point, most first; they count as looked around."""
        promise = np.ldexp(_regrets(standing, response, scale)[bundles] / scale, -self.looks[bundles])
        order = np.argsort(-promise, kind="stable")[:most]
        found = bundles[order[promise[order] >= 1]]
        self.looks[found] += 1
        return found


def _regrets(standing: Standing, response: Response[np.int64], scale: int) -> Ints:
    """What each bundle's best is above what it has, in points × scale, after prices."""
    f = standing.formulation
    kept = standing.amounts * (f.single & (f.stable == 1))[f.owner] * f.wanted
    taken = segments.sums(response.net * standing.amounts + kept * f.stability * scale, f.column_from)
    has = segments.sums(response.value * standing.served + taken, f.bundle_from)
    regrets: Ints = response.gain.clip(0) - has
    return regrets


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
