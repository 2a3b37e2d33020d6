"""Whose turn it is: the next block is of what lately brought plan and bound closest together for its work.

Markets differ by far: rooms are proven best by the hundred in the time that ten needs for chairs take. So each is cut
into blocks as often as that pays, and its blocks grow by its own count; and so are the blocks that lower the bound.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matching.arrays.arrays import Ints
from matching.params import SEARCH_DEFAULTS, SelectionParams


@dataclass
class Turns:
    """Cuts into blocks, and what became of them: `turn` counts the cuts, `out` the blocks of this one not noted yet.

    `gained` (points) and `work` (effort) are those of the cut before and of this one.
    """

    cut: Callable[[int], list[Ints]]
    params: SelectionParams = SEARCH_DEFAULTS.selection
    turn: int = -1
    out: int = 0
    blocks: int = 0
    gained: tuple[float, float] = (0.0, 0.0)
    work: tuple[float, float] = (0.0, 0.0)
    _waiting: list[Ints] = field(default_factory=list)

    @property
    def promise(self) -> float:
        """Points for effort; boundless while nothing is known.

        Blocks that are out together get in each other's way, so one out already makes another promise half as much.
        """
        if self.blocks < self.params.trials and (self._waiting or self.turn < 0):
            return float("inf")
        return (sum(self.gained) + 1) / max(sum(self.work), self.params.work_per_member) / (1 + self.out)

    def next(self) -> Ints | None:
        """The members of the next block; of another cut when one is through. None if there is nothing to cut."""
        if not self._waiting:
            self.turn += 1
            self.out = 0
            self.gained, self.work = (self.gained[1], 0), (self.work[1], 0.0)
            self._waiting = self.cut(self.turn)
        self.out += 1
        return self._waiting.pop() if self._waiting else None

    def note(self, gained: float, members: float, work: float) -> None:
        """Note what a block of so many members brought."""
        self.blocks += 1
        self.out = max(0, self.out - 1)
        self.gained = (self.gained[0], self.gained[1] + gained)
        self.work = (self.work[0], self.work[1] + work + self.params.work_per_member * members)


def groups(market: Ints, weight: Ints, own: int) -> list[Ints]:
    """The members of each market of so large a weight by itself, and those of all smaller ones together."""
    total = np.bincount(market, weight)
    group = np.where(total >= own, np.arange(len(total)), -1)[market]
    return [np.flatnonzero(group == number) for number in np.unique(group)]
