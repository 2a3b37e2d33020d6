"""Blocks that lower the bound: each solved to proof by itself, paying for what lies outside.

Cut the bundles into blocks. A row that only one block's bundles claim is that block's own and needs no price there;
the others keep theirs. Then no plan is worth more than

    base + Σ capacity × price over the rows of no block's own + Σ over blocks of the best worth less prices

where each block's best still keeps to the capacity of every row. The blocks are independent of each other, and one
that is not solved to proof counts with what it was proven not to exceed, at most what prices alone say.
"""

from dataclasses import dataclass, field

import numpy as np

from platsverket.matching import segments
from platsverket.matching.arrays import Ints
from platsverket.matching.block import Answer, Block
from platsverket.matching.formulation import Formulation
from platsverket.matching.improving import columns_of
from platsverket.matching.program import Program
from platsverket.matching.response import Response
from platsverket.matching.standing import Standing


@dataclass
class Share:
    """A block's part of the bound: what prices alone say, what is proven by now, both in points × scale."""

    bundles: Ints
    priced: int
    proven: int
    worth: int = field(default=0)

    @property
    def settled(self) -> bool:
        """Whether the block's best is known."""
        return self.worth >= self.proven


class Tightening:
    """A bound of several shares, each of which may be lowered by itself."""

    def __init__(
        self, standing: Standing, response: Response[np.int64], price: Ints, scale: int, blocks: list[Ints]
    ) -> None:
        self._f = f = standing.formulation
        self._standing = standing
        self._price, self._scale = price, scale
        self._whole = int(response.bound)
        self._own = _owned(f, blocks)
        paid = np.zeros(len(blocks), dtype=np.int64)
        inside = self._own >= 0
        np.add.at(paid, self._own[inside], (f.capacity * price)[inside])
        self.shares = [
            Share(bundles, priced, priced)
            for bundles, own in zip(blocks, paid, strict=True)
            for priced in [int(response.gain[bundles].clip(0).sum()) + int(own)]
        ]

    @property
    def bound(self) -> int:
        """The bound by now, in points."""
        return (self._whole + sum(share.proven - share.priced for share in self.shares)) // self._scale

    def block(self, number: int, effort: float, seed: int) -> Block:
        """The question of one share."""
        f, share = self._f, self.shares[number]
        columns = columns_of(f, share.bundles)
        price = np.where(self._own == number, 0, self._price)
        running = np.concatenate(([0], np.cumsum(price)))
        cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        cost = np.zeros(len(columns), dtype=np.int64)
        np.add.at(cost, column, f.load[cell] * (running[f.high[cell]] - running[f.low[cell]]))
        value = f.value * self._scale
        np.subtract.at(value, f.rival_need, price[f.rival_row])
        score = f.score[columns] * self._scale - cost
        now = self._standing.amounts[columns]
        program = Program(f, share.bundles, columns, score, value, f.capacity, now, self._scale)
        return program.block(effort, seed)

    def take(self, number: int, block: Block, answer: Answer) -> None:
        """Keep what the answer proves."""
        share = self.shares[number]
        share.proven = min(share.proven, answer.bound)
        share.worth = int(block.gain @ answer.values)


def _owned(f: Formulation, blocks: list[Ints]) -> Ints:
    """The block that alone claims each row; -1 where several do or none does.

    Numbers n are all equal where n × Σ b² = (Σ b)², which whole numbers say exactly.
    """
    block = np.zeros(len(f.bundle_from) - 1, dtype=np.int64)
    for number, bundles in enumerate(blocks):
        block[bundles] = number
    of_need = np.repeat(block, np.diff(f.bundle_from))
    of_cell = np.repeat(of_need[f.owner], np.diff(f.cell_from))
    count, once, twice = (_touching(f, of_cell**power, of_need[f.rival_need] ** power) for power in (0, 1, 2))
    alone = (count > 0) & (count * twice == once * once)
    return np.where(alone, once // np.maximum(count, 1), -1)


def _touching(f: Formulation, of_cell: Ints, of_rival: Ints) -> Ints:
    """The sum of the cells' and the rivals' numbers in each row."""
    change = np.zeros(len(f.capacity) + 1, dtype=np.int64)
    np.add.at(change, f.low, of_cell)
    np.subtract.at(change, f.high, of_cell)
    sums = np.cumsum(change[:-1])
    np.add.at(sums, f.rival_row, of_rival)
    return sums
