"""Large neighborhood search: multipliers, a first plan, then block after block until it ends or is ended."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice

import numpy as np

from matching.arrays.conversion import amounts_at
from matching.dual.decomposition import bound_of_components
from matching.dual.unit_ascent import knapsacks
from matching.mip.block_mip import MipResult
from matching.mip.executors import Executor
from matching.mip.limits import Limits
from matching.mip.replay import Trace
from matching.model.formulation import Formulation
from matching.model.warm_start import resume
from matching.params.solve import SolveParams
from matching.problem.needs import Match
from matching.search.construction import construct
from matching.search.dual_operators import Decomposition, DualAscent, UnitPasses
from matching.search.holder_graph import HolderGraph
from matching.search.neighborhood import Neighborhood
from matching.search.operator import Operator, Task
from matching.search.primal_operators import Core, DualGap, DualGapRanking, Spatial, Temporal
from matching.search.selection import choose, groups
from matching.search.state import Progress, SearchState


class LargeNeighborhoodSearch:
    """A run, step by step, from nothing on (Shaw 1998; Pisinger, Ropke 2010); `trace` says how it went."""

    def __init__(
        self,
        formulation: Formulation,
        limits: Limits,
        *,
        params: SolveParams,
        seed: int,
        progress: Callable[[Progress], None],
        replay: Trace | None = None,
        start: Sequence[Match] = (),
    ) -> None:
        self.trace = Trace()
        self.state = SearchState(formulation, seed, params.search)
        self._replay = replay
        self._start = start
        self._limits = limits
        self._gap = params.gap
        self._progress = progress
        self._blocks = 0

    def start(self) -> None:
        """Find multipliers, and a first plan by them."""
        state = self.state
        if len(state.formulation.needs):
            self._ascend()
        if self._start:
            resume(state.incumbent, amounts_at(state.formulation.arrays, self._start))
        construct(state.incumbent, state.multipliers, self._leave_off, state.params.construction)
        state.value = state.incumbent.worth()
        self._tell()

    def run(self, executor: Executor, blocks: int | None) -> None:
        """Solve blocks, at most so many, until the plan is proven best or the limits end it."""
        tasks, out, number = islice(self._tasks(), blocks), dict[int, Task](), 0
        self.trace.width = executor.width
        while not self.finished():
            while len(out) < executor.width and (task := next(tasks, None)):
                out[number] = task
                executor.submit(number, task.mip)
                number += 1
            if not out:
                return
            results = executor.receive()
            if results is None:
                return
            self.trace.note(results)
            for solved, result in results:
                task = out.pop(solved)
                if result is not None:
                    self.state.work += self.state.work_of(task.mip, result)
                    task.done(result)
                    self._blocks += 1
                    self._tell()

    @property
    def small(self) -> bool:
        """Whether all of it is one block from the start."""
        return len(self.state.formulation.needs) <= self.state.params.whole.small_needs

    @property
    def _whole(self) -> bool:
        return len(self.state.formulation.needs) <= self.state.params.whole.most_needs

    @property
    def _has_core(self) -> bool:
        return len(self.state.formulation.needs) <= self.state.params.core.most_needs

    @property
    def _few(self) -> bool:
        return len(self.state.formulation.columns) <= self.state.params.whole.few_columns

    @property
    def _is_near(self) -> bool:
        return self.state.bound - self.state.value < self.state.params.whole.near_gap * abs(self.state.bound)

    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time for it."""
        state = self.state
        return state.bound - state.value <= self._gap * abs(state.bound) or self._limits.ended()

    def _leave_off(self, tried: int) -> bool:
        """Whether the first plan has to do with the bundles that were tried."""
        ended = self._limits.ended() if self._replay is None else tried == self._replay.tried
        if ended:
            self.trace.tried = tried
        return ended

    def _ascend(self) -> None:
        most = None if self._replay is None else self._replay.passes
        self.trace.passes = self.state.multipliers.ascend(
            most, lambda: self._limits.share() > self.state.params.subgradient.most_time
        )
        self.state.lower(self.state.multipliers.bound)
        self._tell()

    def _tasks(self) -> Iterator[Task]:
        """Round after round: all as one where that can be solved, with more work each time, then sweeps by blocks."""
        whole = self.state.params.whole
        for turn in range(whole.rounds):
            if self._whole and (turn or self._few or self._is_near):
                yield self._as_one(whole.work_limit * 2.0**turn)
            if not self.small:
                yield from self._by_blocks(whole.sweeps)

    def _by_blocks(self, sweeps: int) -> Iterator[Task]:
        """Block after block of the operator that is chosen, for so many sweeps over all needs."""
        state = self.state
        enough, swept = state.sweeps + sweeps, int(state.sweeps)
        while self._operators and state.sweeps < enough:
            best = choose(self._operators)
            if task := best.next():
                yield task
            else:
                self._operators.remove(best)
            if int(state.sweeps) > swept:
                swept += 1
                if swept == state.params.decomposition.after_sweeps and not self._whole:
                    self._operators.append(Decomposition(state))

    @cached_property
    def _operators(self) -> list[Operator]:
        """Passes of units solved exactly; for every market a spatial one, one by time, by dual gaps, for multipliers.

        Small problems have the core of every market too, and the multipliers of units that are solved exactly stay as
        they are there: their linear programs take long and say less. Later on also the decomposition of the bound,
        where all is not solved as one.
        """
        state, positions, params = self.state, self.state.positions, self.state.params
        scarce = np.flatnonzero(state.multipliers.claimants.scarce & ~(knapsacks(state.formulation) & self._whole))
        scarce_of_market = groups(positions.market_of_unit[scarce], np.ones_like(scarce), params.selection.own_units)
        markets = groups(positions.market_of_bundle, state.needs_of, params.selection.own_needs)
        ranking = DualGapRanking(state.formulation.needs.bundles)
        holders = HolderGraph(state.incumbent, params.dual_gap.rings)
        return [
            UnitPasses(state),
            *(Core(state, bundles) for bundles in markets if self._has_core),
            *(kind(state, bundles) for bundles in markets for kind in (Spatial, Temporal)),
            *(DualGap(state, bundles, ranking, holders) for bundles in markets),
            *(DualAscent(state, scarce[units]) for units in scarce_of_market),
        ]

    def _as_one(self, work_limit: float) -> Task:
        """All of it as one MIP, by all columns of any better plan, so that what no x can exceed is a bound."""
        state = self.state
        columns = np.union1d(state.multipliers.unfixed_columns(state.value), np.flatnonzero(state.incumbent.amounts))
        neighborhood = Neighborhood.of(state.incumbent, np.arange(state.formulation.needs.bundles), columns)
        return Task(state.mip(neighborhood, work_limit), partial(self._solved, neighborhood))

    def _solved(self, neighborhood: Neighborhood, result: MipResult) -> None:
        state, multipliers = self.state, self.state.multipliers
        state.take(neighborhood, result)
        proven = bound_of_components(
            state.formulation,
            multipliers.solution,
            multipliers.values,
            multipliers.scale,
            columns=neighborhood.columns,
            result=result,
        )
        state.lower(min(state.formulation.base + result.bound, proven))

    def _tell(self) -> None:
        state = self.state
        served = state.formulation.settled + int(np.count_nonzero(state.incumbent.served))
        self._progress(Progress(state.value, state.bound, served, self._limits.seconds(), self._blocks))
