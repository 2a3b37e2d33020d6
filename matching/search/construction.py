"""A first plan in one pass: the bundles that promise most first, each by the options that prices chose most often.

While prices go up and down around those that are right, how often each option was best is near what a linear program
would take of it (the volume algorithm of Barahona and Anbil, Mathematical Programming 87, 2000, rests on that); what
it is worth at the last prices alone says less, as many options are then worth the same.
"""

from collections.abc import Callable, Iterator

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.dual.multipliers import Pricing
from matching.model.incumbent import Standing
from matching.params import SEARCH_DEFAULTS, ConstructionParams

Picks = dict[int, int]
"""Amounts by column."""


def construct(
    standing: Standing,
    pricing: Pricing,
    ended: Callable[[int], bool],
    params: ConstructionParams = SEARCH_DEFAULTS.construction,
) -> None:
    """Serve, of what is not served yet, whatever fits and gains; `ended` is asked now and then, with bundles tried."""
    f = standing.formulation
    market = _Market(standing, pricing)
    waiting = np.flatnonzero(~standing.served[f.bundle_from[:-1]])
    value = segments.sums(f.value, f.bundle_from) * pricing.scale
    promise = (1 - params.value_weight) * pricing.response.gain + params.value_weight * value
    order = waiting[np.argsort(-promise[waiting], kind="stable")]
    for turn, bundle in enumerate(order.tolist()):
        if turn and turn % params.bundles_between_checks == 0 and ended(turn):
            return
        market.serve(range(int(f.bundle_from[bundle]), int(f.bundle_from[bundle + 1])))


class _Market:
    """Takes column by column; every change touches only the rows that the column claims."""

    def __init__(self, standing: Standing, pricing: Pricing) -> None:
        self._standing = standing
        self._f = standing.formulation
        self._net, self._often = pricing.response.net, pricing.often

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
            if self._standing.served[need]:
                self._mark(need, -1)

    def _mark(self, need: int, served: int) -> None:
        f = self._f
        self._standing.served[need] = served > 0
        if len(f.rival_need):
            rows = slice(*np.searchsorted(f.rival_need, (need, need + 1)))
            self._standing.room[f.rival_row[rows]] -= served

    def _pick(self, need: int) -> Picks:
        """Take what serves the need, chosen most often first or else roomiest first; nothing if neither does."""
        f = self._f
        rows = slice(*np.searchsorted(f.rival_need, (need, need + 1))) if len(f.rival_need) else slice(0)
        if (self._standing.room[f.rival_row[rows]] < 1).any():
            return {}
        columns = np.arange(f.column_from[need], f.column_from[need + 1])
        bonus = f.stability * f.wanted[columns] * (f.stable[need] > 0)
        worth = self._net[columns] * f.most[columns] + bonus
        picks = self._fill(need, columns[np.lexsort((-worth, -self._often[columns]))].tolist())
        if picks or f.parts[need] == 1:
            return picks
        return self._fill(need, sorted(columns.tolist(), key=lambda column: -self._fitting(column)))

    def _fill(self, need: int, order: list[int]) -> Picks:
        """Take as much as fits of one column after the other; nothing unless it adds up within the parts allowed."""
        f = self._f
        picks: Picks = {}
        missing, parts = int(f.missing[need]), int(f.parts[need])
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
        scores = sum(int(f.score[column]) * amount for column, amount in picks.items())
        columns = range(int(f.column_from[need]), int(f.column_from[need + 1]))
        stable = f.stable[need] > 0 and all((column in picks) == f.wanted[column] for column in columns)
        return int(f.value[need]) + scores + f.stability * bool(stable)

    def _cells(self, column: int) -> Iterator[tuple[int, Ints]]:
        f, room = self._f, self._standing.room
        for cell in range(f.cell_from[column], f.cell_from[column + 1]):
            yield f.load[cell], room[f.low[cell] : f.high[cell]]

    def _fitting(self, column: int) -> int:
        """The largest amount that each claim of the column leaves room for by itself."""
        fits = int(self._f.most[column])
        for load, room in self._cells(column):
            if len(room):
                fits = min(fits, int(room.min() // load))
        return fits

    def _take(self, column: int, amount: int) -> bool:
        """Take so much more of the column, unless two of its claims together find too little room."""
        for load, room in self._cells(column):
            np.subtract(room, load * amount, out=room)
        self._standing.amounts[column] += amount
        if amount > 0 and any((room < 0).any() for _, room in self._cells(column)):
            self._take(column, -amount)
            return False
        return True
