"""Chance that can be repeated: choices, sizes and keys that follow from a seed."""

import math
import random
from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Chance(random.Random):
    """A source of chance; the same seed gives the same choices."""

    def of(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, as often as its weight is of the whole."""
        return self.choices(list(weights), list(weights.values()))[0]

    def happens(self, share: float) -> bool:
        """Say whether something happens that happens this often, 0 to 1."""
        return self.random() < share

    def size(self, median: float, spread: float, least: int, most: int) -> int:
        """Return a size: half are below the median, few are very large, as sizes are in life.

        Two thirds lie between the median divided by `spread` and the median times it.
        """
        return round(min(most, max(least, self.lognormvariate(math.log(median), math.log(spread)))))

    def some(self, things: Mapping[T, float]) -> frozenset[T]:
        """Return some of the keys, each as often as its weight says, 0 to 1."""
        return frozenset(thing for thing, share in things.items() if self.happens(share))


class Keys:
    """UUIDv7 keys that follow from chance: in order, of some milliseconds from an instant on, never the same twice.

    The counter stands in their first half: to a GiST index of btree_gist all keys are alike that have that in common.
    """

    def __init__(self, chance: Chance, instant_ms: int) -> None:
        self._chance, self._instant_ms, self._count = chance, instant_ms, 0

    def next(self) -> UUID:
        """Return the next key: time, a counter where RFC 9562 allows one, chance."""
        later_ms, counter = divmod(self._count, 1 << 12)
        self._count += 1
        time = self._instant_ms + later_ms
        return UUID(int=(time << 80) | (7 << 76) | (counter << 64) | (2 << 62) | self._chance.getrandbits(62))
