"""What every bundle would take if rows had prices instead of capacities, and the bound that follows.

For any prices p ≥ 0 of the rows no plan is worth more than

    base + Σ capacity × p + Σ over bundles max(0, Σ over its needs of the best worth less price)

for a plan pays for no more than there is, and no bundle does better than at its own best (Lagrangian relaxation; see
Fisher, The Lagrangian relaxation method for solving integer programming problems, Management Science 27, 1981). With
whole-number prices every term is a whole number, so the bound is exact, and the prices are its certificate.

A need of several parts takes what is worth most in turn, however many parts that makes. So a part has a price as well:
each one taken of a column pays its share, ⌊price / most⌋, which for all that is taken of the column comes to no more
than the price, and the need gets back the price of all parts that it may have. No plan loses by that.
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
class Response(Generic[Number]):
    """At certain prices: the bound, what every column is worth for each one taken, and what is taken.

    `value` is what it is worth to serve each need besides what it takes; what several parts could earn by staying
    counts in full. `gain` is what each bundle gains at its best (below 0: it would rather not be served); `columns`
    and `amounts` are what those that gain would take. Worths are in points × `scale`.
    """

    bound: Number
    net: NDArray[Number]
    value: NDArray[Number]
    gain: NDArray[Number]
    columns: Ints
    amounts: Ints


class Market:
    """A formulation asked again and again at other prices.

    `capacity` is what there is of everything that has a price: the rows, and the parts of each need of several.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = self._f = f = formulation
        self._single = f.single
        self._alone = f.single[f.owner]
        self._bonus = np.where(self._alone & f.wanted & (f.stable == 1)[f.owner], f.stability, 0)
        self._several = np.flatnonzero(~self._single)
        self._parted = np.flatnonzero(~self._alone)
        self._part = np.searchsorted(self._several, f.owner[self._parted])
        self.capacity = np.concatenate((f.capacity, f.parts[self._several]))
        self._hopes = np.where(~self._single & (f.stable > 0), f.stability, 0)

    @property
    def limit(self) -> int:
        """What Σ capacity × price must be below, and all worth × scale, lest a sum leave the 64 bits of a number.

        No column costs more than that sum, and no sum has more columns than a bundle.
        """
        columns = np.diff(self._f.column_from[self._f.bundle_from])
        return min(LARGEST_EXACT, 2**62 // int(columns.max(initial=1)))

    def respond(self, price: NDArray[Number], scale: int = 1) -> Response[Number]:
        """What would be taken; exact if the prices are whole numbers, of `scale` to the point, within the limit."""
        f = self._f
        price, part = np.split(price, [len(f.capacity)])
        running = np.concatenate((np.zeros(1, price.dtype), np.cumsum(price)))
        net = f.score * scale - segments.sums(f.load * (running[f.high] - running[f.low]), f.cell_from)
        share = np.floor_divide if np.issubdtype(price.dtype, np.integer) else np.divide
        net[self._parted] -= share(part[self._part], f.most[self._parted])
        worth = net + self._bonus * scale
        amounts = np.ones(len(worth), dtype=np.int64)
        worth[self._parted], amounts[self._parted] = self._fill(net)
        best = segments.maxima(worth, f.column_from, np.iinfo(np.int64).min)
        value = ((f.value + self._hopes) * scale).astype(price.dtype)
        np.subtract.at(value, f.rival_need, price[f.rival_row])
        value[self._several] += f.parts[self._several] * part
        earned = np.where(self._single, best, 0)
        np.add.at(earned, f.owner[self._parted], worth[self._parted])
        together = segments.sums(value + earned, f.bundle_from)
        chosen = self._of_bundle(together > 0) & self._picked(worth, best, amounts)
        columns = np.flatnonzero(chosen)
        bound = f.base * scale + (f.capacity * price).sum() + together.clip(0).sum()
        return Response(bound, net, value, together, columns, amounts[columns])

    def losses(self, response: Response[Number], scale: int = 1) -> NDArray[Number]:
        """By how much at least the bound is lower, column by column, of those plans that take it.

        Of a need of several parts only that its bundle is served is counted.
        """
        worth = response.net + self._bonus * scale
        best = self._of_need(segments.maxima(worth, self._f.column_from, 0))
        served: NDArray[Number] = np.where(self._alone, best - worth, 0) - self._of_bundle(response.gain.clip(None, 0))
        return served

    def demand(self, response: Response[Number]) -> Floats:
        """How much is taken of everything that has a price."""
        f = self._f
        cell, column = segments.places(f.cell_from[response.columns], f.cell_from[response.columns + 1])
        load = f.load[cell] * response.amounts[column]
        rows = len(f.capacity)
        taken = np.bincount(f.low[cell], load, rows + 1) - np.bincount(f.high[cell], load, rows + 1)
        demand = np.cumsum(taken[:-1])
        served = np.zeros(len(f.need), dtype=bool)
        served[f.owner[response.columns]] = True
        demand += np.bincount(f.rival_row[served[f.rival_need]], minlength=rows)
        parts = np.bincount(f.owner[response.columns], response.amounts / f.most[response.columns], len(f.need))
        return np.concatenate((demand, parts[self._several]))

    def _picked(self, worth: NDArray[Number], best: NDArray[Number], amounts: Ints) -> Bools:
        """The first best column of each need of one part; what fills those of several."""
        at_best = np.flatnonzero((worth == self._of_need(best)) & self._alone)
        first = at_best[np.diff(self._f.owner[at_best], prepend=-1) != 0]
        picked = (amounts > 0) & ~self._alone
        picked[first] = True
        return picked

    def _of_need(self, values: NDArray[Each]) -> NDArray[Each]:
        """By column the value of its need."""
        return np.repeat(values, np.diff(self._f.column_from))

    def _of_bundle(self, values: NDArray[Each]) -> NDArray[Each]:
        """By column the value of its bundle."""
        return np.repeat(values, np.diff(self._f.column_from[self._f.bundle_from]))

    def _fill(self, net: NDArray[Number]) -> tuple[NDArray[Number], Ints]:
        """For the needs of several parts: what is missing taken from the best columns, however many."""
        f, owner = self._f, self._f.owner[self._parted]
        order = np.lexsort((-net[self._parted], owner))
        most = f.most[self._parted][order]
        start = segments.starts(owner, len(f.need))
        before = np.concatenate(([0], np.cumsum(most)))
        taken = (f.missing[owner] - (before[:-1] - before[start[owner]])).clip(0, most)
        amounts = np.empty_like(taken)
        amounts[order] = taken
        return net[self._parted] * amounts, amounts
