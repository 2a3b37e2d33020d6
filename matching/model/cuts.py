"""Chvátal-Gomory cuts: rows that whole numbers add to a row of capacity. Of what takes more than half only one fits.

If Σ load × x ≤ capacity for whole x ≥ 0, then Σ ⌊load (m + 1) / (capacity + 1)⌋ × x ≤ m for every m
(Gomory 1958; Chvátal 1973). No plan is lost, but fractions are.
"""

from collections.abc import Sequence

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.model.interval_rows import Entries
from matching.params.search import SEARCH_DEFAULTS


def add_cuts(
    unit: Ints, capacity: Ints, entries: Entries, most: Ints, together: Sequence[int] = SEARCH_DEFAULTS.cuts
) -> tuple[Ints, Ints, Entries]:
    """Add cuts to the rows of units of one and the same capacity throughout (Gomory 1958; Chvátal 1973).

    Parameters
    ----------
    unit, capacity
        Of each row, (rows,).
    entries
        What the columns claim of the rows.
    most
        What can be taken of each column, (columns,).
    together
        For each m of these there are cuts of what no more than m of fit together.

    Returns
    -------
    tuple
        Unit, capacity and entries with the cuts after the rows given.
    """
    even = _even(unit, capacity)
    added: list[Entries] = []
    units, capacities, count = [unit], [capacity], len(capacity)
    for fits in together:
        here = np.flatnonzero(entries.high > entries.low)
        row = entries.low[here]
        load = entries.load[here] * (fits + 1) // (capacity[row] + 1)
        useful = even[row] & (load > 0) & (capacity[row] > fits)
        chosen = entries.at(here[useful], load[useful])
        nonredundant = chosen.activity(most, len(capacity)) > fits
        added.append(chosen.among(nonredundant, count))
        units.append(unit[nonredundant])
        capacities.append(np.full(np.count_nonzero(nonredundant), fits))
        count += int(np.count_nonzero(nonredundant))
    return np.concatenate(units), np.concatenate(capacities), Entries.joined([entries, *added])


def _even(unit: Ints, capacity: Ints) -> Bools:
    """The rows whose unit has the same capacity at all of its rows."""
    start = np.flatnonzero(np.diff(unit, prepend=-1))
    ends = np.append(start, len(unit))
    least = segments.minima(capacity, ends[:-1], ends[1:], 0)
    return np.repeat(segments.maxima(capacity, ends, 0) == least, np.diff(ends))
