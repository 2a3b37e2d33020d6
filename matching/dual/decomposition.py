"""Blocks of units that lower the bound: each solved to proof by itself, for needs that others may serve as well.

Let every column belong to one block, and let need n pay w for each one that it takes. Then no plan is worth more than

    base + Σ over bundles max(0, Σ over its needs of value + missing × w) + Σ capacity × price over shared rows
         + Σ over blocks of the most that Σ (score - w - price of shared rows) × amount can be

where a block keeps to the capacity of its rows and takes no more for a need than is missing. What relates blocks to
each other, that a need is served once and in full, is paid for by w instead (Lagrangian decomposition; Guignard and
Kim, Mathematical Programming 39, 1987). A row is shared where columns of several blocks claim it, and so are those of
alternatives, which needs pay for. With w the worth at which a need is indifferent at the prices, a block that is not
solved counts with what prices say, so that the bound starts where theirs is. Solved in whole numbers it counts with
less: gone are the fractions that fill a unit up. A need by itself whose columns all belong to one block pays
w = -value there, so that its value is the block's own.
"""

from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.dual.lagrangian import Response
from matching.mip.block_mip import Answer, Block, Constraints
from matching.model.formulation import Formulation
from matching.model.incumbent import Standing
from matching.problem.validation import LARGEST_EXACT


@dataclass
class Share:
    """A block's part of the bound in points × scale: what is `proven` by now, and what its best is known to reach."""

    columns: Ints
    proven: int
    reached: int = -1

    @property
    def settled(self) -> bool:
        """Whether no effort can lower it."""
        return self.reached >= self.proven


class Tightening:
    """The bound as shares, each of which may be lowered by itself; `block` is that of every unit."""

    def __init__(self, standing: Standing, response: Response[np.int64], price: Ints, scale: int, block: Ints) -> None:
        self._standing = standing
        self._scale = scale
        self._f = f = standing.formulation
        of_column = _blocks(f, block)
        own = _own(f, of_column)
        price = price[: len(f.capacity)]  # those of parts are in what the response says already
        shared = np.where(own < 0, price, 0)
        net = response.net + np.where(f.single[f.owner], f.wanted, 0) * (f.stable == 1)[f.owner] * f.stability * scale
        pays = _pays(f, response.value, net, _inside(f, of_column))
        self._gain = net - pays[f.owner] + _cost(f, np.where(own < 0, 0, price))
        bundles = segments.sums(response.value + f.missing * pays, f.bundle_from).clip(0)
        self._rest = f.base * scale + int(bundles.sum()) + int((f.capacity * shared).sum())
        self.shares = self._start(of_column, own, net - pays[f.owner], f.capacity * price)

    @property
    def bound(self) -> int:
        """The bound by now, in points."""
        return (self._rest + sum(share.proven for share in self.shares)) // self._scale

    def question(self, share: Share, effort: float, seed: int) -> Block:
        """What the most of a share is, as it is sent; starting from what the standing plan takes of it."""
        f, columns = self._f, share.columns
        rows = Constraints()
        needs, row = np.unique(f.owner[columns], return_inverse=True)
        rows.add(row, np.arange(len(columns)), 1, 0, f.missing[needs])
        cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        claimed, of_cell = segments.places(f.low[cell], f.high[cell])
        which, row = np.unique(claimed, return_inverse=True)
        rows.add(row, column[of_cell], f.load[cell[of_cell]], 0, f.capacity[which])
        now = self._standing.amounts[columns]
        return rows.block(self._gain[columns], f.most[columns], now, effort, seed)

    def take(self, share: Share, question: Block, answer: Answer) -> None:
        """Keep what the answer proves."""
        share.proven = min(share.proven, answer.bound)
        share.reached = int(question.gain @ answer.values)

    def _start(self, of_column: Ints, own: Ints, left: Ints, paid: Ints) -> list[Share]:
        """The shares as prices have them, or 0 where no column gains anything at the price of w."""
        f, count = self._f, int(of_column.max(initial=-1)) + 1
        proven = np.zeros(count + 1, dtype=np.int64)
        np.add.at(proven, own[own >= 0], paid[own >= 0])
        np.add.at(proven, of_column, _most_left(f, of_column, left))
        self._rest += int(proven[-1])  # columns without claims, of no block
        useful = np.flatnonzero((self._gain > 0) & (of_column >= 0))
        useful = useful[np.argsort(of_column[useful], kind="stable")]
        start = segments.starts(of_column[useful], count)
        shares = (useful[start[number] : start[number + 1]] for number in range(count))
        return [Share(each, int(proven[number]) if len(each) else 0) for number, each in enumerate(shares)]


