"""Which bundles stand around others under a plan: those that hold what a bundle could take, and its rivals."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.arrays.graphs import grow
from matching.model.formulation import Formulation
from matching.model.incumbent import Incumbent
from matching.params.search import SEARCH_DEFAULTS


class HolderGraph:
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
        return self.around_all([bundle], most_needs)

    def around_all(self, bundles: list[int], most_needs: int) -> Ints:
        """Some bundles and those around any of them, as `around`."""
        sizes = np.diff(self._f.needs.bundle_from)

        def admit(inside: list[int], fresh: list[int]) -> list[int]:
            total = sizes[inside].sum() + np.cumsum(sizes[fresh])
            return fresh[: np.count_nonzero(total <= most_needs)]

        return np.sort(grow(bundles, self._beside(bundles), self._beside, admit, self._rings))

    def _beside(self, ring: list[int]) -> list[int]:
        """Their rivals, then those that hold what they could take; some again."""
        of = np.array(ring)
        beside = np.concatenate((self._rivals.of(of), self._holders.of(_columns_of_each(self._f, of))))
        found: list[int] = beside.tolist()
        return found


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
        _, first = np.unique(m.low[entry] * len(m.capacity) + m.high[entry], return_index=True)
        entry = entry[np.sort(first)]  # many ask for the same stretch of a unit
        unit = m.unit[m.low[entry]]
        held, asked = segments.expand(self._from[unit], self._from[unit + 1])
        entry = entry[asked]
        meets = (self._low[held] < m.high[entry]) & (m.low[entry] < self._high[held])
        found: Ints = self._bundle[held[meets]]
        return found


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
