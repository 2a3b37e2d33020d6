"""What could be taken at all: the options left when what is fixed, forbidden, too large or pointless is gone."""

from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints
from matching.model.interval_rows import Cells, Rows, Takings, rows_of


@dataclass(frozen=True, slots=True)
class OpenNeeds:
    """What the fixed matches leave to do, for every need of the arrays.

    `missing` is the amount still to be taken (0: settled), from `parts` further options. `wanted` marks the options
    that the previous plan took and the fixed matches do not hold; taking the `stable` of them alone leaves the need
    as it was (0: nothing does). `kept` are the settled needs that are as they were, `held` the options that are fixed.
    """

    missing: Ints
    parts: Ints
    wanted: Bools
    stable: Ints
    kept: Bools
    held: Bools

    @property
    def settled(self) -> Bools:
        """The needs that the fixed matches serve in full."""
        settled: Bools = self.missing == 0
        return settled


def open_needs(arrays: Arrays) -> OpenNeeds:
    """Every need as the fixed matches leave it."""
    options, needs = len(arrays.score), len(arrays.value)
    owner = owners(arrays)
    held, before = np.zeros(options, dtype=bool), np.zeros(options, dtype=bool)
    held[arrays.fixed[:, 0]] = True
    before[arrays.previous[:, 0]] = True
    taken = np.zeros(needs, dtype=np.int64)
    np.add.at(taken, owner[arrays.fixed[:, 0]], arrays.fixed[:, 1])
    parts = arrays.parts - segments.sums(held.astype(np.int64), arrays.option_from)
    wanted = before & ~held
    stable = segments.sums(wanted.astype(np.int64), arrays.option_from)
    strayed = segments.sums((held & ~before).astype(np.int64), arrays.option_from) > 0
    missing = arrays.amount - taken
    kept = (missing == 0) & (stable == 0) & ~strayed
    stable[strayed | (stable > parts)] = 0
    return OpenNeeds(missing, parts, wanted, stable, kept, held)


def owners(arrays: Arrays) -> Ints:
    """The need of every option."""
    return np.repeat(np.arange(len(arrays.value)), np.diff(arrays.option_from))


@dataclass(frozen=True, slots=True)
class Reduction:
    """The options that are left, ascending, with the amounts that can be taken of each and their claims.

    `cell` are the places of their claims in the arrays, column by column from `cell_from`, and `rows` the peaks they
    make. `alive` are the needs that can be served and `bundle` the bundle that each need belongs to.
    """

    open: OpenNeeds
    option: Ints
    most: Ints
    cell: Ints
    cell_from: Ints
    rows: Rows
    bundle: Ints
    alive: Bools


def reduce(arrays: Arrays, *, equals: bool = False) -> Reduction:
    """Drop options and needs until those left could each be taken and served.

    Of options that are as good as each other only one is left, unless `equals` are asked for too.
    """
    todo = open_needs(arrays)
    owner = owners(arrays)
    option = _candidates(arrays, todo, owner)
    claims = segments.starts(arrays.claim_option, len(arrays.score))
    cell, column = segments.places(claims[option], claims[option + 1])
    rows = rows_of(arrays, _fixed(arrays, claims), _claims(arrays, cell))
    least, most = amounts(arrays, todo, owner, option)
    most = np.minimum(most, _fitting(rows, Cells(column, arrays.claim_load[cell], rows.low, rows.high), len(option)))
    cell_from = segments.starts(column, len(option))
    kept = least <= most
    if not equals:
        kept &= ~_repeated(arrays, todo, option, cell, cell_from)
    bundle = bundles(arrays)
    alive = _alive(arrays, todo, owner[option[kept]], most[kept], bundle)
    kept &= alive[owner[option]]
    stay = np.repeat(kept, np.diff(cell_from))
    return Reduction(
        open=todo,
        option=option[kept],
        most=most[kept],
        cell=cell[stay],
        cell_from=np.concatenate(([0], np.cumsum(np.diff(cell_from)[kept]))),
        rows=Rows(rows.unit, rows.capacity, rows.low[stay], rows.high[stay]),
        bundle=bundle,
        alive=alive,
    )


def _candidates(arrays: Arrays, todo: OpenNeeds, owner: Ints) -> Ints:
    free = ~todo.held & ((todo.missing > 0) & (todo.parts > 0))[owner]
    free[arrays.forbidden] = False
    return np.flatnonzero(free)


def amounts(arrays: Arrays, todo: OpenNeeds, owner: Ints, option: Ints) -> tuple[Ints, Ints]:
    """The least and the most that can be taken of each option, if anything is."""
    missing, alone = todo.missing[owner[option]], todo.parts[owner[option]] == 1
    return np.where(alone, missing, 1), np.minimum(arrays.most[option], missing)


