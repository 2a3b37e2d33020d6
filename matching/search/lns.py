"""The course of a run: prices, a first plan, then block after block until nothing can be gained or time is up."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import islice

import numpy as np

from matching.dual.decomposition import bound_of_parts
from matching.mip.block_mip import Answer
from matching.mip.executors import Carrier
from matching.mip.limits import Limits
from matching.mip.replay import Trace
from matching.model.formulation import Formulation
from matching.params import SolveParams
from matching.search.conflict_graph import Neighbours
from matching.search.construction import construct
from matching.search.dual_operators import OfPrices, OfUnits
from matching.search.neighborhood import Opportunity
from matching.search.operator import Blocks, Task
from matching.search.primal_operators import Around, ByPlace, Regrets
from matching.search.selection import groups
from matching.search.state import Progress, Search


class Course:
    """What a run does, step by step, from nothing on; `trace` says how it went."""

    def __init__(
        self,
        formulation: Formulation,
        limits: Limits,
        *,
        params: SolveParams,
        seed: int,
        progress: Callable[[Progress], None],
        follow: Trace | None = None,
    ) -> None:
        self.trace = Trace()
        self.search = Search(formulation, seed, params.search)
        self._follow = follow
        self._limits = limits
        self._gap = params.gap
        self._progress = progress
        self._blocks = 0

    def start(self) -> None:
        """The prices, and a first plan by them."""
        search = self.search
        if len(search.formulation.need):
            self._find_prices()
        construct(search.standing, search.pricing, self._leave_off, search.params.construction)
        search.value = search.standing.worth()
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
                    self.search.spent += self.search.work_of(task.block, answer)
                    task.done(answer)
                    self._blocks += 1
                    self._tell()

    @property
    def small(self) -> bool:
        """Whether all of it is one block from the start."""
        return len(self.search.formulation.need) <= self.search.params.whole.small_needs

    @property
    def _whole(self) -> bool:
        return len(self.search.formulation.need) <= self.search.params.whole.most_needs

    @property
    def _near(self) -> bool:
        return self.search.bound - self.search.value < self.search.params.whole.near_gap * abs(self.search.bound)

    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time for it."""
        search = self.search
        return search.bound - search.value <= self._gap * abs(search.bound) or self._limits.ended()

    def _leave_off(self, tried: int) -> bool:
        """Whether the first plan has to do with the bundles that had their turn."""
        ended = self._limits.ended() if self._follow is None else tried == self._follow.tried
        if ended:
            self.trace.tried = tried
        return ended

    def _find_prices(self) -> None:
        most = None if self._follow is None else self._follow.passes
        self.trace.passes = self.search.pricing.find(
            most, lambda: self._limits.share() > self.search.params.subgradient.most_time
        )
        self.search.lower(self.search.pricing.bound)
        self._tell()

    def _tasks(self) -> Iterator[Task]:
        """Cut after cut; what can be solved as one is, after every few cuts, with more effort each time."""
        whole = self.search.params.whole
        for turn in range(whole.times):
            if self._whole and (turn or self.small or self._near):
                yield self._as_one(whole.work_limit * 2.0**turn)
            if not self.small:
                yield from self._by_blocks(whole.covers)

    def _by_blocks(self, rounds: int) -> Iterator[Task]:
        """Block after block of what promises most, until all needs have been covered so many times."""
        search = self.search
        enough, covered = search.covered + rounds, int(search.covered)
        while self._contenders and search.covered < enough:
            best = max(self._contenders, key=lambda blocks: blocks.chances)
            if task := best.next():
                yield task
            else:
                self._contenders.remove(best)
            if int(search.covered) > covered:
                covered += 1
                if covered == search.params.decomposition.after_covers and not self._whole:
                    self._contenders.append(OfUnits(search))

    @cached_property
    def _contenders(self) -> list[Blocks]:
        """What blocks can be of: every market, its prices and its needs.

        Later on also the bound, where it is not lowered by solving all as one.
        """
        search, where, params = self.search, self.search.where, self.search.params
        scarce = np.flatnonzero(search.pricing.users.scarce)
        priced = groups(where.market_of_unit[scarce], np.ones_like(scarce), params.selection.own_units)
        markets = groups(where.market_of_bundle, search.needs_of, params.selection.own_needs)
        regrets, neighbours = Regrets(len(search.needs_of)), Neighbours(search.standing, params.dual_gap.rings)
        return [
            *(ByPlace(search, bundles) for bundles in markets),
            *(Around(search, bundles, regrets, neighbours) for bundles in markets),
            *(OfPrices(search, scarce[units]) for units in priced),
        ]

    def _as_one(self, effort: float) -> Task:
        """All of it as one block, by all columns of any better plan, so that what no x can exceed is a bound."""
        search = self.search
        columns = np.union1d(search.pricing.promising(search.value), np.flatnonzero(search.standing.amounts))
        opportunity = Opportunity.of(search.standing, np.arange(len(search.needs_of)), columns)
        return Task(search.question(opportunity, effort), partial(self._solved, opportunity))

    def _solved(self, opportunity: Opportunity, answer: Answer) -> None:
        search, pricing = self.search, self.search.pricing
        search.take(opportunity, answer)
        proven = bound_of_parts(
            search.formulation,
            pricing.response,
            pricing.price,
            pricing.scale,
            columns=opportunity.columns,
            answer=answer,
        )
        search.lower(min(search.formulation.base + answer.bound, proven))

    def _tell(self) -> None:
        search = self.search
        served = search.formulation.settled + int(np.count_nonzero(search.standing.served))
        self._progress(Progress(search.value, search.bound, served, self._limits.seconds(), self._blocks))
