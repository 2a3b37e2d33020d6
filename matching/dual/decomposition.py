"""Lagrangian decomposition: blocks of units that lower the bound, each solved to proof by itself.

Let every column belong to one block, and let need n pay w for each one that it takes. Then no plan is worth more than

    base + Σ over bundles max(0, Σ over its needs of value + missing × w) + Σ capacity × multiplier over shared rows
         + Σ over blocks of the most that Σ (score - w - cost at shared rows) × amount can be

where a block keeps to the capacity of its rows and takes no more for a need than is missing. What relates blocks to
each other, that a need is served once and in full, is paid for by w instead (Guignard, Kim, Mathematical Programming
39, 1987). A row is shared where columns of several blocks claim it, and so are those of rivals, which needs pay for.
With w the worth at which a need is indifferent at the multipliers, a block that is not solved counts with what those
say, so that the bound starts where theirs is. Solved in whole numbers it counts with less: gone are the fractions that
fill a unit up. A need by itself whose columns all belong to one block pays w = -value there, so that its value is the
block's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.dual.lagrangian import LagrangianSolution
from matching.mip.block_mip import NO_LEAST, BlockMip, Constraints, MipResult
from matching.model.formulation import Formulation
from matching.model.incumbent import Incumbent
from matching.problem.validation import LARGEST_EXACT

INDIFFERENT = NO_LEAST
"""What a need pays that is to pay the worth at which it is indifferent at the multipliers."""


@dataclass
class BlockBound:
    """A block's part of the bound in points × scale: what is `proven` by now, and what its best is known to reach."""

    columns: Ints
    proven: int
    reached: int = -1

    @property
    def settled(self) -> bool:
        """Whether no work can lower it."""
        return self.reached >= self.proven


