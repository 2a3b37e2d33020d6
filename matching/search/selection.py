"""Adaptive selection: next is the operator that lately brought incumbent and bound closest together for its work.

The best score is chosen, there is no roulette wheel.

Markets differ by far: rooms are proven best by the hundred in the time that ten needs for chairs take. So each market
has operators of its own, is partitioned as often as that pays, and its blocks grow by its own count; and so do the
operators that lower the bound (Ropke, Pisinger 2006, but for scores that count work and wear off by themselves).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np

from matching.arrays.arrays import Ints
from matching.params.blocks import SelectionParams
from matching.params.search import SEARCH_DEFAULTS


@dataclass
class AdaptiveSelection:
    """One operator's side of it: its partitions into blocks, the queue of those, and what they brought.

    `turn` counts the partitions, `out` the blocks of this one without a result yet. `gained`, in points, and `work`, in
    deterministic seconds, are those of the partition before and of this one.
    """

    partition: Callable[[int], list[Ints]]
    params: SelectionParams = SEARCH_DEFAULTS.selection
    turn: int = -1
    out: int = 0
    blocks: int = 0
    gained: tuple[float, float] = (0.0, 0.0)
    work: tuple[float, float] = (0.0, 0.0)
    _waiting: list[Ints] = field(default_factory=list)

    @property
    def score(self) -> float:
        """Points for a deterministic second; boundless while nothing is known.

        Blocks that are out together get in each other's way, so one out already halves the score of another.
        """
        if self.blocks < self.params.trials and (self._waiting or self.turn < 0):
            return float("inf")
        return (sum(self.gained) + 1) / max(sum(self.work), self.params.work_per_member) / (1 + self.out)

    @property
    def pending(self) -> bool:
        """Whether all blocks of this partition have been sent, and some are not back yet."""
        return self.out > 0 and not self._waiting

    def next(self) -> Ints | None:
        """The members of the next block; of a new partition when one is through. None if there is nothing to part."""
        if not self._waiting:
            self.turn += 1
            self.out = 0
            self.gained, self.work = (self.gained[1], 0), (self.work[1], 0.0)
            self._waiting = self.partition(self.turn)
        self.out += 1
        return self._waiting.pop() if self._waiting else None

    def reward(self, gained: float, members: float, work: float) -> None:
        """Note the points that a block of so many members brought, and the deterministic seconds that it took."""
        self.blocks += 1
        self.out = max(0, self.out - 1)
        self.gained = (self.gained[0], self.gained[1] + gained)
        self.work = (self.work[0], self.work[1] + work + self.params.work_per_member * members)


class _Prioritised(Protocol):
    @property
    def priority(self) -> tuple[bool, float]:
        """Whether it may have its turn, and its score."""


Chosen = TypeVar("Chosen", bound=_Prioritised)


def choose(operators: Sequence[Chosen]) -> Chosen:
    """The operator with the best score of those that may have their turn; no roulette wheel, of equals the first."""
    return max(operators, key=lambda operator: operator.priority)


def groups(market: Ints, weight: Ints, own: int) -> list[Ints]:
    """The members of each market of so large a weight by itself, and those of all smaller ones together."""
    total = np.bincount(market, weight)
    group = np.where(total >= own, np.arange(len(total)), -1)[market]
    return [np.flatnonzero(group == number) for number in np.unique(group)]
