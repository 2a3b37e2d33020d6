"""Blocks of what lies close together: all of it is free, the rest of the plan stays."""

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer
from matching.search.neighborhood import Opportunity
from matching.search.operator import Blocks, Task
from matching.search.partition import cut
from matching.search.state import Search

NEEDS, LARGEST, GROWTH = 40, 400, 1.4
"""Needs in the first blocks and in the largest, and by how much they grow with every cut."""
TRIED = 6
"""Columns of each need, those worth most, one more with every cut."""


class ByPlace(Blocks):
    """Blocks of the bundles of one market, larger ones with more effort and columns every turn."""

    def __init__(self, search: Search, bundles: Ints) -> None:
        super().__init__(search)
        self._bundles = bundles

    def _cut(self, turn: int) -> list[Ints]:
        search, bundles = self.search, self._bundles
        where, needs = search.where, int(min(LARGEST, NEEDS * GROWTH**turn))
        weight, market = search.needs_of[bundles], where.market_of_bundle[bundles]
        lots = cut(where.bundles[bundles], weight, market, needs, search.random)
        # Neighbours would be out at the same time, and the later answer would no longer fit.
        return [bundles[lots[place]] for place in search.random.permutation(len(lots))]

    def _task(self, members: Ints) -> Task:
        search, turns = self.search, self.turns
        needs = search.cover(members)
        opportunity = Opportunity.among(search.standing, members, search.pricing.response.net, TRIED + turns.turn)

        def done(answer: Answer) -> None:
            turns.note(search.take(opportunity, answer), needs, answer.work)

        return Task(opportunity.block(search.effort(turns.turn), search.seed), done)
