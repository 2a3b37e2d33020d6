"""A first plan in one pass: bundles by what they gain and are worth, each by its columns of largest primal average.

While multipliers go up and down around those that are right, how often each column was best is near what a linear
program would take of it (Barahona, Anbil, The volume algorithm, Mathematical Programming 87, 2000); its reduced profit
at the last multipliers alone says less, as many columns are then worth the same.
"""

from collections.abc import Callable, Iterator

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.dual.multipliers import Multipliers
from matching.model.incumbent import Incumbent
from matching.params.primal import ConstructionParams
from matching.params.search import SEARCH_DEFAULTS

Picks = dict[int, int]
"""Amounts by column."""


def construct(
    incumbent: Incumbent,
    multipliers: Multipliers,
    ended: Callable[[int], bool],
    params: ConstructionParams = SEARCH_DEFAULTS.construction,
) -> None:
    """Serve, of what is not served yet, whatever fits and gains; `ended` is asked now and then, with bundles tried."""
    needs = incumbent.formulation.needs
    greedy = _Greedy(incumbent, multipliers)
    waiting = np.flatnonzero(~incumbent.served[needs.bundle_from[:-1]])
    value = segments.sums(needs.value, needs.bundle_from) * multipliers.scale
    priority = (1 - params.value_weight) * multipliers.solution.gain + params.value_weight * value
    order = waiting[np.argsort(-priority[waiting], kind="stable")]
    for turn, bundle in enumerate(order.tolist()):
        if turn and turn % params.bundles_between_checks == 0 and ended(turn):
            return
        greedy.serve(range(int(needs.bundle_from[bundle]), int(needs.bundle_from[bundle + 1])))


class _Greedy:
    """Takes column by column; every change touches only the rows that the column claims."""

    def __init__(self, incumbent: Incumbent, multipliers: Multipliers) -> None:
        self._incumbent = incumbent
        self._f = incumbent.formulation
        self._reduced_profit, self._primal_average = multipliers.solution.reduced_profit, multipliers.primal_average

    def serve(self, needs: range) -> None:
        """Serve the whole bundle if it fits and gains, or nothing of it."""
        taken: Picks = {}
        gain = 0
        for need in needs:
            picks = self._pick(need)
            taken |= picks
            if not picks:
                break
            gain += self._gain(need, picks)
            self._mark(need, 1)
        else:
            if gain > 0:
                return
        for column, amount in taken.items():
            self._take(column, -amount)
        for need in needs:
            if self._incumbent.served[need]:
                self._mark(need, -1)

    def _mark(self, need: int, served: int) -> None:
        self._incumbent.served[need] = served > 0
        self._incumbent.slack[self._f.rivals.rows_of(need)] -= served

    def _pick(self, need: int) -> Picks:
        """Take what serves the need: by primal average, or else most that fits first; nothing if neither does."""
        f = self._f
        if (self._incumbent.slack[f.rivals.rows_of(need)] < 1).any():
            return {}
        columns = np.arange(f.needs.column_from[need], f.needs.column_from[need + 1])
        bonus = f.stability * f.columns.wanted[columns] * (f.needs.stable[need] > 0)
        worth = self._reduced_profit[columns] * f.columns.most[columns] + bonus
        picks = self._fill(need, columns[np.lexsort((-worth, -self._primal_average[columns]))].tolist())
        if picks or f.needs.parts[need] == 1:
            return picks
        return self._fill(need, sorted(columns.tolist(), key=lambda column: -self._fitting(column)))

    def _fill(self, need: int, order: list[int]) -> Picks:
        """Take as much as fits of one column after the other; nothing unless it adds up within the parts allowed."""
        f = self._f
        picks: Picks = {}
        missing, parts = int(f.needs.missing[need]), int(f.needs.parts[need])
        for column in order:
            amount = min(missing, self._fitting(column))
            if amount and self._take(column, amount):
                picks[column] = amount
                missing -= amount
            if not missing:
                return picks
            if len(picks) == parts:
                break
        for column, amount in picks.items():
            self._take(column, -amount)
        return {}

    def _gain(self, need: int, picks: Picks) -> int:
        f = self._f
        scores = sum(int(f.columns.score[column]) * amount for column, amount in picks.items())
        columns = range(int(f.needs.column_from[need]), int(f.needs.column_from[need + 1]))
        stable = f.needs.stable[need] > 0 and all((column in picks) == f.columns.wanted[column] for column in columns)
        return int(f.needs.value[need]) + scores + f.stability * bool(stable)

    def _claims(self, column: int) -> Iterator[tuple[int, Ints]]:
        """The load of each claim, and the slack of the rows that it is on."""
        m, slack = self._f.matrix, self._incumbent.slack
        for entry in range(m.start[column], m.start[column + 1]):
            yield m.load[entry], slack[m.low[entry] : m.high[entry]]

    def _fitting(self, column: int) -> int:
        """The largest amount that each claim of the column finds slack for by itself."""
        fits = int(self._f.columns.most[column])
        for load, slack in self._claims(column):
            if len(slack):
                fits = min(fits, int(slack.min() // load))
        return fits

    def _take(self, column: int, amount: int) -> bool:
        """Take so much more of the column, unless two of its claims together find too little slack."""
        for load, slack in self._claims(column):
            np.subtract(slack, load * amount, out=slack)
        self._incumbent.amounts[column] += amount
        if amount > 0 and any((slack < 0).any() for _, slack in self._claims(column)):
            self._take(column, -amount)
            return False
        return True
