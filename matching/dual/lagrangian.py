"""Lagrangian relaxation: what every bundle would take if it paid for rows instead of keeping to them, and the bound.

For any multipliers λ ≥ 0 of the rows no plan is worth more than

    base + Σ capacity × λ + Σ over bundles max(0, Σ over its needs of the best reduced profit)

for a plan pays for no more than there is, and no bundle does better than at its own best (Fisher, The Lagrangian
relaxation method for solving integer programming problems, Management Science 27, 1981). With whole multipliers all
sums are whole, so the bound is exact, and whoever has the multipliers can check it in one pass.

A need of several parts takes its best columns in turn, however many: that is at least what it could really do, so the
bound stays true. That it may have only so many is relaxed too: each one taken of a column pays its share of the
multiplier of a part, ⌊multiplier / most⌋, which for all that is taken of the column comes to no more than the
multiplier, and the need gets back that of all parts that it may have. No plan loses by that.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.arrays import segments
from matching.arrays.arrays import Bools, Floats, Ints, Number
from matching.model.formulation import Formulation
from matching.problem.validation import LARGEST_EXACT

Each = TypeVar("Each", bound=np.generic)


@dataclass(frozen=True, slots=True)
class LagrangianSolution(Generic[Number]):
    """What is best at certain multipliers; figures are in points × `scale`.

    Attributes
    ----------
    bound
        What no plan is worth more than.
    reduced_profit
        Score less cost of each one taken of a column, (columns,).
    value
        What it is worth to serve each need besides what it takes, (needs,); what several parts could earn by staying
        counts in full.
    gain
        What each bundle gains at its best, (bundles,); below 0 where it would rather not be served.
    columns, amounts
        What the bundles that gain would take, (taken,).
    """

    bound: Number
    reduced_profit: NDArray[Number]
    value: NDArray[Number]
    gain: NDArray[Number]
    columns: Ints
    amounts: Ints


class LagrangianRelaxation:
    """A formulation whose rows are relaxed (Fisher 1981), evaluated again and again at other multipliers.

    `capacity`, (multipliers,), is what there is of everything that has a multiplier: the rows, and the parts of each
    need of several.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = self._f = f = formulation
        needs, columns = f.needs, f.columns
        self._single = needs.single
        self._alone = needs.single[columns.owner]
        earns = self._alone & columns.wanted & (needs.stable == 1)[columns.owner]
        self._bonus = np.where(earns, f.stability, 0)
        self._several = np.flatnonzero(~self._single)
        self._multipart = np.flatnonzero(~self._alone)
        self._part = np.searchsorted(self._several, columns.owner[self._multipart])
        self.capacity = np.concatenate((f.matrix.capacity, needs.parts[self._several]))
        self._possible_stability = np.where(~self._single & (needs.stable > 0), f.stability, 0)

    @property
    def limit(self) -> int:
        """What Σ capacity × multiplier must be below, and all worth × scale, lest a sum leave 64 bits.

        No column costs more than that sum, and no sum has more columns than a bundle.
        """
        columns = np.diff(self._f.needs.column_from[self._f.needs.bundle_from])
        return min(LARGEST_EXACT, 2**62 // int(columns.max(initial=1)))

    def evaluate(self, multipliers: NDArray[Number], scale: int = 1) -> LagrangianSolution[Number]:
        """What would be taken, and the bound that follows (Fisher 1981).

        Parameters
        ----------
        multipliers
            Of the rows and then the parts, (multipliers,), in points × `scale`. The bound is exact if they are whole
            numbers within the limit.
        scale
            Units of the multipliers to the point.
        """
        f, needs = self._f, self._f.needs
        of_rows, of_parts = np.split(multipliers, [f.matrix.rows])
        reduced_profit = f.columns.score * scale - f.matrix.cost(of_rows)
        share = np.floor_divide if np.issubdtype(multipliers.dtype, np.integer) else np.divide
        reduced_profit[self._multipart] -= share(of_parts[self._part], f.columns.most[self._multipart])
        worth = reduced_profit + self._bonus * scale
        amounts = np.ones(len(worth), dtype=np.int64)
        worth[self._multipart], amounts[self._multipart] = self._fill(reduced_profit)
        best = segments.maxima(worth, needs.column_from, np.iinfo(np.int64).min)
        value = ((needs.value + self._possible_stability) * scale).astype(multipliers.dtype)
        np.subtract.at(value, f.rivals.need, of_rows[f.rivals.row])
        value[self._several] += needs.parts[self._several] * of_parts
        earned = np.where(self._single, best, 0)
        np.add.at(earned, f.columns.owner[self._multipart], worth[self._multipart])
        gain = segments.sums(value + earned, needs.bundle_from)
        chosen = self._of_bundle(gain > 0) & self._picked(worth, best, amounts)
        columns = np.flatnonzero(chosen)
        bound = f.base * scale + (f.matrix.capacity * of_rows).sum() + gain.clip(0).sum()
        return LagrangianSolution(bound, reduced_profit, value, gain, columns, amounts[columns])

    def fixing_penalties(self, solution: LagrangianSolution[Number], scale: int = 1) -> NDArray[Number]:
        """By how much at least the bound falls, column by column, for the plans that take it, (columns,); from 0.

        Of a need of several parts only that its bundle is served is counted.
        """
        worth = solution.reduced_profit + self._bonus * scale
        best = self._of_need(segments.maxima(worth, self._f.needs.column_from, 0))
        served: NDArray[Number] = np.where(self._alone, best - worth, 0) - self._of_bundle(solution.gain.clip(None, 0))
        return served

    def activity(self, solution: LagrangianSolution[Number]) -> Floats:
        """How much is taken of everything that has a multiplier, (multipliers,): A x."""
        f, columns = self._f, solution.columns
        m, owner = f.matrix, f.columns.owner[columns]
        entry, column = m.entries(columns)
        load = (m.load[entry] * solution.amounts[column]).astype(np.float64)
        activity = segments.overlap_sums(m.low[entry], m.high[entry], load, m.rows)
        served = np.zeros(len(f.needs), dtype=bool)
        served[owner] = True
        activity += np.bincount(f.rivals.row[served[f.rivals.need]], minlength=m.rows)
        parts = np.bincount(owner, solution.amounts / f.columns.most[columns], len(f.needs))
        return np.concatenate((activity, parts[self._several]))

    def _picked(self, worth: NDArray[Number], best: NDArray[Number], amounts: Ints) -> Bools:
        """The first best column of each need of one part; what fills those of several."""
        at_best = np.flatnonzero((worth == self._of_need(best)) & self._alone)
        first = at_best[np.diff(self._f.columns.owner[at_best], prepend=-1) != 0]
        picked = (amounts > 0) & ~self._alone
        picked[first] = True
        return picked

    def _of_need(self, values: NDArray[Each]) -> NDArray[Each]:
        """By column the value of its need."""
        return np.repeat(values, np.diff(self._f.needs.column_from))

    def _of_bundle(self, values: NDArray[Each]) -> NDArray[Each]:
        """By column the value of its bundle."""
        return np.repeat(values, np.diff(self._f.needs.column_from[self._f.needs.bundle_from]))

    def _fill(self, reduced_profit: NDArray[Number]) -> tuple[NDArray[Number], Ints]:
        """For the needs of several parts: what is missing taken from the best columns, however many."""
        needs, owner = self._f.needs, self._f.columns.owner[self._multipart]
        order = np.lexsort((-reduced_profit[self._multipart], owner))
        most = self._f.columns.most[self._multipart][order]
        start = segments.starts(owner, len(needs))
        before = np.concatenate(([0], np.cumsum(most)))
        taken = (needs.missing[owner] - (before[:-1] - before[start[owner]])).clip(0, most)
        amounts = np.empty_like(taken)
        amounts[order] = taken
        return reduced_profit[self._multipart] * amounts, amounts
