"""Dual block-coordinate ascent: better multipliers of some units, all others staying as they are.

Subgradients arrive near the best multipliers and then stand still. What is left is taken some units at a time: with
all other multipliers fixed, the best ones of those are the dual values of their rows in the linear program of the
bundles that could use them, where whatever else those could take costs its multipliers. So the bound only falls
(Bertsekas, Nonlinear Programming, 3rd ed., 2016, section 7.5).
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import BlockMip
from matching.model.formulation import Formulation, columns_of
from matching.model.integer_program import IntegerProgram

BOUNDLESS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class BlockAscent:
    """A linear program for better multipliers: of these rows, and of the parts of the needs that it is about."""

    rows: Ints
    program: IntegerProgram

    def mip(self, work_limit: float, seed: int) -> BlockMip:
        """The block as it is sent; `work_limit` in deterministic seconds."""
        return replace(self.program.mip(work_limit, seed), relaxed=True)

    def write(self, duals: Ints, multipliers: Ints) -> None:
        """Write the dual values of the constraints into the multipliers, in place.

        Rows and parts of this block that are redundant in it get 0.

        Parameters
        ----------
        duals
            Of the constraints of `mip`, (constraints,), in points × the program's scale.
        multipliers
            All that there are, (multipliers,), in points × the program's scale.
        """
        p, v = self.program, self.program.variables
        needs, matrix = p.formulation.needs, p.formulation.matrix
        nonredundant, multipart = np.flatnonzero(p.nonredundant), np.flatnonzero(~v.single)
        part = matrix.rows + np.cumsum(~needs.single) - 1
        multipliers[self.rows] = 0
        multipliers[nonredundant] = duals[: len(nonredundant)]
        multipliers[part[v.needs[multipart]]] = 0
        multipliers[part[v.needs[p.parts_limited]]] = duals[
            len(nonredundant) : len(nonredundant) + np.count_nonzero(p.parts_limited)
        ]


class UnitClaimants:
    """Who could use what of each unit: its rows, and the bundles with a column that claims it."""

    def __init__(self, formulation: Formulation) -> None:
        self._f = f = formulation
        m, units = f.matrix, len(f.arrays.capacity)
        loads = m.high > m.low
        bundle = f.needs.bundle[f.columns.owner[m.column[loads]]]
        pairs = np.unique(m.unit[m.low[loads]] * f.needs.bundles + bundle)
        bundles = max(1, f.needs.bundles)
        self._bundle, self._bundle_from = pairs % bundles, segments.starts(pairs // bundles, units)
        self._row = np.argsort(m.unit, kind="stable")
        self._row_from = segments.starts(m.unit[self._row], units)

    @property
    def scarce(self) -> Bools:
        """The units of which there may be too little, (units,)."""
        return np.diff(self._row_from) > 0

    def block_ascent(self, units: Ints, multipliers: Ints, scale: int) -> BlockAscent:
        """The block for better multipliers of the units, of which one is scarce at least.

        Parameters
        ----------
        units
            By position.
        multipliers
            All that there are, (multipliers,), in points × `scale`.
        """
        f = self._f
        rows = np.sort(self._row[segments.expand(self._row_from[units], self._row_from[units + 1])[0]])
        found = segments.expand(self._bundle_from[units], self._bundle_from[units + 1])[0]
        asked = np.zeros(f.matrix.rows, dtype=bool)
        asked[rows] = True
        bundles = np.unique(self._bundle[found])
        columns = columns_of(f, bundles)
        profit, inside = self._reduced_profit(columns, asked, multipliers, scale)
        kept = inside | _best_elsewhere(f, columns, profit, inside)
        columns = columns[kept]
        value = f.needs.value * scale
        np.subtract.at(value, f.rivals.need, multipliers[f.rivals.row])
        capacity = np.where(asked, f.matrix.capacity, BOUNDLESS)
        nothing = np.zeros_like(columns)
        return BlockAscent(rows, IntegerProgram(f, bundles, columns, profit[kept], value, capacity, nothing, scale))

    def _reduced_profit(self, columns: Ints, asked: Bools, multipliers: Ints, scale: int) -> tuple[Ints, Bools]:
        """What the columns are worth less what they pay for rows not asked about, and which claim rows that are."""
        m = self._f.matrix
        entry, column = m.entries(columns)
        start, low, high = segments.starts(column, len(columns)), m.low[entry], m.high[entry]
        paid = segments.range_sums(np.where(asked, 0, multipliers[: m.rows]), low, high)
        within = segments.range_sums(asked.astype(np.int64), low, high)
        cost = segments.sums(m.load[entry] * paid, start)
        return self._f.columns.score[columns] * scale - cost, segments.sums(within, start) > 0


def _best_elsewhere(f: Formulation, columns: Ints, profit: Ints, inside: Bools) -> Bools:
    """What is not asked about but may be needed: of a need of one part its best alone, and what earns stability."""
    owner = f.columns.owner[columns]
    needed = ~inside & (~f.needs.single[owner] | f.columns.wanted[columns])
    others = np.flatnonzero(~inside & ~needed)
    order = others[np.lexsort((-profit[others], owner[others]))]
    needed[order[np.diff(owner[order], prepend=-1) != 0]] = True
    return needed
