"""The course of a run: prices, a first plan, then block after block until nothing can be gained or time is up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import numpy as np

from platsverket.matching.arrays import Floats, Ints
from platsverket.matching.block import Answer, Block
from platsverket.matching.carriers import Carrier
from platsverket.matching.cutting import Places, cut, places
from platsverket.matching.formulation import Formulation
from platsverket.matching.greedy import construct
from platsverket.matching.improving import Opportunity, ranks
from platsverket.matching.limits import Limits
from platsverket.matching.prices import LATER_PASSES, LATER_STEPS, improving, whole
from platsverket.matching.progress import Progress
from platsverket.matching.response import Market, Response
from platsverket.matching.standing import Standing
from platsverket.matching.tightening import Tightening, bound_of_parts
from platsverket.matching.trace import Trace
from platsverket.matching.turns import Turns, groups

SMALL = 100
"""Needs that are solved as one block from the start."""
WHOLE = 3000
"""Needs that are now and then solved as one: the parts that are easy are then proven best once and for all."""
NEEDS, LARGEST, GROWTH = 40, 400, 1.4
"""Needs in the first blocks and in the largest, and by how much they grow with every cut of their market."""
EFFORT, TRIED, ROUNDS = 0.1, 6, 8
"""Deterministic seconds for each part, doubled with every cut; columns of each need, those worth most, one more with
every cut; cuts before a problem that can be solved as one is again, with twice the effort."""
UNITS, AFTER = 40, 2
"""Units in the blocks that lower the bound, and how many cuts of the whole come before the first of them."""
REFINED = 50
"""Further passes over the prices for every cut."""
PRICING = 0.4
"""The share of a time limit after which the prices are as they are: a first plan and some blocks are worth more."""
FINEST = 1024
"""Prices are whole numbers of at least 1 / 1024 points, or coarser where sums would grow too large."""


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be sent, and what to do with its answer."""

    block: Block
    done: Callable[[Answer], None]


Pass = tuple[Floats, Response[np.float64]]
"""A pass over the prices: those asked for, and the response to them."""
Contender = tuple[Turns, Callable[[Turns], Task | None]]
"""What there may be blocks of, and how the next of them is made."""