class LagrangianDecomposition:
    """The bound as a sum over blocks of units, each of which may be lowered by itself (Guignard, Kim 1987).

    Parameters
    ----------
    incumbent
        The plan that blocks start from.
    solution, multipliers, scale
        What is best at the multipliers, (multipliers,), in points × `scale`.
    block
        The block of every unit, (units,); -1 where multipliers say it all.
    pays
        What each need pays for each one it takes, (needs,), or INDIFFERENT; left out, all of them are.

    Attributes
    ----------
    blocks
        By number of the block.
    of_column
        The block of every column, (columns,); -1 for none.
    pays
        What each need pays, (needs,), in points × `scale`.
    value
        What each need is worth besides, (needs,), in points × `scale`.
    gain
        What each column is worth to its block, (columns,), in points × `scale`.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        solution: LagrangianSolution[np.int64],
        multipliers: Ints,
        scale: int,
        block: Ints,
        *,
        pays: Ints | None = None,
    ) -> None:
        self._incumbent = incumbent
        self._scale = scale
        self._f = f = incumbent.formulation
        needs, owner, capacity = f.needs, f.columns.owner, f.matrix.capacity
        self.of_column = of_column = _blocks(f, block)
        own = _own(f, of_column)
        multipliers = multipliers[: f.matrix.rows]  # those of parts are in the solution already
        shared = np.where(own < 0, multipliers, 0)
        stays = np.where(needs.single[owner], f.columns.wanted, 0) * (needs.stable == 1)[owner]
        profit = solution.reduced_profit + stays * f.stability * scale
        indifferent = _pays(f, solution.value, profit, _inside(f, of_column))
        pays = indifferent if pays is None else np.where(pays == INDIFFERENT, indifferent, pays)
        self.value, self.pays = solution.value, _exact(f, pays)
        pays = self.pays
        self.gain = profit - pays[owner] + f.matrix.cost(np.where(own < 0, 0, multipliers))
        bundles = segments.sums(solution.value + needs.missing * pays, needs.bundle_from).clip(0)
        self._rest = f.base * scale + int(bundles.sum()) + int((capacity * shared).sum())
        self.blocks = self._start(of_column, own, profit - pays[owner], capacity * multipliers)

    @property
    def bound(self) -> int:
        """The bound by now, in points."""
        return (self._rest + sum(block.proven for block in self.blocks)) // self._scale

    def mip(self, block: BlockBound, work_limit: float, seed: int) -> BlockMip:
        """The MIP for the most of a block, from what the incumbent takes of it on."""
        f, columns, constraints = self._f, block.columns, Constraints()
        needs, number = np.unique(f.columns.owner[columns], return_inverse=True)
        constraints.add(number, np.arange(len(columns)), 1, 0, f.needs.missing[needs])
        row, column, load = f.matrix.loads(columns)
        rows, number = np.unique(row, return_inverse=True)
        constraints.add(number, column, load, 0, f.matrix.capacity[rows])
        return self._mip(constraints, columns, work_limit, seed)

    def pricing(self, blocks: Sequence[BlockBound], seed: int) -> BlockMip:
        """The MIPs for the most of some blocks of one unit each, side by side, their rows in the order of time.

        Without cuts, which whole numbers do not need, and even if a need is then served twice.
        """
        f, constraints = self._f, Constraints()
        columns = np.concatenate([block.columns for block in blocks])
        block = np.repeat(np.arange(len(blocks)), [len(block.columns) for block in blocks])
        row, column, load = f.matrix.loads(columns)
        kept = row < f.matrix.cuts_from
        row, column, load = row[kept], column[kept], load[kept]
        pairs, number = np.unique(block[column] * f.matrix.rows + row, return_inverse=True)
        constraints.add(number, column, load, 0, f.matrix.capacity[pairs % f.matrix.rows])
        return replace(self._mip(constraints, columns, 1.0, seed), by_time=True)

    def _mip(self, constraints: Constraints, columns: Ints, work_limit: float, seed: int) -> BlockMip:
        now = self._incumbent.amounts[columns]
        return constraints.mip(self.gain[columns], self._f.columns.most[columns], now, work_limit, seed)

    def take(self, block: BlockBound, mip: BlockMip, result: MipResult) -> None:
        """Keep what the result proves."""
        block.proven = min(block.proven, result.bound)
        block.reached = int(mip.gain @ result.values)

    def _start(self, of_column: Ints, own: Ints, left: Ints, paid: Ints) -> list[BlockBound]:
        """The blocks as multipliers have them, or 0 where no column gains anything at w."""
        f, count = self._f, int(of_column.max(initial=-1)) + 1
        proven = np.zeros(count + 1, dtype=np.int64)
        np.add.at(proven, own[own >= 0], paid[own >= 0])
        np.add.at(proven, of_column, _most_left(f, of_column, left))
        self._rest += int(proven[-1])  # columns without claims, of no block
        useful = np.flatnonzero((self.gain > 0) & (of_column >= 0))
        useful = useful[np.argsort(of_column[useful], kind="stable")]
        start = segments.starts(of_column[useful], count)
        blocks = (useful[start[number] : start[number + 1]] for number in range(count))
        return [BlockBound(each, int(proven[number]) if len(each) else 0) for number, each in enumerate(blocks)]


def bound_of_components(
    f: Formulation,
    solution: LagrangianSolution[np.int64],
    multipliers: Ints,
    scale: int,
    *,
    columns: Ints,
    result: MipResult,
) -> int:
    """The bound in points when the result is about all that can be decided: of each component the better of two.

    One is what was proven of it, the other what multipliers, (multipliers,), say of its bundles and rows.
    """
    of_column = np.full(len(f.columns), -1, dtype=np.int64)
    of_column[columns] = result.component[: len(columns)]
    multipliers = multipliers[: f.matrix.rows]
    own, of_bundle = _own(f, of_column), of_column[f.needs.column_from[f.needs.bundle_from[:-1]]]
    by_multipliers = np.zeros(len(result.bounds), dtype=np.int64)
    np.add.at(by_multipliers, own[own >= 0], (f.matrix.capacity * multipliers)[own >= 0])
    np.add.at(by_multipliers, of_bundle[of_bundle >= 0], solution.gain.clip(0)[of_bundle >= 0])
    rest = int(solution.bound) - int(by_multipliers.sum())
    return (rest + int(np.minimum(by_multipliers, result.bounds * scale).sum())) // scale


def _blocks(f: Formulation, block: Ints) -> Ints:
    """The block of each column: that of the unit of its first claim, or -1."""
    claims = np.diff(f.matrix.start) > 0
    of_column = np.full(len(f.columns), -1, dtype=np.int64)
    of_column[claims] = block[f.matrix.unit[f.matrix.low[f.matrix.start[:-1][claims]]]]
    return of_column


def _own(f: Formulation, of_column: Ints) -> Ints:
    """The block whose columns alone claim each row; -1 where several do or none does, and for rivals.

    Numbers b, n of them, are all equal where n × Σ b² = (Σ b)², which whole numbers say exactly while they fit into 64
    bits.
    """
    m = f.matrix
    of_entry = np.repeat(of_column, np.diff(m.start))
    count, once, twice = (segments.overlap_sums(m.low, m.high, of_entry**power, m.rows) for power in (0, 1, 2))
    fits = count * (1 + of_column.max(initial=0)) < 2**31
    alone = (count > 0) & fits & (count * twice == once * once)
    return np.where(alone, once // np.maximum(count, 1), -1)


def _alone(f: Formulation) -> Bools:
    """The needs that are bundles by themselves."""
    sizes = np.diff(f.needs.bundle_from)
    return np.repeat(sizes == 1, sizes)


def _inside(f: Formulation, of_column: Ints) -> Bools:
    """The needs of one part, bundles by themselves, whose columns belong to one block."""
    first = of_column[f.needs.column_from[:-1]]
    strays = segments.sums((of_column != first[f.columns.owner]).astype(np.int64), f.needs.column_from)
    inside: Bools = f.needs.single & _alone(f) & (strays == 0) & (first >= 0)
    return inside


def _pays(f: Formulation, value: Ints, profit: Ints, inside: Bools) -> Ints:
    """What each need pays for each one it takes: the worth of the last one that it would take at the multipliers."""
    order = np.lexsort((-profit, f.columns.owner))
    before = np.concatenate(([0], np.cumsum(f.columns.most[order])))
    filled = before[1:] - before[f.needs.column_from[:-1]][f.columns.owner]
    last = np.flatnonzero(filled >= f.needs.missing[f.columns.owner])
    last = last[np.diff(f.columns.owner[last], prepend=-1) != 0]
    pays = profit[order[last]]
    alone = f.needs.single & _alone(f)
    return np.where(inside, -value, np.where(alone, np.maximum(pays, -value), pays))


def _exact(f: Formulation, pays: Ints) -> Ints:
    """Any w is true, so one that could make a sum leave the numbers kept exactly is limited."""
    most = LARGEST_EXACT // (len(f.columns) * f.needs.missing)
    return pays.clip(-most, most)


def _most_left(f: Formulation, of_column: Ints, left: Ints) -> Ints:
    """What each column adds to its block at the multipliers, of what is left to it after them and w.

    A need of one part takes one column of a block, so only its best there counts.
    """
    worth = left.clip(0) * f.columns.most
    order = np.lexsort((-worth, of_column, f.columns.owner))
    first = (np.diff(f.columns.owner[order], prepend=-1) != 0) | (np.diff(of_column[order], prepend=-2) != 0)
    counts = ~f.needs.single[f.columns.owner]
    counts[order[first]] = True
    return np.where(counts, worth, 0)
