"""Some bundles as a formulation of their own, in the room that the rest of a plan leaves them."""

from dataclasses import replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.model.formulation import Formulation
from matching.model.incumbent import Standing


def enclosed(standing: Standing, needs: Ints, sizes: Ints, columns: Ints) -> Formulation:
    """The needs, in bundles of these sizes, with some of their columns, those that are taken now among them.

    Rows have the room that there would be without what the bundles take. Of consecutive rows that the same columns
    claim only the tightest is there.
    """
    f = standing.formulation
    cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
    edges = np.unique(np.concatenate((f.low[cell], f.high[cell])))
    low, high = np.searchsorted(edges, f.low[cell]), np.searchsorted(edges, f.high[cell])
    room = _tightest(standing.room, edges, low, high)
    rival, of_need = segments.places(np.searchsorted(f.rival_need, needs), np.searchsorted(f.rival_need, needs + 1))
    groups, row = np.unique(f.rival_row[rival], return_inverse=True)
    owner = np.searchsorted(needs, f.owner[columns])
    part = replace(
        f,
        base=0,
        settled=0,
        bundle_from=np.concatenate(([0], np.cumsum(sizes))),
        need=f.need[needs],
        value=f.value[needs],
        missing=f.missing[needs],
        parts=f.parts[needs],
        stable=f.stable[needs],
        size=f.size[needs],
        column_from=segments.starts(owner, len(needs)),
        option=f.option[columns],
        owner=owner,
        score=f.score[columns],
        most=f.most[columns],
        wanted=f.wanted[columns],
        cell_from=segments.starts(column, len(columns)),
        load=f.load[cell],
        low=low,
        high=high,
        unit=np.concatenate((f.unit[edges[: len(room)]], np.full(len(groups), -1))),
        capacity=np.concatenate((room, standing.room[groups])),
        rival_need=of_need,
        rival_row=row + len(room),
    )
    demand = _demand(part, standing.amounts[columns], standing.served[needs])
    return replace(part, capacity=part.capacity + demand)


def _tightest(room: Ints, edges: Ints, low: Ints, high: Ints) -> Ints:
    """The least room between each edge and the next where something from `low` to `high` claims it; elsewhere 0."""
    count = len(edges)
    claimed = np.cumsum(np.bincount(low, minlength=count) - np.bincount(high, minlength=count))[:-1] > 0
    row, stretch = segments.places(edges[:-1][claimed], edges[1:][claimed])
    tightest = np.zeros(max(0, count - 1), dtype=np.int64)
    tightest[claimed] = np.minimum.reduceat(room[row], np.flatnonzero(np.diff(stretch, prepend=-1)))
    return tightest


def _demand(f: Formulation, amounts: Ints, served: Bools) -> Ints:
    """What so much of every column takes of every row, and what those served take of the rows of rivals."""
    change = np.zeros(len(f.capacity) + 1, dtype=np.int64)
    load = f.load * np.repeat(amounts, np.diff(f.cell_from))
    np.add.at(change, f.low, load)
    np.subtract.at(change, f.high, load)
    demand = np.cumsum(change[:-1])
    np.add.at(demand, f.rival_row, served[f.rival_need])
    return demand