class Course:
    """The best plan and the best bound so far, from nothing on."""

    def __init__(
        self,
        formulation: Formulation,
        limits: Limits,
        *,
        gap: float,
        seed: int,
        progress: Callable[[Progress], None],
        follow: Trace | None = None,
    ) -> None:
        self.trace = Trace()
        self._follow = follow
        self.formulation = formulation
        self.standing = Standing(formulation)
        self._limits = limits
        self._gap = gap
        self._progress = progress
        self._seed = seed
        self._random = np.random.default_rng(seed)
        self._market = Market(formulation)
        self._price = np.zeros(len(self._market.capacity), dtype=np.int64)
        self._scale = _scale(formulation, self._market.limit)
        self._response = self._market.respond(self._price, self._scale)
        self._rank = ranks(formulation, self._response)
        self.value = formulation.base
        self.bound = int(self._response.bound) // self._scale
        self.blocks = 0
        self._covered = 0.0
        self._refined = 0
        self._found: Pass | None = None
        self._shares: Tightening

    def start(self) -> None:
        """The prices, and a first plan by them."""
        if len(self.formulation.need):
            self._find_prices()
        construct(self.standing, self._response, self._leave_off)
        self.value = self.standing.worth()
        self._tell()

    def go_on(self, carrier: Carrier, blocks: int | None) -> None:
        """Solve blocks, at most so many, until the plan is proven best or the limits end it."""
        tasks, out, number = islice(self._tasks(), blocks), dict[int, Task](), 0
        self.trace.width = carrier.width
        while not self.finished():
            while len(out) < carrier.width and (task := next(tasks, None)):
                out[number] = task
                carrier.send(number, task.block)
                number += 1
            if not out:
                return
            answers = carrier.receive()
            if answers is None:
                return
            self.trace.note(answers)
            for answered, answer in answers:
                task = out.pop(answered)
                if answer is not None:
                    task.done(answer)
                    self.blocks += 1
                    self._tell()

    @cached_property
    def _where(self) -> Places:
        return places(self.formulation, self._random)

    @property
    def small(self) -> bool:
        """Whether all of it is one block from the start."""
        return len(self.formulation.need) <= SMALL

    @property
    def _whole(self) -> bool:
        return len(self.formulation.need) <= WHOLE

    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time for it."""
        return self.bound - self.value <= self._gap * abs(self.bound) or self._limits.ended()

    def _leave_off(self, tried: int) -> bool:
        """Whether the first plan has to do with the bundles that had their turn."""
        ended = self._limits.ended() if self._follow is None else tried == self._follow.tried
        if ended:
            self.trace.tried = tried
        return ended

    def _find_prices(self) -> None:
        self._adopt(min(self._first_passes(), key=_bound, default=None))
        self._tell()

    def _first_passes(self) -> Iterator[Pass]:
        """The passes from no prices on that the time limit allows."""
        most = None if self._follow is None else self._follow.passes
        for each in islice(improving(self._market, self._price.astype(np.float64)), most):
            if self._limits.share() > PRICING:
                return
            self.trace.passes += 1
            yield each

    def _refine(self) -> None:
        """Further passes: with every block its part of those for a cut, so that nobody waits for them.

        What they found guides the blocks of the next cut.
        """
        due = int(REFINED * self._covered)
        candidates = [*islice(self._refining, due - self._refined), *filter(None, [self._found])]
        self._found = min(candidates, key=_bound, default=None)
        if due // REFINED > self._refined // REFINED:
            self._adopt(self._found)
            self._found = None
        self._refined = due

    @cached_property
    def _refining(self) -> Iterator[Pass]:
        """Pass after pass from the best prices, by ever smaller steps."""
        first, last = LATER_STEPS
        for finer in (0.5**series for series in range(20)):
            price = self._price / self._scale
            yield from improving(self._market, price, LATER_PASSES, (first * finer, last * finer))

    def _adopt(self, found: Pass | None) -> None:
        """Take its prices from now on if, rounded, they give a lower bound than those there are."""
        if found is None:
            return
        rounded = whole(found[0], self._scale)
        if float(self._market.capacity @ rounded.astype(np.float64)) < self._market.limit:
            exact = self._market.respond(rounded, self._scale)
            if exact.bound < self._response.bound:
                self._price, self._response = rounded, exact
                self._rank = ranks(self.formulation, exact)
                self.bound = min(self.bound, int(exact.bound) // self._scale)

    def _tasks(self) -> Iterator[Task]:
        """Cut after cut; what can be solved as one is, first and after every few cuts, with more effort each time."""
        for effort in (EFFORT * 2.0**turn for turn in range(20)):
            if self._whole:
                yield self._as_one(effort)
            if not self.small:
                yield from self._by_blocks(ROUNDS)

    def _by_blocks(self, rounds: int) -> Iterator[Task]:
        """Block after block of what promises most, until as much has been cut as all needs so many times."""
        enough, cuts = self._covered + rounds, int(self._covered)
        while self._contenders and self._covered < enough:
            best = max(self._contenders, key=lambda contender: contender[0].promise)
            if task := best[1](best[0]):
                yield task
            else:
                self._contenders.remove(best)
            self._refine()
            if int(self._covered) > cuts:
                cuts += 1
                if cuts == AFTER and not self._whole:
                    self._contenders.append((Turns(self._cut_units), self._tightening))

    @cached_property
    def _contenders(self) -> list[Contender]:
        """What blocks can be of: every market, and later on the bound where it is not lowered by solving all as one."""
        found = groups(self._where.market_of_bundle, np.diff(self.formulation.bundle_from))
        return [(Turns(partial(self._cut, bundles)), self._improving) for bundles in found]

    def _cut(self, bundles: Ints, turn: int) -> list[Ints]:
        """The bundles of a market in blocks, larger ones with every turn."""
        where, needs = self._where, int(min(LARGEST, NEEDS * GROWTH**turn))
        weight = np.diff(self.formulation.bundle_from)[bundles]
        lots = cut(where.bundles[bundles], weight, where.market_of_bundle[bundles], needs, self._random)
        # Neighbours would be out at the same time, and the later answer would no longer fit.
        return [bundles[lots[place]] for place in self._random.permutation(len(lots))]

    def _improving(self, turns: Turns) -> Task | None:
        """The next block of a market, to be solved with the rest as it is; with more effort and columns every turn."""
        bundles = turns.next()
        if bundles is None:
            return None
        needs = int(np.diff(self.formulation.bundle_from)[bundles].sum())
        self._covered += needs / len(self.formulation.need)
        opportunity = Opportunity.among(self.standing, bundles, self._rank < TRIED + turns.turn)

        def done(answer: Answer) -> None:
            before = self.value
            self._took(opportunity, answer)
            turns.note(self.value - before, needs, answer.work)

        return Task(opportunity.block(_effort(turns.turn), self._seed), done)

    def _cut_units(self, _turn: int) -> list[Ints]:
        """The shares of the bound that units have in blocks, by number, where something can lower them."""
        where = self._where
        block = np.zeros(len(where.units), dtype=np.int64)
        lots = cut(where.units, np.ones_like(block), where.market_of_unit, UNITS, self._random)
        for number, members in enumerate(lots):
            block[members] = number
        self._shares = Tightening(self.standing, self._response, self._price, self._scale, block)
        useful = [number for number, share in enumerate(self._shares.shares) if len(share.columns)]
        return [np.array([number]) for number in self._random.permutation(useful)]

    def _tightening(self, turns: Turns) -> Task | None:
        """The next block of units, to lower its share of the bound."""
        number = turns.next()
        if number is None:
            return None
        tightening = self._shares
        share = tightening.shares[int(number[0])]
        question = tightening.question(share, _effort(turns.turn), self._seed)

        def done(answer: Answer) -> None:
            proven, bound = share.proven, self.bound
            tightening.take(share, question, answer)
            self.bound = min(self.bound, tightening.bound)
            # Each cut starts from the prices again, so only the first gains by every share.
            lowered = bound - self.bound if turns.turn else (proven - share.proven) / self._scale
            turns.note(lowered, UNITS, answer.work)

        return Task(question, done)

    def _as_one(self, effort: float) -> Task:
        """All of it as one block, by all of its columns, so that what no x can exceed is a bound."""
        every = np.ones(len(self.formulation.option), dtype=bool)
        opportunity = Opportunity.among(self.standing, np.arange(len(self.formulation.bundle_from) - 1), every)
        return Task(opportunity.block(effort, self._seed), partial(self._solved, opportunity))

    def _solved(self, opportunity: Opportunity, answer: Answer) -> None:
        self._took(opportunity, answer)
        columns = opportunity.program.columns
        proven = bound_of_parts(
            self.formulation, self._response, self._price, self._scale, columns=columns, answer=answer
        )
        self.bound = min(self.bound, self.formulation.base + answer.bound, proven)

    def _took(self, opportunity: Opportunity, answer: Answer) -> None:
        before = self.standing.gain(opportunity.bundles)
        if opportunity.take(answer):
            self.value += self.standing.gain(opportunity.bundles) - before

    def _tell(self) -> None:
        served = self.formulation.settled + int(np.count_nonzero(self.standing.served))
        self._progress(Progress(self.value, self.bound, served, self._limits.seconds(), self.blocks))


def _bound(found: Pass) -> float:
    return float(found[1].bound)


def _effort(turn: int) -> float:
    return EFFORT * 2.0 ** min(turn, 6)


def _scale(f: Formulation, limit: int) -> int:
    """Parts of a point that prices count in, so that no sum leaves the whole numbers that are kept exactly."""
    scores = float(np.abs(f.score.astype(np.float64)) @ f.most)
    most = scores + float(np.abs(f.value).sum()) + abs(f.base) + f.stability * len(f.need) + 1
    return int(max(1, min(FINEST, limit // most)))
