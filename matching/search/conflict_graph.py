"""Who stands beside whom under a plan: those that hold what a bundle could take, and its alternatives."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.model.formulation import Formulation
from matching.model.incumbent import Standing
from matching.params import SEARCH_DEFAULTS


class Neighbours:
    """The bundles around others, as the standing was when this was made or `renew`ed.

    One ring are those that hold what a bundle could take, the next those that hold what these could take in turn.
    """

    def __init__(self, standing: Standing, rings: int = SEARCH_DEFAULTS.dual_gap.rings) -> None:
        self._standing = standing
        self._rings = rings
        self._f = f = standing.formulation
        self.bundle = np.repeat(np.arange(len(f.bundle_from) - 1), np.diff(f.bundle_from))
        self._rivals = _Rivals(f, self.bundle)
        self.renew()

    def renew(self) -> None:
        """Look again at who holds what."""
        self._holders = _Holders(self._standing, self.bundle)

    def around(self, bundle: int, most_needs: int) -> Ints:
        """The bundle and those around it, nearest first while they have no more needs together; ascending."""
        f, inside = self._f, [bundle]
        needs = int(f.bundle_from[bundle + 1] - f.bundle_from[bundle])
        ring = np.array([bundle])
        for _ in range(self._rings):
            beside = np.concatenate((self._rivals.of(ring), self._holders.of(_columns_of_each(f, ring))))
            fresh = _in_order(beside[~np.isin(beside, inside)])
            total = needs + np.cumsum(f.bundle_from[fresh + 1] - f.bundle_from[fresh])
            ring = fresh[total <= most_needs]
            if len(ring):
                needs = int(total[len(ring) - 1])
            inside += ring.tolist()
        return np.sort(np.array(inside))


class _Holders:
    """The cells that are taken, unit by unit."""

    def __init__(self, standing: Standing, bundle: Ints) -> None:
        self._f = f = standing.formulation
        taken = np.flatnonzero(standing.amounts)
        cell, column = segments.places(f.cell_from[taken], f.cell_from[taken + 1])
        filled = f.high[cell] > f.low[cell]
        cell, column = cell[filled], taken[column[filled]]
        unit = f.unit[f.low[cell]]
        order = np.argsort(unit, kind="stable")
        self._low, self._high = f.low[cell[order]], f.high[cell[order]]
        self._bundle = bundle[f.owner[column[order]]]
        self._from = segments.starts(unit[order], len(f.arrays.unit_ids))

    def of(self, columns: Ints) -> Ints:
        """The bundles that hold something of what the columns claim, in the order of the columns, some again."""
        f = self._f
        cell, _ = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        cell = cell[f.high[cell] > f.low[cell]]
        unit = f.unit[f.low[cell]]
        held, asked = segments.places(self._from[unit], self._from[unit + 1])
        cell = cell[asked]
        return self._bundle[held[(self._low[held] < f.high[cell]) & (f.low[cell] < self._high[held])]]


class _Rivals:
    """The bundles that stand against others in groups of alternatives."""

    def __init__(self, formulation: Formulation, bundle: Ints) -> None:
        f = formulation
        self._f = f
        self._order = np.argsort(f.rival_row, kind="stable")
        self._row = f.rival_row[self._order]
        self._bundle = bundle[f.rival_need[self._order]]

    def of(self, bundles: Ints) -> Ints:
        """The bundles that are in a group with one of these."""
        f = self._f
        low, high = (np.searchsorted(f.rival_need, f.bundle_from[bundles + side]) for side in (0, 1))
        rows = f.rival_row[segments.places(low, high)[0]]
        low, high = (np.searchsorted(self._row, rows, side) for side in ("left", "right"))
        return self._bundle[segments.places(low, high)[0]]


def _columns_of_each(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, bundle by bundle in the order given, the best of each need first."""
    f = formulation
    needs, _ = segments.places(f.bundle_from[bundles], f.bundle_from[bundles + 1])
    columns, need = segments.places(f.column_from[needs], f.column_from[needs + 1])
    return columns[np.lexsort((-f.score[columns], need))]


def _in_order(numbers: Ints) -> Ints:
    """Each number once, where it comes first."""
    return numbers[np.sort(np.unique(numbers, return_index=True)[1])]
