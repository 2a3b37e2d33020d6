"""Blocks of what lies close together: all of it is free, the rest of the plan stays."""

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
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
