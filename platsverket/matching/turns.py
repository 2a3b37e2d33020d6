"""Whose turn it is: the next block to better the plan is of the market where blocks lately gained most for their work.

Markets differ by far: rooms are proven best by the hundred in the time that ten needs for chairs take. So every market
is cut into blocks as often as that pays, and its blocks grow by its own count.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from platsverket.matching.arrays import Ints

OWN = 200
"""Needs from which on a market has its own turns; all smaller ones have theirs together."""
LEAST = 0.0005
"""Effort that a need in a block costs besides solving."""


@dataclass
class Turns:
    """Some bundles, and what became of their blocks: `turn` counts how often they were cut.

    `gained` (points) and `work` (effort) are those of this cut and of the one before.
    """

    bundles: Ints
    needs: int
    turn: int = -1
    waiting: list[Ints] = field(default_factory=list)
    gained: tuple[int, int] = (0, 0)
    work: tuple[float, float] = (0.0, 0.0)

    @property
    def promise(self) -> tuple[bool, float]:
        """What a block promises: those never cut to the end first, then by points for effort."""
        fresh = self.turn < 0 or (self.turn == 0 and bool(self.waiting))
        return fresh, 0.0 if fresh else (sum(self.gained) + 1) / max(sum(self.work), LEAST)

    def next(self, cut: Callable[[Ints, int], list[Ints]]) -> Ints:
        """The bundles of the next block; of another cut when one is through."""
        if not self.waiting:
            self.turn += 1
            self.gained, self.work = (self.gained[1], 0), (self.work[1], 0.0)
            self.waiting = cut(self.bundles, self.turn)
        return self.waiting.pop()

    def note(self, gained: int, needs: int, work: float) -> None:
        """Note what a block of so many needs brought."""
        self.gained = (self.gained[0], self.gained[1] + gained)
        self.work = (self.work[0], self.work[1] + work + LEAST * needs)


def turns(market: Ints, needs: Ints) -> list[Turns]:
    """Each large market by itself and all small ones together, by the market and the needs of every bundle."""
    total = np.bincount(market, needs)
    group = np.where(total >= OWN, np.arange(len(total)), -1)[market]
    return [
        Turns(bundles, int(needs[bundles].sum()))
        for bundles in map(np.flatnonzero, (group == g for g in np.unique(group)))
    ]


def by_promise(every: list[Turns]) -> Iterator[Turns]:
    """Whose turn it is, again and again."""
    while every:
        yield max(every, key=lambda one: one.promise)
