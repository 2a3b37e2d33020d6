"""Operators that better the incumbent: neighborhoods of what lies close together, and around large dual gaps."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Floats, Ints
from matching.dual.lagrangian import LagrangianSolution
from matching.mip.block_mip import MipResult
from matching.model.formulation import columns_of
from matching.model.incumbent import Incumbent
from matching.search.holder_graph import HolderGraph
from matching.search.neighborhood import Neighborhood
from matching.search.operator import Operator, Task
from matching.search.partition import partition
from matching.search.state import SearchState


class Spatial(Operator):
    """Blocks of the bundles of one market, larger ones with more work and columns every turn."""

    def __init__(self, state: SearchState, bundles: Ints) -> None:
        super().__init__(state)
        self._bundles = bundles

    @property
    def _points(self) -> Floats:
        """Where each bundle is, (bundles, 2)."""
        return self.state.positions.bundles

    def _partition(self, turn: int) -> list[Ints]:
        state, bundles, params = self.state, self._bundles, self.state.params.spatial
        needs = int(min(params.most_needs, params.needs * params.growth**turn))
        weight, market = state.needs_of[bundles], state.positions.market_of_bundle[bundles]
        blocks = partition(self._points[bundles], weight, market, needs, state.random)
        # Neighbours would be out at the same time, and the later result would no longer fit.
        return [bundles[blocks[place]] for place in state.random.permutation(len(blocks))]

    def _task(self, members: Ints) -> Task:
        state, selection = self.state, self.selection
        needs = state.sweep(members)
        profit, columns = state.multipliers.solution.reduced_profit, state.params.spatial.columns + selection.turn
        neighborhood = Neighborhood.among(state.incumbent, members, profit, columns)

        def done(result: MipResult) -> None:
            selection.reward(state.take(neighborhood, result), needs, result.work)

        return Task(state.mip(neighborhood, state.work_limit(selection.turn)), done)


class Temporal(Spatial):
    """Blocks of the bundles of one market that want the same time, wherever they are."""

    @property
    def _points(self) -> Floats:
        """When each bundle would be served, and hardly where, (bundles, 2)."""
        return self.state.positions.moments


class Core(Operator):
    """All bundles of one market by the few best columns of each need, one more every turn (Balas, Zemel 1980)."""

    def __init__(self, state: SearchState, bundles: Ints) -> None:
        super().__init__(state)
        self._bundles = bundles
        self._share = state.params.core.most_work * len(bundles) / state.formulation.needs.bundles
        self._work = 0.0

    @property
    def priority(self) -> tuple[bool, float]:
        """Until it has had its share of the work it goes before all others; and one is enough at a time."""
        is_due = self._work <= self._share * self.state.work
        return not self.selection.pending, float("inf") if is_due else self.selection.score

    def _partition(self, _turn: int) -> list[Ints]:
        return [self._bundles]

    def _task(self, members: Ints) -> Task:
        state, selection, params = self.state, self.selection, self.state.params.core
        needs = state.sweep(members)
        profit, columns = state.multipliers.solution.reduced_profit, params.columns + selection.turn
        neighborhood = Neighborhood.among(state.incumbent, members, profit, columns)
        mip = state.mip(neighborhood, max(params.work_limit, self._share * state.work))

        def done(result: MipResult) -> None:
            self._work += state.work_of(mip, result)
            selection.reward(state.take(neighborhood, result), needs, result.work)

        return Task(mip, done)


class DualGapRanking:
    """Which bundles contribute most to the duality gap: where to look for something better next.

    At the multipliers of a bound, the bound is above a plan by what each bundle's best is above what it has, its
    contribution or dual gap, and by the cost of what is left over. `visits`, (bundles,), is how often each was a
    center: each time halves its score.
    """

    def __init__(self, bundles: int) -> None:
        self.visits = np.zeros(bundles, dtype=np.int64)

    def largest(
        self, bundles: Ints, incumbent: Incumbent, solution: LagrangianSolution[np.int64], scale: int, most: int
    ) -> Ints:
        """At most so many of the bundles with a score of a point or more, largest first, (found,).

        Each of them is counted in `visits`.

        Parameters
        ----------
        bundles
            To choose from, by position, (candidates,).
        incumbent, solution
            What bundles have, and what is best at the multipliers.
        scale
            Units of the solution's figures to the point.
        most
            How many are found at most.
        """
        score = np.ldexp(_dual_gaps(incumbent, solution, scale)[bundles] / scale, -self.visits[bundles])
        order = np.argsort(-score, kind="stable")[:most]
        found = bundles[order[score[order] >= 1]]
        self.visits[found] += 1
        return found


def _dual_gaps(incumbent: Incumbent, solution: LagrangianSolution[np.int64], scale: int) -> Ints:
    """What each bundle's best is above what it has, in points × scale, (bundles,)."""
    f = incumbent.formulation
    kept = incumbent.amounts * (f.needs.single & (f.needs.stable == 1))[f.columns.owner] * f.columns.wanted
    taken = segments.sums(solution.reduced_profit * incumbent.amounts + kept * f.stability * scale, f.needs.column_from)
    has = segments.sums(solution.value * incumbent.served + taken, f.needs.bundle_from)
    gaps: Ints = solution.gain.clip(0) - has
    return gaps


class DualGap(Operator):
    """Small blocks around the bundles of one market with the largest dual gaps, wider around those visited before."""

    def __init__(self, state: SearchState, bundles: Ints, ranking: DualGapRanking, holders: HolderGraph) -> None:
        super().__init__(state)
        self._bundles, self._ranking, self._holders = bundles, ranking, holders

    def _partition(self, _turn: int) -> list[Ints]:
        state, multipliers, params = self.state, self.state.multipliers, self.state.params.dual_gap
        self._holders.renew()
        largest = self._ranking.largest(
            self._bundles, state.incumbent, multipliers.solution, multipliers.scale, params.centers
        )
        centers = state.random.permutation(largest)
        step = params.centers_per_block
        return [centers[first : first + step] for first in range(0, len(centers), step)]

    def _task(self, members: Ints) -> Task:
        state, selection, params = self.state, self.selection, self.state.params.dual_gap
        before = self._ranking.visits[members] - 1
        sizes = np.minimum(params.most_needs, params.needs * params.growth**before).astype(np.int64)
        around = [self._holders.around(*each) for each in zip(members.tolist(), sizes.tolist(), strict=True)]
        bundles = np.unique(np.concatenate(around))
        needs = state.sweep(bundles)
        neighborhood = Neighborhood.of(state.incumbent, bundles, columns_of(state.formulation, bundles))
        work_limit = params.work_limit * 2.0 ** min(params.doublings, float(before.mean()))

        def done(result: MipResult) -> None:
            selection.reward(state.take(neighborhood, result), needs, result.work)

        return Task(state.mip(neighborhood, work_limit, no_presolve=True), done)