def bound_of_parts(
    f: Formulation, response: Response[np.int64], price: Ints, scale: int, *, columns: Ints, answer: Answer
) -> int:
    """The bound in points when the answer is about all that can be decided: of each part the better of two.

    One is what was proven of it, the other what prices say of its bundles and rows.
    """
    of_column = np.full(len(f.option), -1, dtype=np.int64)
    of_column[columns] = answer.part[: len(columns)]
    price = price[: len(f.capacity)]
    own, of_bundle = _own(f, of_column), of_column[f.column_from[f.bundle_from[:-1]]]
    priced = np.zeros(len(answer.bounds), dtype=np.int64)
    np.add.at(priced, own[own >= 0], (f.capacity * price)[own >= 0])
    np.add.at(priced, of_bundle[of_bundle >= 0], response.gain.clip(0)[of_bundle >= 0])
    rest = int(response.bound) - int(priced.sum())
    return (rest + int(np.minimum(priced, answer.bounds * scale).sum())) // scale


def _blocks(f: Formulation, block: Ints) -> Ints:
    """The block of each column: that of the unit of its first claim, or -1."""
    claims = np.diff(f.cell_from) > 0
    of_column = np.full(len(f.option), -1, dtype=np.int64)
    of_column[claims] = block[f.unit[f.low[f.cell_from[:-1][claims]]]]
    return of_column


def _own(f: Formulation, of_column: Ints) -> Ints:
    """The block whose columns alone claim each row; -1 where several do or none does, and for alternatives.

    Numbers b, n of them, are all equal where n × Σ b² = (Σ b)², which whole numbers say exactly while there is room
    for them in 64 bits.
    """
    of_cell = np.repeat(of_column, np.diff(f.cell_from))
    count, once, twice = (_summed(f, of_cell**power) for power in (0, 1, 2))
    room = count * (1 + of_column.max(initial=0)) < 2**31
    alone = (count > 0) & room & (count * twice == once * once)
    return np.where(alone, once // np.maximum(count, 1), -1)


def _summed(f: Formulation, of_cell: Ints) -> Ints:
    """The sum of the cells' numbers in each row."""
    change = np.zeros(len(f.capacity) + 1, dtype=np.int64)
    np.add.at(change, f.low, of_cell)
    np.subtract.at(change, f.high, of_cell)
    return np.cumsum(change[:-1])


def _cost(f: Formulation, price: Ints) -> Ints:
    """What each one taken of a column pays at these prices."""
    running = np.concatenate(([0], np.cumsum(price)))
    return segments.sums(f.load * (running[f.high] - running[f.low]), f.cell_from)


def _inside(f: Formulation, of_column: Ints) -> Bools:
    """The needs of one part, bundles by themselves, whose columns belong to one block."""
    first = of_column[f.column_from[:-1]]
    strays = segments.sums((of_column != first[f.owner]).astype(np.int64), f.column_from)
    alone = np.repeat(np.diff(f.bundle_from) == 1, np.diff(f.bundle_from))
    inside: Bools = f.single & alone & (strays == 0) & (first >= 0)
    return inside


def _pays(f: Formulation, value: Ints, net: Ints, inside: Bools) -> Ints:
    """What each need pays for each one it takes: the worth of the last one that it would take at the prices."""
    order = np.lexsort((-net, f.owner))
    before = np.concatenate(([0], np.cumsum(f.most[order])))
    filled = before[1:] - before[f.column_from[:-1]][f.owner]
    last = np.flatnonzero(filled >= f.missing[f.owner])
    last = last[np.diff(f.owner[last], prepend=-1) != 0]
    pays = net[order[last]]
    alone = f.single & np.repeat(np.diff(f.bundle_from) == 1, np.diff(f.bundle_from))
    # Any w is true, so one that could make a sum leave the numbers kept exactly is cut short.
    most = LARGEST_EXACT // (len(f.option) * f.missing)
    return np.where(inside, -value, np.where(alone, np.maximum(pays, -value), pays)).clip(-most, most)


def _most_left(f: Formulation, of_column: Ints, left: Ints) -> Ints:
    """What each column adds to its share at the prices, of what is left to it after them and w.

    A need of one part takes one column of a block, so only its best there counts.
    """
    worth = left.clip(0) * f.most
    order = np.lexsort((-worth, of_column, f.owner))
    first = (np.diff(f.owner[order], prepend=-1) != 0) | (np.diff(of_column[order], prepend=-2) != 0)
    counts = ~f.single[f.owner]
    counts[order[first]] = True
    return np.where(counts, worth, 0)
