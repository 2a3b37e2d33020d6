"""Some bundles as a formulation of their own, within the slack that the rest of an incumbent leaves them."""

from dataclasses import replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.model.formulation import Formulation, IntervalMatrix, Rivals
from matching.model.incumbent import Incumbent


def restrict(incumbent: Incumbent, needs: Ints, sizes: Ints, columns: Ints) -> Formulation:
    """The needs, in bundles of these sizes, with some of their columns, those that are taken now among them.

    Rows have the capacity that there would be without what the bundles take. Of consecutive rows that the same columns
    claim only the tightest is there.

    Parameters
    ----------
    incumbent
        Whose slack there is.
    needs
        By position, bundle by bundle, ascending, (needs here,).
    sizes
        How many needs each bundle has, (bundles here,); they add up to those needs.
    columns
        Of these needs, by position, ascending, (columns here,).
    """
    f = incumbent.formulation
    place, which = f.rivals.of(needs)
    groups, row = np.unique(f.rivals.row[place], return_inverse=True)
    matrix = _matrix(incumbent, columns, groups)
    rivals = Rivals(which, row + matrix.rows - len(groups))
    owner = np.searchsorted(needs, f.columns.owner[columns])
    activity = matrix.activity(incumbent.amounts[columns]) + _served(matrix, rivals, incumbent.served[needs])
    return Formulation(
        arrays=f.arrays,
        base=0,
        settled=0,
        needs=f.needs.among(needs, sizes, segments.starts(owner, len(needs))),
        columns=f.columns.among(columns, owner),
        matrix=replace(matrix, capacity=matrix.capacity + activity),
        rivals=rivals,
    )


def _matrix(incumbent: Incumbent, columns: Ints, groups: Ints) -> IntervalMatrix:
    """The columns over the rows between which their claims begin or end, and the rows of these groups of rivals."""
    m = incumbent.formulation.matrix
    entry, column = m.entries(columns)
    edges = np.unique(np.concatenate((m.low[entry], m.high[entry])))
    low, high = np.searchsorted(edges, m.low[entry]), np.searchsorted(edges, m.high[entry])
    slack = _tightest(incumbent.slack, edges, low, high)
    return IntervalMatrix(
        start=segments.starts(column, len(columns)),
        load=m.load[entry],
        low=low,
        high=high,
        unit=np.concatenate((m.unit[edges[: len(slack)]], np.full(len(groups), -1))),
        capacity=np.concatenate((slack, incumbent.slack[groups])),
        cuts_from=int(np.searchsorted(edges[: len(slack)], m.cuts_from)),
    )


def _tightest(slack: Ints, edges: Ints, low: Ints, high: Ints) -> Ints:
    """The least slack between each edge and the next where something from `low` to `high` claims it; elsewhere 0."""
    between = max(0, len(edges) - 1)
    claimed = segments.overlap_sums(low, high, np.ones_like(low), between) > 0
    row, stretch = segments.expand(edges[:-1][claimed], edges[1:][claimed])
    tightest = np.zeros(between, dtype=np.int64)
    tightest[claimed] = np.minimum.reduceat(slack[row], np.flatnonzero(np.diff(stretch, prepend=-1)))
    return tightest


def _served(matrix: IntervalMatrix, rivals: Rivals, served: Bools) -> Ints:
    """What the needs served take of the rows of rivals."""
    return np.bincount(rivals.row, served[rivals.need], matrix.rows).astype(np.int64)
