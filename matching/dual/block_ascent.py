"""Better prices for the rows of some units, all others staying as they are: the linear program of who could use them.

Prices by subgradients arrive near their best and then stand still. What is left is taken a place at a time: with all
other prices fixed, the best ones of some units are what their rows are worth in the linear program of the bundles that
could use them, where whatever else those could take costs its price. So the bound only falls (block coordinate
descent of the Lagrangian dual; see Bertsekas, Nonlinear Programming, 3rd ed., 2016, section 7.5 on dual methods).
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import Block
from matching.model.formulation import Formulation, columns_of
from matching.model.integer_program import Program

BOUNDLESS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Repricing:
    """A question for better prices: of these rows, and of the parts of the needs that its program is about."""

    rows: Ints
    program: Program

    def block(self, effort: float, seed: int) -> Block:
        """The question as it is sent."""
        return replace(self.program.block(effort, seed), relaxed=True)

    def write(self, prices: Ints, price: Ints) -> None:
        """Write what the constraints are worth into all prices."""
        p, v = self.program, self.program.variables
        f = p.formulation
        tight, parted = np.flatnonzero(p.tight), np.flatnonzero(~v.single)
        part = len(f.capacity) + np.cumsum(~f.single) - 1
        price[self.rows] = 0
        price[tight] = prices[: len(tight)]
        price[part[v.needs[parted]]] = 0
        price[part[v.needs[p.choosing]]] = prices[len(tight) : len(tight) + np.count_nonzero(p.choosing)]


class Users:
    """Who could use what of each unit: its rows, and the bundles with a column that claims it."""

    def __init__(self, formulation: Formulation) -> None:
        self._f = f = formulation
        units, bundles = len(f.arrays.capacity), len(f.bundle_from) - 1
        bundle = np.repeat(np.arange(bundles), np.diff(f.bundle_from))
        column = np.repeat(np.arange(len(f.option)), np.diff(f.cell_from))
        loads = f.high > f.low
        pairs = np.unique(f.unit[f.low[loads]] * bundles + bundle[f.owner[column[loads]]])
        self._bundle, self._bundle_from = pairs % bundles, segments.starts(pairs // bundles, units)
        self._row = np.argsort(f.unit, kind="stable")
        self._row_from = segments.starts(f.unit[self._row], units)

    @property
    def scarce(self) -> Bools:
        """The units of which there may be too little."""
        return np.diff(self._row_from) > 0

    def question(self, units: Ints, price: Ints, scale: int) -> Repricing:
        """The question for better prices of the units, of which one is scarce at least."""
        f = self._f
        rows = np.sort(self._row[segments.places(self._row_from[units], self._row_from[units + 1])[0]])
        found = segments.places(self._bundle_from[units], self._bundle_from[units + 1])[0]
        asked = np.zeros(len(f.capacity), dtype=bool)
        asked[rows] = True
        bundles = np.unique(self._bundle[found])
        columns = columns_of(f, bundles)
        score, inside = self._priced(columns, asked, price, scale)
        kept = inside | _best_elsewhere(f, columns, score, inside)
        columns = columns[kept]
        room = np.where(asked, f.capacity, BOUNDLESS)
        value = f.value * scale
        np.subtract.at(value, f.rival_need, price[f.rival_row])
        nothing = np.zeros_like(columns)
        return Repricing(rows, Program(f, bundles, columns, score[kept], value, room, nothing, scale))

    def _priced(self, columns: Ints, asked: Bools, price: Ints, scale: int) -> tuple[Ints, Bools]:
        """What the columns are worth less what they pay for rows not asked about, and which claim rows that are."""
        f = self._f
        cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        paid = np.concatenate(([0], np.cumsum(np.where(asked, 0, price[: len(asked)]))))
        within = np.concatenate(([0], np.cumsum(asked)))
        start = segments.starts(column, len(columns))
        cost = segments.sums(f.load[cell] * (paid[f.high[cell]] - paid[f.low[cell]]), start)
        claims = segments.sums(within[f.high[cell]] - within[f.low[cell]], start)
        return f.score[columns] * scale - cost, claims > 0


def _best_elsewhere(f: Formulation, columns: Ints, score: Ints, inside: Bools) -> Bools:
    """What is not asked about but may be needed: of a need of one part its best alone, and what earns stability."""
    owner = f.owner[columns]
    needed = ~inside & (~f.single[owner] | f.wanted[columns])
    others = np.flatnonzero(~inside & ~needed)
    order = others[np.lexsort((-score[others], owner[others]))]
    needed[order[np.diff(owner[order], prepend=-1) != 0]] = True
    return needed
