"""Which bundles are in conflict under a plan: those that hold what a bundle could take, and its rivals."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.model.formulation import Formulation
from matching.model.incumbent import Incumbent
from matching.params import SEARCH_DEFAULTS


class ConflictGraph:
    """The bundles around others, as the incumbent was when this was made or `renew`ed.

    One ring are those that hold what a bundle could take, the next those that hold what these could take in turn.
    """

    def __init__(self, incumbent: Incumbent, rings: int = SEARCH_DEFAULTS.dual_gap.rings) -> None:
        self._incumbent = incumbent
        self._rings = rings
        self._f = f = incumbent.formulation
        self.bundle = f.needs.bundle
        self._rivals = _Rivals(f, self.bundle)
        self.renew()

    def renew(self) -> None:
        """Look again at who holds what."""
        self._holders = _Holders(self._incumbent, self.bundle)

    def around(self, bundle: int, most_needs: int) -> Ints:
        """The bundle and those around it, nearest first while they have no more needs together; ascending."""
        f, inside = self._f, [bundle]
        needs = int(f.needs.bundle_from[bundle + 1] - f.needs.bundle_from[bundle])
        ring = np.array([bundle])
        for _ in range(self._rings):
            beside = np.concatenate((self._rivals.of(ring), self._holders.of(_columns_of_each(f, ring))))
            fresh = _in_order(beside[~np.isin(beside, inside)])
            total = needs + np.cumsum(f.needs.bundle_from[fresh + 1] - f.needs.bundle_from[fresh])
            ring = fresh[total <= most_needs]
            if len(ring):
                needs = int(total[len(ring) - 1])
            inside += ring.tolist()
        return np.sort(np.array(inside))


class _Holders:
    """The entries of the matrix that are taken, unit by unit."""

    def __init__(self, incumbent: Incumbent, bundle: Ints) -> None:
        self._f = f = incumbent.formulation
        m, taken = f.matrix, np.flatnonzero(incumbent.amounts)
        entry, column = m.entries(taken)
        filled = m.high[entry] > m.low[entry]
        entry, column = entry[filled], taken[column[filled]]
        unit = m.unit[m.low[entry]]
        order = np.argsort(unit, kind="stable")
        self._low, self._high = m.low[entry[order]], m.high[entry[order]]
        self._bundle = bundle[f.columns.owner[column[order]]]
        self._from = segments.starts(unit[order], len(f.arrays.unit_ids))

    def of(self, columns: Ints) -> Ints:
        """The bundles that hold something of what the columns claim, in the order of the columns, some again."""
        m = self._f.matrix
        entry, _ = m.entries(columns)
        entry = entry[m.high[entry] > m.low[entry]]
        unit = m.unit[m.low[entry]]
        held, asked = segments.expand(self._from[unit], self._from[unit + 1])
        entry = entry[asked]
        return self._bundle[held[(self._low[held] < m.high[entry]) & (m.low[entry] < self._high[held])]]


class _Rivals:
    """The bundles of which at most one is served."""

    def __init__(self, formulation: Formulation, bundle: Ints) -> None:
        f = formulation
        self._f = f
        self._order = np.argsort(f.rivals.row, kind="stable")
        self._row = f.rivals.row[self._order]
        self._bundle = bundle[f.rivals.need[self._order]]

    def of(self, bundles: Ints) -> Ints:
        """The bundles that are in a group with one of these."""
        f = self._f
        low, high = (np.searchsorted(f.rivals.need, f.needs.bundle_from[bundles + side]) for side in (0, 1))
        rows = f.rivals.row[segments.expand(low, high)[0]]
        low, high = (np.searchsorted(self._row, rows, side) for side in ("left", "right"))
        return self._bundle[segments.expand(low, high)[0]]


def _columns_of_each(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, bundle by bundle in the order given, the best of each need first."""
    f = formulation
    needs, _ = f.needs.of_bundles(bundles)
    columns, need = segments.expand(f.needs.column_from[needs], f.needs.column_from[needs + 1])
    return columns[np.lexsort((-f.columns.score[columns], need))]


def _in_order(numbers: Ints) -> Ints:
    """Each number once, where it comes first."""
    return numbers[np.sort(np.unique(numbers, return_index=True)[1])]
