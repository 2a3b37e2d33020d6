"""The best multipliers found so far, what they prove, and how better ones take their place."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.block_ascent import BlockAscent, UnitClaimants
from matching.dual.lagrangian import LagrangianRelaxation, LagrangianSolution
from matching.dual.subgradient import Step, ascend, rounded
from matching.mip.block_mip import MipResult
from matching.model.formulation import Formulation
from matching.params.search import SEARCH_DEFAULTS, SearchParams


class Multipliers:
    """The multipliers of a formulation's relaxation, whole numbers of 1 / `scale` points.

    Better ones of some units are written into a draft, which is evaluated when enough bundles could use those.

    Attributes
    ----------
    values
        The multipliers, (multipliers,).
    solution
        What is best at them.
    primal_average
        By column the share of the passes so far, the last ones above all, that took it, (columns,): near what the
        linear program would take of it (Barahona, Anbil 2000).
    """

    def __init__(self, formulation: Formulation, params: SearchParams = SEARCH_DEFAULTS) -> None:
        self._formulation = formulation
        self._params = params
        self._relaxation = LagrangianRelaxation(formulation)
        self.scale = _scale(formulation, self._relaxation.limit, params.multipliers.finest)
        self.values = np.zeros(len(self._relaxation.capacity), dtype=np.int64)
        self.solution = self._relaxation.evaluate(self.values, self.scale)
        self.primal_average = np.zeros(len(formulation.columns), dtype=np.float32)
        self._start_draft()

    @property
    def bound(self) -> int:
        """What no plan is worth more than, in points."""
        return int(self.solution.bound) // self.scale

    @cached_property
    def claimants(self) -> UnitClaimants:
        """Who could use what of each unit."""
        return UnitClaimants(self._formulation)

    def unfixed_columns(self, value: int) -> Ints:
        """The columns that a plan worth more than so many points could take, ascending, (unfixed,).

        The others are out by reduced-cost fixing (Dantzig, Fulkerson, Johnson, Solution of a large-scale
        traveling-salesman problem, Operations Research 2, 1954).
        """
        fixing_penalties = self._relaxation.fixing_penalties(self.solution, self.scale)
        return np.flatnonzero(self.solution.bound - fixing_penalties >= (value + 1) * self.scale)

    def ascend(self, most: int | None, ended: Callable[[], bool]) -> int:
        """Take the best multipliers of so many passes, of fewer if it has ended; how many passes there were."""
        passes = 0

        def until_then() -> Iterator[Step]:
            nonlocal passes
            steps = ascend(self._relaxation, self.values.astype(np.float64), self._params.subgradient)
            for step in islice(steps, most):
                if ended():
                    return
                passes += 1
                self._average(step[1])
                yield step

        found = min(until_then(), key=lambda step: step[1].bound, default=None)
        if found is not None:
            self._adopt(rounded(found[0], self.scale))
        return passes

    def _average(self, solution: LagrangianSolution[np.float64]) -> None:
        weight = self._params.multipliers.averaging
        self.primal_average *= 1 - weight
        taken = solution.columns
        self.primal_average[taken] += weight * solution.amounts / self._formulation.columns.most[taken]

    def block_ascent(self, units: Ints) -> BlockAscent:
        """The block for better multipliers of some units, as the draft has the others."""
        return self.claimants.block_ascent(units, self._draft, self.scale)

    def draft(self, ascent: BlockAscent, result: MipResult, reward: Callable[[float], None]) -> None:
        """Write better multipliers of some units into the draft; `reward` will be told what they brought, in points."""
        if result.duals is not None:
            ascent.write(result.duals, self._draft)
        self._drafted += len(ascent.program.bundles)
        self._rewards.append(reward)
        needs = self._formulation.needs
        if self._drafted > self._params.multipliers.adopted_share * len(needs.bundle_from):
            before, rewards = self.bound, self._rewards
            self._adopt(self._draft)
            for each in rewards:
                each((before - self.bound) / len(rewards))

    def _adopt(self, values: Ints) -> None:
        """Take these multipliers from now on if they give a lower bound than those there are."""
        # One below 0, or a number that was none, would make the bound untrue.
        paid = float(self._relaxation.capacity @ values.astype(np.float64))
        if values.min(initial=0) >= 0 and paid < self._relaxation.limit:
            exact = self._relaxation.evaluate(values, self.scale)
            if exact.bound < self.solution.bound:
                self.values, self.solution = values, exact
        self._start_draft()

    def _start_draft(self) -> None:
        self._draft = self.values.copy()
        self._drafted = 0
        self._rewards: list[Callable[[float], None]] = []


def _scale(f: Formulation, limit: int, finest: int) -> int:
    """Parts of a point that multipliers count in, so that no sum leaves the whole numbers that are kept exactly."""
    scores = float(np.abs(f.columns.score.astype(np.float64)) @ f.columns.most)
    most = scores + float(np.abs(f.needs.value).sum()) + abs(f.base) + f.stability * len(f.needs) + 1
    return int(max(1, min(finest, limit // most)))
