"""Blocks of units that lower the bound: each share of it is solved in whole numbers by itself."""

from dataclasses import replace

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.decomposition import Tightening
from matching.mip.block_mip import Answer
from matching.search.operator import Blocks, Task
from matching.search.partition import cut


class OfUnits(Blocks):
    """Blocks of the units of all markets, each of one, cut otherwise every turn."""

    _tightening: Tightening

    def _cut(self, _turn: int) -> list[Ints]:
        """The shares of the bound by number, where something can lower them."""
        search, where, largest = self.search, self.search.where, self.search.params.decomposition.units
        block = np.zeros(len(where.units), dtype=np.int64)
        for number, members in enumerate(
            cut(where.units, np.ones_like(block), where.market_of_unit, largest, search.random)
        ):
            block[members] = number
        pricing = search.pricing
        self._tightening = Tightening(search.standing, pricing.response, pricing.price, pricing.scale, block)
        useful = [number for number, share in enumerate(self._tightening.shares) if len(share.columns)]
        return [np.array([number]) for number in search.random.permutation(useful)]

    def _task(self, members: Ints) -> Task:
        search, turns, tightening = self.search, self.turns, self._tightening
        share = tightening.shares[int(members[0])]
        question = tightening.question(share, search.effort(turns.turn), search.seed)
        question = replace(question, batch=search.params.mip.batch_variables)

        def done(answer: Answer) -> None:
            proven, bound = share.proven, search.bound
            tightening.take(share, question, answer)
            search.lower(tightening.bound)
            # Each cut starts from the prices again, so only the first gains by every share.
            lowered = bound - search.bound if turns.turn else (proven - share.proven) / search.pricing.scale
            turns.note(lowered, search.params.decomposition.units, answer.work)

        return Task(question, done)
