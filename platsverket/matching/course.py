"""The course of a run: prices, a first plan, then block after block until nothing can be gained or time is up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import numpy as np

from platsverket.matching.arrays import Ints
from platsverket.matching.block import Answer, Block
from platsverket.matching.carriers import Carrier
from platsverket.matching.cutting import Places, cut, places
from platsverket.matching.formulation import Formulation
from platsverket.matching.greedy import construct
from platsverket.matching.improving import Opportunity, columns_of, ranks
from platsverket.matching.limits import Limits
from platsverket.matching.neighbours import Neighbours
from platsverket.matching.pricing import Pricing
from platsverket.matching.progress import Progress
from platsverket.matching.regrets import Regrets
from platsverket.matching.standing import Standing
from platsverket.matching.tightening import Tightening, bound_of_parts
from platsverket.matching.trace import Trace
from platsverket.matching.turns import OWN, Turns, groups

SMALL = 100
"""Needs that are solved as one block from the start."""
WHOLE = 3000
"""Needs that are now and then solved as one: the parts that are easy are then proven best once and for all."""
NEEDS, LARGEST, GROWTH = 40, 400, 1.4
"""Needs in the first blocks and in the largest, and by how much they grow with every cut of their market."""
EFFORT, DOUBLED, SHARE = 0.1, 6, 0.1
"""Deterministic seconds for each part of a block, how often they are doubled, once with every cut, and the share of all
spent so far that one may take."""
TRIED, ROUNDS = 6, 8
"""Columns of each need, those worth most, one more with every cut; cuts before a problem that can be solved as one is
again, with twice the effort."""
UNITS, AFTER = 40, 2
"""Units in the blocks that lower the bound, and how many cuts of the whole come before the first of them."""
OVERHEAD = 2e-5
"""Deterministic seconds that each variable of a block costs besides solving."""
PRICED, PRICES_EFFORT, PRICES_DOUBLED = 300, 0.4, 2
"""Units whose prices are bettered together, deterministic seconds for that, and how often they are doubled. With fewer
units prices soon stand still where each lot's are best for those of the others."""
PRICES_SHARE = 0.1
"""The share of all deterministic seconds that may go into prices."""
OWN_UNITS = 50
"""Units from which on the prices of a market have their own turns."""
CENTRES, TOGETHER = 240, 4
"""Bundles of most regret that are looked around in a turn, and how many of them in one block."""
AROUND, MOST_AROUND, WIDER = 12, 60, 1.4
"""Needs looked at around each, when it is so the first time and at most, and by how much they grow."""
QUICK_EFFORT, QUICK_GROWTH, QUICK_MOST = 0.01, 2.0, 0.4
"""Deterministic seconds for each part of such a block: at first, by how much they grow, and at most."""
PRICING = 0.4
"""The share of a time limit after which the prices are as they are: a first plan and some blocks are worth more."""


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be sent, and what to do with its answer."""

    block: Block
    done: Callable[[Answer], None]


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
        self._pricing = Pricing(formulation)
        self._regrets = Regrets(len(formulation.bundle_from) - 1)
        self._rank = ranks(formulation, self._pricing.response)
        self.value = formulation.base
        self.bound = self._pricing.bound
        self.blocks = 0
        self._covered = 0.0
        self._spent = self._repriced = 0.0
        self._shares: Tightening

    def start(self) -> None:
        """The prices, and a first plan by them."""
        if len(self.formulation.need):
            self._find_prices()
        construct(self.standing, self._pricing.response, self._leave_off)
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
                    self._spent += answer.work + OVERHEAD * len(task.block.gain)
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
        most = None if self._follow is None else self._follow.passes
        self.trace.passes = self._pricing.find(most, lambda: self._limits.share() > PRICING)
        self.bound = min(self.bound, self._pricing.bound)
        self._tell()

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
            best = max(self._contenders, key=self._chances)
            if task := best[1](best[0]):
                yield task
            else:
                self._contenders.remove(best)
            if int(self._covered) > cuts:
                cuts += 1
                if cuts == AFTER and not self._whole:
                    self._contenders.append((Turns(self._cut_units), self._tightening))

    def _chances(self, contender: Contender) -> tuple[bool, float]:
        """What speaks for its turn: prices wait while they have had their share, then what it promises."""
        turns, make = contender
        return make != self._repricing or self._repriced <= PRICES_SHARE * self._spent, turns.promise

    @cached_property
    def _contenders(self) -> list[Contender]:
        """What blocks can be of: every market, its prices and its needs.

        Later on also the bound, where it is not lowered by solving all as one.
        """
        where = self._where
        scarce = np.flatnonzero(self._pricing.users.scarce)
        priced = groups(where.market_of_unit[scarce], np.ones_like(scarce), OWN_UNITS)
        found = groups(where.market_of_bundle, np.diff(self.formulation.bundle_from), OWN)
        return [
            *((Turns(partial(self._cut_prices, scarce[those])), self._repricing) for those in priced),
            *((Turns(partial(self._cut, bundles)), self._improving) for bundles in found),
            *((Turns(partial(self._worst, bundles)), self._looking_around) for bundles in found),
        ]

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self.standing)

    def _worst(self, bundles: Ints, _turn: int) -> list[Ints]:
        """The bundles of a market that regret most, some at a time."""
        self._neighbours.renew()
        pricing = self._pricing
        centres = self._random.permutation(
            self._regrets.worst(bundles, self.standing, pricing.response, pricing.scale, CENTRES)
        )
        return [centres[first : first + TOGETHER] for first in range(0, len(centres), TOGETHER)]

    def _looking_around(self, turns: Turns) -> Task | None:
        """The next bundles of much regret with those around them, wider and with more effort every time."""
        centres = turns.next()
        if centres is None:
            return None
        looks = self._regrets.looks[centres] - 1
        sizes = np.minimum(MOST_AROUND, AROUND * WIDER**looks).astype(np.int64)
        around = [self._neighbours.around(*each) for each in zip(centres.tolist(), sizes.tolist(), strict=True)]
        effort = min(QUICK_MOST, QUICK_EFFORT * QUICK_GROWTH ** float(looks.mean()))
        bundles = np.unique(np.concatenate(around))
        needs = int(np.diff(self.formulation.bundle_from)[bundles].sum())
        self._covered += needs / len(self.formulation.need)
        opportunity = Opportunity.of(self.standing, bundles, columns_of(self.formulation, bundles))

        def done(answer: Answer) -> None:
            before = self.value
            self._took(opportunity, answer)
            turns.note(self.value - before, needs, answer.work)

        return Task(opportunity.block(effort, self._seed, quick=True), done)

    def _cut_prices(self, units: Ints, _turn: int) -> list[Ints]:
        """The units of a market in lots, others with every turn."""
        where = self._where
        lots = cut(where.units[units], np.ones_like(units), where.market_of_unit[units], PRICED, self._random)
        return [units[lots[place]] for place in self._random.permutation(len(lots))]

    def _repricing(self, turns: Turns) -> Task | None:
        """The next lot of a market's units, to find better prices for while all others are as they are."""
        units = turns.next()
        if units is None:
            return None
        question = self._pricing.question(units)
        effort = PRICES_EFFORT * 2.0 ** min(turns.turn, PRICES_DOUBLED)
        self._repriced += effort

        def done(answer: Answer) -> None:
            self._repriced += answer.work - effort
            self._pricing.draft(question, answer, turns, len(units))
            self.bound = min(self.bound, self._pricing.bound)

        return Task(question.block(effort, self._seed), done)

    def _cut(self, bundles: Ints, turn: int) -> list[Ints]:
        """The bundles of a market in blocks, larger ones with every turn."""
        self._rank = ranks(self.formulation, self._pricing.response)
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

        return Task(opportunity.block(self._effort(turns.turn), self._seed), done)

    def _cut_units(self, _turn: int) -> list[Ints]:
        """The shares of the bound that units have in blocks, by number, where something can lower them."""
        where = self._where
        block = np.zeros(len(where.units), dtype=np.int64)
        lots = cut(where.units, np.ones_like(block), where.market_of_unit, UNITS, self._random)
        for number, members in enumerate(lots):
            block[members] = number
        self._shares = Tightening(
            self.standing, self._pricing.response, self._pricing.price, self._pricing.scale, block
        )
        useful = [number for number, share in enumerate(self._shares.shares) if len(share.columns)]
        return [np.array([number]) for number in self._random.permutation(useful)]

    def _tightening(self, turns: Turns) -> Task | None:
        """The next block of units, to lower its share of the bound."""
        number = turns.next()
        if number is None:
            return None
        tightening = self._shares
        share = tightening.shares[int(number[0])]
        question = tightening.question(share, self._effort(turns.turn), self._seed)

        def done(answer: Answer) -> None:
            proven, bound = share.proven, self.bound
            tightening.take(share, question, answer)
            self.bound = min(self.bound, tightening.bound)
            # Each cut starts from the prices again, so only the first gains by every share.
            lowered = bound - self.bound if turns.turn else (proven - share.proven) / self._pricing.scale
            turns.note(lowered, UNITS, answer.work)

        return Task(question, done)

    def _as_one(self, effort: float) -> Task:
        """All of it as one block, by all of its columns, so that what no x can exceed is a bound."""
        f = self.formulation
        opportunity = Opportunity.of(self.standing, np.arange(len(f.bundle_from) - 1), np.arange(len(f.option)))
        return Task(opportunity.block(effort, self._seed), partial(self._solved, opportunity))

    def _solved(self, opportunity: Opportunity, answer: Answer) -> None:
        self._took(opportunity, answer)
        proven = bound_of_parts(
            self.formulation,
            self._pricing.response,
            self._pricing.price,
            self._pricing.scale,
            columns=opportunity.columns,
            answer=answer,
        )
        self.bound = min(self.bound, self.formulation.base + answer.bound, proven)

    def _took(self, opportunity: Opportunity, answer: Answer) -> None:
        before = self.standing.gain(opportunity.bundles)
        if opportunity.take(answer):
            self.value += self.standing.gain(opportunity.bundles) - before

    def _effort(self, turn: int) -> float:
        """More with every cut, but no large share of all that has been spent: others may gain more by it."""
        return min(EFFORT * 2.0 ** min(turn, DOUBLED), max(EFFORT, SHARE * self._spent))

    def _tell(self) -> None:
        served = self.formulation.settled + int(np.count_nonzero(self.standing.served))
        self._progress(Progress(self.value, self.bound, served, self._limits.seconds(), self.blocks))
