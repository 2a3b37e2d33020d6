"""The best prices found so far, what they prove, and how better ones take their place."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

import numpy as np

from matching.arrays.arrays import Floats, Ints
from matching.dual.block_ascent import Repricing, Users
from matching.dual.lagrangian import Market, Response
from matching.dual.subgradient import improving, whole
from matching.mip.block_mip import Answer
from matching.model.formulation import Formulation
from matching.params import SEARCH_DEFAULTS, SearchParams


class Pricing:
    """Prices in parts of a point, `scale` of them, with the response to them.

    `often` is by column the share of the passes so far, the last ones above all, that took it.
    Better ones of some units are written into a draft, and it is seen what they bring when there are enough of them.
    """

    def __init__(self, formulation: Formulation, params: SearchParams = SEARCH_DEFAULTS) -> None:
        self._formulation = formulation
        self._params = params
        self._market = Market(formulation)
        self.scale = _scale(formulation, self._market.limit, params.multipliers.finest)
        self.price = np.zeros(len(self._market.capacity), dtype=np.int64)
        self.response = self._market.respond(self.price, self.scale)
        self.often = np.zeros(len(formulation.option), dtype=np.float32)
        self._start_draft()

    @property
    def bound(self) -> int:
        """What no plan is worth more than, in points."""
        return int(self.response.bound) // self.scale

    @cached_property
    def users(self) -> Users:
        """Who could use what of each unit."""
        return Users(self._formulation)

    def promising(self, value: int) -> Ints:
        """The columns that a plan worth more than so many points could take (reduced costs fix the others)."""
        losses = self._market.losses(self.response, self.scale)
        return np.flatnonzero(self.response.bound - losses >= (value + 1) * self.scale)

    def find(self, most: int | None, ended: Callable[[], bool]) -> int:
        """Take the best prices of so many passes from no prices on, of fewer if it has ended; how many there were."""
        passes = 0

        def until_then() -> Iterator[tuple[Floats, Response[np.float64]]]:
            nonlocal passes
            for each in islice(improving(self._market, self.price.astype(np.float64), self._params.subgradient), most):
                if ended():
                    return
                passes += 1
                self._count(each[1])
                yield each

        found = min(until_then(), key=lambda one: one[1].bound, default=None)
        if found is not None:
            self._adopt(whole(found[0], self.scale))
        return passes

    def _count(self, response: Response[np.float64]) -> None:
        averaging = self._params.multipliers.averaging
        self.often *= 1 - averaging
        taken = response.columns
        self.often[taken] += averaging * response.amounts / self._formulation.most[taken]

    def question(self, units: Ints) -> Repricing:
        """The question for better prices of some units, as the draft has the others."""
        return self.users.question(units, self._draft, self.scale)

    def draft(self, question: Repricing, answer: Answer, reward: Callable[[float], None]) -> None:
        """Write better prices of some units into the draft; `reward` will be told what they brought, in points."""
        if answer.prices is not None:
            question.write(answer.prices, self._draft)
        self._unseen += len(question.program.bundles)
        self._notes.append(reward)
        if self._unseen > self._params.multipliers.adopted_share * len(self._formulation.bundle_from):
            before, notes = self.bound, self._notes
            self._adopt(self._draft)
            for note in notes:
                note((before - self.bound) / len(notes))

    def _adopt(self, price: Ints) -> None:
        """Take these prices from now on if they give a lower bound than those there are."""
        # A price below 0, or a number that was none, would make the bound untrue.
        if price.min(initial=0) >= 0 and float(self._market.capacity @ price.astype(np.float64)) < self._market.limit:
            exact = self._market.respond(price, self.scale)
            if exact.bound < self.response.bound:
                self.price, self.response = price, exact
        self._start_draft()

    def _start_draft(self) -> None:
        self._draft = self.price.copy()
        self._unseen = 0
        self._notes: list[Callable[[float], None]] = []


def _scale(f: Formulation, limit: int, finest: int) -> int:
    """Parts of a point that prices count in, so that no sum leaves the whole numbers that are kept exactly."""
    scores = float(np.abs(f.score.astype(np.float64)) @ f.most)
    most = scores + float(np.abs(f.value).sum()) + abs(f.base) + f.stability * len(f.need) + 1
    return int(max(1, min(finest, limit // most)))
