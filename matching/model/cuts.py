"""Rows that whole numbers add to a row of capacity: of what takes more than half only one fits, and so on.

If Σ load × x ≤ capacity for whole x ≥ 0, then Σ ⌊load (m + 1) / (capacity + 1)⌋ × x ≤ m for every m
(Chvátal-Gomory rounding; Gomory 1958, Chvátal 1973). They say nothing new about plans, but much about fractions.
"""

from collections.abc import Sequence

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.model.interval_rows import Cells
from matching.params import SEARCH_DEFAULTS


def rounded(
    unit: Ints, capacity: Ints, cells: Cells, most: Ints, together: Sequence[int] = SEARCH_DEFAULTS.cuts
) -> tuple[Ints, Ints, Cells]:
    """Further rows for units of one and the same capacity throughout: their units, capacities and cells.

    `most` is what can be taken of each column; the rows are numbered on from those given. `together`
    says of how many that fit together there are rows.
    """
    even = _even(unit, capacity)
    added: list[Cells] = []
    units, capacities, count = [unit], [capacity], len(capacity)
    for fits in together:
        here = np.flatnonzero(cells.high > cells.low)
        row = cells.low[here]
        load = cells.load[here] * (fits + 1) // (capacity[row] + 1)
        useful = even[row] & (load > 0) & (capacity[row] > fits)
        chosen = cells.at(here[useful], load[useful])
        binding = chosen.demand(most, len(capacity)) > fits
        added.append(chosen.among(binding, count))
        units.append(unit[binding])
        capacities.append(np.full(np.count_nonzero(binding), fits))
        count += int(np.count_nonzero(binding))
    return np.concatenate(units), np.concatenate(capacities), Cells.joined([cells, *added])


def _even(unit: Ints, capacity: Ints) -> Bools:
    """The rows whose unit has the same capacity at all of its rows."""
    start = np.flatnonzero(np.diff(unit, prepend=-1))
    ends = np.append(start, len(unit))
    least = segments.minima(capacity, ends[:-1], ends[1:], 0)
    return np.repeat(segments.maxima(capacity, ends, 0) == least, np.diff(ends))
