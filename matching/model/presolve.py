"""Presolve: the options left when what is fixed, forbidden, too large or pointless is gone (Achterberg et al. 2020)."""

from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints
from matching.model.interval_rows import Entries, Rows, Takings, rows_of


@dataclass(frozen=True, slots=True)
class ResidualDemand:
    """The demand that the fixed matches leave, for every need of the arrays.

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


def residual_demand(arrays: Arrays) -> ResidualDemand:
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
    return ResidualDemand(missing, parts, wanted, stable, kept, held)


def owners(arrays: Arrays) -> Ints:
    """The need of every option."""
    return segments.owners(arrays.option_from)


@dataclass(frozen=True, slots=True)
class Presolved:
    """The options that are left, ascending, with the amounts that can be taken of each and their claims.

    `claim` are the places of their claims in the arrays, column by column from `claim_from`, and `rows` the peaks that
    those make. `alive` are the needs that can be served and `bundle` the bundle that each need belongs to.
    """

    residual: ResidualDemand
    option: Ints
    most: Ints
    claim: Ints
    claim_from: Ints
    rows: Rows
    bundle: Ints
    alive: Bools


def presolve(arrays: Arrays, *, equals: bool = False) -> Presolved:
    """Drop options and needs until those left could each be taken and served.

    Of options that are as good as each other only one is left, unless `equals` are asked for too.
    """
    residual = residual_demand(arrays)
    owner = owners(arrays)
    option = _candidates(arrays, residual, owner)
    claim_from = segments.starts(arrays.claim_option, len(arrays.score))
    claim, column = segments.expand(claim_from[option], claim_from[option + 1])
    rows = rows_of(arrays, _fixed(arrays, claim_from), _claims(arrays, claim))
    least, most = amounts(arrays, residual, owner, option)
    most = np.minimum(most, _fitting(rows, Entries(column, arrays.claim_load[claim], rows.low, rows.high), len(option)))
    claim_from = segments.starts(column, len(option))
    kept = least <= most
    if not equals:
        kept &= ~_repeated(arrays, residual, option, claim, claim_from)
    bundle = bundles(arrays)
    alive = _alive(arrays, residual, owner[option[kept]], most[kept], bundle)
    kept &= alive[owner[option]]
    stay = np.repeat(kept, np.diff(claim_from))
    return Presolved(
        residual=residual,
        option=option[kept],
        most=most[kept],
        claim=claim[stay],
        claim_from=np.concatenate(([0], np.cumsum(np.diff(claim_from)[kept]))),
        rows=Rows(rows.unit, rows.capacity, rows.low[stay], rows.high[stay]),
        bundle=bundle,
        alive=alive,
    )


def _candidates(arrays: Arrays, residual: ResidualDemand, owner: Ints) -> Ints:
    free = ~residual.held & ((residual.missing > 0) & (residual.parts > 0))[owner]
    free[arrays.forbidden] = False
    return np.flatnonzero(free)


def amounts(arrays: Arrays, residual: ResidualDemand, owner: Ints, option: Ints) -> tuple[Ints, Ints]:
    """The least and the most that can be taken of some options, if anything is.

    Parameters
    ----------
    residual
        The demand of every need.
    owner
        The need of every option of the arrays, (options,).
    option
        The options asked about, by position, (candidates,).

    Returns
    -------
    tuple
        Least and most of each of these, (candidates,) both; least above most where nothing can be taken.
    """
    missing, alone = residual.missing[owner[option]], residual.parts[owner[option]] == 1
    return np.where(alone, missing, 1), np.minimum(arrays.most[option], missing)


def _fitting(rows: Rows, entries: Entries, columns: int) -> Ints:
    """What the rows have capacity for of each column when nothing else is taken; claims of one may share that."""
    fits = np.full(columns, np.iinfo(np.int64).max)
    capacity = segments.minima(rows.capacity, entries.low, entries.high, np.iinfo(np.int64).max)
    np.minimum.at(fits, entries.column, capacity // entries.load)
    shared = _meeting(entries)
    row, claim = segments.expand(entries.low[shared], entries.high[shared])
    pair = entries.column[shared][claim] * len(rows.capacity) + row
    pairs, place = np.unique(pair, return_inverse=True)
    load = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(load, place, entries.load[shared][claim])
    column, row = np.divmod(pairs, max(1, len(rows.capacity)))
    np.minimum.at(fits, column, rows.capacity[row] // load)
    return fits


def _meeting(entries: Entries) -> Ints:
    """The entries of columns that have two in one row."""
    several = np.flatnonzero(np.bincount(entries.column)[entries.column] > 1)
    order = several[np.lexsort((entries.low[several], entries.column[several]))]
    column, low, high = entries.column[order], entries.low[order], entries.high[order]
    meet = (column[1:] == column[:-1]) & (low[1:] < high[:-1])
    return several[np.isin(entries.column[several], column[1:][meet])]


def _fixed(arrays: Arrays, claim_from: Ints) -> Takings:
    option, amount = arrays.fixed[:, 0], arrays.fixed[:, 1]
    claim, match = segments.expand(claim_from[option], claim_from[option + 1])
    taken = _claims(arrays, claim)
    return Takings(taken.unit, taken.load * amount[match], taken.start, taken.end)


def _claims(arrays: Arrays, at: Ints) -> Takings:
    return Takings(arrays.claim_unit[at], arrays.claim_load[at], arrays.claim_start[at], arrays.claim_end[at])


def _repeated(arrays: Arrays, residual: ResidualDemand, option: Ints, claim: Ints, claim_from: Ints) -> Bools:
    """The options that another of the same need betters: the same single claim, no better score, nothing to keep.

    Only where the need takes all of one option; of two equal ones the first stays.
    """
    owner = owners(arrays)[option]
    plain = (np.diff(claim_from) == 1) & (residual.parts[owner] == 1) & ~residual.wanted[option]
    plain &= arrays.most[option] >= residual.missing[owner]
    which = np.flatnonzero(plain)
    claims = _claims(arrays, claim[claim_from[which]])
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


def _alive(arrays: Arrays, residual: ResidualDemand, owner: Ints, most: Ints, bundle: Ints) -> Bools:
    """The open needs that can be served, as can all open needs of their bundle."""
    dead = ~residual.settled & ~_reachable(residual, owner, most)
    for group in arrays.alternatives:
        members = list(group)
        settled = residual.settled[members]
        twice = len(set(bundle[members][~settled])) < np.count_nonzero(~settled)
        if settled.any():
            dead[members] |= ~settled
        elif twice:
            dead[members] |= _twice(bundle[members])
    dead_bundles = np.zeros(int(bundle.max(initial=-1)) + 1, dtype=bool)
    dead_bundles[bundle[dead]] = True
    return ~residual.settled & ~dead_bundles[bundle]


def _twice(bundle: Ints) -> Bools:
    """Whether another place has the same bundle."""
    return np.array([np.count_nonzero(bundle == one) > 1 for one in bundle])


def _reachable(residual: ResidualDemand, owner: Ints, most: Ints) -> Bools:
    """Whether the largest amounts of as many columns as each need may take add up to what is missing."""
    order = np.lexsort((-most, owner))
    start = segments.starts(owner, len(residual.missing))
    within = segments.ranks(start) < np.repeat(residual.parts, np.diff(start))
    return segments.sums(np.where(within, most[order], 0), start) >= residual.missing
