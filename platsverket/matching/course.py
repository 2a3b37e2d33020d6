"""The course of a run: prices, a first plan, then block after block until nothing can be gained or time is up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from platsverket.matching.arrays import Bools
from platsverket.matching.block import Answer, Block
from platsverket.matching.carriers import Carrier
from platsverket.matching.cutting import Places, cut, places
from platsverket.matching.formulation import Formulation
from platsverket.matching.greedy import construct
from platsverket.matching.improving import Opportunity, ranks
from platsverket.matching.limits import Limits
from platsverket.matching.prices import improving, whole
from platsverket.matching.progress import Progress
from platsverket.matching.response import Market
from platsverket.matching.standing import Standing
from platsverket.matching.tightening import Share, Tightening

SMALL = 100
"""Needs that are solved as one block from the start."""
NEEDS, EFFORT, TRIED = 100, 0.1, 8
"""The first blocks: so many needs, deterministic seconds for each part, and columns of each need, those worth most."""
GROWTH, LEVELS, LARGEST = 1.7, 40, 2000
"""With every cut blocks grow so much and get as much more effort, up to so many needs."""
AS_ONE = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e5)
"""Deterministic seconds for each part, again and again, of what is solved as one."""
UNITS = 40
"""Units in the first blocks that lower the bound, doubled with every cut."""
FINEST = 1024
"""Prices are whole numbers of at least 1 / 1024 points, or coarser where sums would grow too large."""


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be sent, and what to do with its answer."""

    block: Block
    done: Callable[[Answer], None]


class Course:
    """The best plan and the best bound so far, from nothing on."""

    def __init__(
        self, formulation: Formulation, limits: Limits, gap: float, seed: int, progress: Callable[[Progress], None]
    ) -> None:
        self.formulation = formulation
        self.standing = Standing(formulation)
        self._limits = limits
        self._gap = gap
        self._progress = progress
        self._seed = seed
        self._random = np.random.default_rng(seed)
        self._market = Market(formulation)
        self._price = np.zeros(len(formulation.capacity), dtype=np.int64)
        self._scale = _scale(formulation, self._market.limit)
        self._response = self._market.respond(self._price, self._scale)
        self.value = formulation.base
        self.bound = int(self._response.bound) // self._scale
        self.blocks = 0

    def start(self) -> None:
        """The prices, and a first plan by them."""
        if len(self.formulation.need):
            self._find_prices()
        construct(self.standing, self._response, self._limits.ended)
        self.value = self.standing.worth()
        self._tell()

    def go_on(self, carrier: Carrier) -> None:
        """Solve blocks until the plan is proven best or the limits end it."""
        tasks, out, number = self._tasks(), dict[int, Task](), 0
        while not self.finished():
            while len(out) < carrier.width and (task := next(tasks, None)):
                out[number] = task
                carrier.send(number, task.block)
                number += 1
            if not out:
                return
            for answered, answer in carrier.receive():
                task = out.pop(answered)
                if answer is not None:
                    task.done(answer)
                    self.blocks += 1
                    self._tell()

    @property
    def small(self) -> bool:
        """Whether all of it is one block from the start."""
        return len(self.formulation.need) <= SMALL

    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time for it."""
        return self.bound - self.value <= self._gap * abs(self.bound) or self._limits.ended()

    def _find_prices(self) -> None:
        best = float("inf")
        for price, response in improving(self._market, self._price.astype(np.float64)):
            if response.bound < best:
                best, found = response.bound, price
            if self._limits.ended():
                break
        rounded = whole(found, self._scale)
        if float(self.formulation.capacity @ rounded.astype(np.float64)) < self._market.limit:
            exact = self._market.respond(rounded, self._scale)
            if exact.bound < self._response.bound:
                self._price, self._response = rounded, exact
                self.bound = int(exact.bound) // self._scale
        self._tell()

    def _tasks(self) -> Iterator[Task]:
        f = self.formulation
        if not self.small:
            where, rank = places(f, self._random), ranks(f, self._response)
            for level in range(LEVELS):
                needs = int(NEEDS * GROWTH**level)
                if needs > len(f.need):
                    break
                yield from self._improving(where, min(needs, LARGEST), rank < TRIED + level, EFFORT * GROWTH**level)
                if level % 2:
                    yield from self._tightening(where, UNITS * 2**level, EFFORT * 2**level)
        yield from self._as_one()

    def _improving(self, where: Places, needs: int, promising: Bools, effort: float) -> Iterator[Task]:
        """A cut of the country into blocks of about so many needs, each to be solved with the rest as it is."""
        for bundles in cut(where.bundles, np.diff(self.formulation.bundle_from), needs, self._random):
            opportunity = Opportunity.among(self.standing, bundles, promising)
            yield Task(opportunity.block(effort, self._seed), partial(self._took, opportunity))

    def _tightening(self, where: Places, units: int, effort: float) -> Iterator[Task]:
        """A cut of the country into blocks of about so many units, each to lower its share of the bound."""
        block = np.zeros(len(where.units), dtype=np.int64)
        for number, members in enumerate(cut(where.units, np.ones_like(block), units, self._random)):
            block[members] = number
        tightening = Tightening(self.standing, self._response, self._price, self._scale, block)
        for share in tightening.shares:
            if len(share.columns):
                question = tightening.question(share, effort, self._seed)
                yield Task(question, partial(self._tightened, tightening, share, question))

    def _as_one(self) -> Iterator[Task]:
        bundles = np.arange(len(self.formulation.bundle_from) - 1)
        every = np.ones(len(self.formulation.option), dtype=bool)
        for effort in AS_ONE:
            opportunity = Opportunity.among(self.standing, bundles, every)

            def done(answer: Answer, opportunity: Opportunity = opportunity) -> None:
                self._took(opportunity, answer)
                self.bound = min(self.bound, self.formulation.base + answer.bound)

            yield Task(opportunity.block(effort, self._seed), done)

    def _took(self, opportunity: Opportunity, answer: Answer) -> None:
        before = self.standing.gain(opportunity.bundles)
        if opportunity.take(answer):
            self.value += self.standing.gain(opportunity.bundles) - before

    def _tightened(self, tightening: Tightening, share: Share, question: Block, answer: Answer) -> None:
        tightening.take(share, question, answer)
        self.bound = min(self.bound, tightening.bound)

    def _tell(self) -> None:
        served = self.formulation.settled + int(np.count_nonzero(self.standing.served))
        self._progress(Progress(self.value, self.bound, served, self._limits.seconds(), self.blocks))


def _scale(f: Formulation, limit: int) -> int:
    """Parts of a point that prices count in, so that no sum leaves the whole numbers that are kept exactly."""
    scores = float(np.abs(f.score.astype(np.float64)) @ f.most)
    most = scores + float(np.abs(f.value).sum()) + abs(f.base) + f.stability * len(f.need) + 1
    return int(max(1, min(FINEST, limit // most)))