def _fitting(rows: Rows, cells: Cells, columns: int) -> Ints:
    """What the rows have room for of each column when nothing else is taken, which several cells of one may share."""
    fits = np.full(columns, np.iinfo(np.int64).max)
    room = segments.minima(rows.capacity, cells.low, cells.high, np.iinfo(np.int64).max)
    np.minimum.at(fits, cells.column, room // cells.load)
    shared = _meeting(cells)
    row, cell = segments.places(cells.low[shared], cells.high[shared])
    pair = cells.column[shared][cell] * len(rows.capacity) + row
    pairs, place = np.unique(pair, return_inverse=True)
    load = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(load, place, cells.load[shared][cell])
    column, row = np.divmod(pairs, max(1, len(rows.capacity)))
    np.minimum.at(fits, column, rows.capacity[row] // load)
    return fits


def _meeting(cells: Cells) -> Ints:
    """The cells of columns that have two in one row."""
    several = np.flatnonzero(np.bincount(cells.column)[cells.column] > 1)
    order = several[np.lexsort((cells.low[several], cells.column[several]))]
    column, low, high = cells.column[order], cells.low[order], cells.high[order]
    meet = (column[1:] == column[:-1]) & (low[1:] < high[:-1])
    return several[np.isin(cells.column[several], column[1:][meet])]


def _fixed(arrays: Arrays, claims: Ints) -> Takings:
    option, amount = arrays.fixed[:, 0], arrays.fixed[:, 1]
    cell, match = segments.places(claims[option], claims[option + 1])
    taken = _claims(arrays, cell)
    return Takings(taken.unit, taken.load * amount[match], taken.start, taken.end)


def _claims(arrays: Arrays, cell: Ints) -> Takings:
    return Takings(arrays.claim_unit[cell], arrays.claim_load[cell], arrays.claim_start[cell], arrays.claim_end[cell])


def _repeated(arrays: Arrays, todo: OpenNeeds, option: Ints, cell: Ints, cell_from: Ints) -> Bools:
    """The options that another of the same need betters: the same single claim, no better score, nothing to keep.

    Only where the need takes all of one option; of two equal ones the first stays.
    """
    owner = owners(arrays)[option]
    plain = (np.diff(cell_from) == 1) & (todo.parts[owner] == 1) & ~todo.wanted[option]
    plain &= arrays.most[option] >= todo.missing[owner]
    which = np.flatnonzero(plain)
    claims = _claims(arrays, cell[cell_from[which]])
    facts = (np.arange(len(which)), -arrays.score[option[which]], claims.load, claims.end, claims.start, claims.unit)
    order = np.lexsort((*facts, owner[which]))
    same = np.ones(max(0, len(which) - 1), dtype=bool)
    for fact in (owner[which], claims.unit, claims.start, claims.end, claims.load):
        same &= fact[order][1:] == fact[order][:-1]
    repeated = np.zeros(len(option), dtype=bool)
    repeated[which[order[1:][same]]] = True
    return repeated


def bundles(arrays: Arrays) -> Ints:
    """The bundle of each need: the number of its together group, or one of its own after those."""
    groups = len(arrays.together)
    bundle = np.arange(len(arrays.value)) + groups
    for number, group in enumerate(arrays.together):
        bundle[list(group)] = number
    return bundle


def _alive(arrays: Arrays, todo: OpenNeeds, owner: Ints, most: Ints, bundle: Ints) -> Bools:
    """The open needs that can be served, as can all open needs of their bundle."""
    dead = ~todo.settled & ~_reachable(todo, owner, most)
    for group in arrays.alternatives:
        members = list(group)
        settled = todo.settled[members]
        twice = len(set(bundle[members][~settled])) < np.count_nonzero(~settled)
        if settled.any():
            dead[members] |= ~settled
        elif twice:
            dead[members] |= _twice(bundle[members])
    fallen = np.zeros(int(bundle.max(initial=-1)) + 1, dtype=bool)
    fallen[bundle[dead]] = True
    return ~todo.settled & ~fallen[bundle]


def _twice(bundle: Ints) -> Bools:
    """Whether another place has the same bundle."""
    return np.array([np.count_nonzero(bundle == one) > 1 for one in bundle])


def _reachable(todo: OpenNeeds, owner: Ints, most: Ints) -> Bools:
    """Whether the largest amounts of as many columns as each need may take add up to what is missing."""
    order = np.lexsort((-most, owner))
    start = segments.starts(owner, len(todo.missing))
    within = segments.ranks(start) < np.repeat(todo.parts, np.diff(start))
    return segments.sums(np.where(within, most[order], 0), start) >= todo.missing
