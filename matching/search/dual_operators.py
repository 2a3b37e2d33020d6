"""Blocks of units whose prices are bettered while all others stay as they are."""

from dataclasses import replace
from functools import partial

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.decomposition import Tightening
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
            search.pricing.draft(question, answer, partial(turns.note, members=len(members), work=answer.work))
            search.lower(search.pricing.bound)

        return Task(block, done)


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
