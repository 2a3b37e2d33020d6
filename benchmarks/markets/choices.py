"""Which offers could serve what is wanted in a synthetic market."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.markets.offers import KM_PER_DEGREE, PERSON, Offers
from benchmarks.markets.towns import towns
from benchmarks.markets.wants import WANTED, Wants
from matching.arrays.arrays import Floats, Ints

Pairs = tuple[Ints, Ints, Floats]
"""Wants, offers and the kilometres between them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Which offer could serve which want, `late` shifts after its start: one place per option, in order of wants."""

    want: Ints
    offer: Ints
    late: Ints
    km: Floats


class Choosing:
    """For each want the nearest suitable offers and some further away, each at every possible start.

    Works family by family and town by town, so that memory stays small.
    """

    def __init__(self, wants: Wants, offers: Offers, options: int, random: Generator) -> None:
        self._wants = wants
        self._offers = offers
        self._random = random
        self._towns, _ = towns()
        picky = random.random(len(wants.family)) < 0.2
        most = np.where(picky, random.integers(2, max(3, options), len(picky)), options)
        self._limit = np.maximum(1, most // wants.starts)

    def choices(self) -> Choices:
        """All of them, each want's by distance; at most as many for each want as it has options."""
        pairs = [pair for family in range(len(WANTED)) for pair in self._pairs(family)]
        want, offer, km = (np.concatenate(column) for column in zip(*pairs, strict=True))
        order = np.lexsort((km, want))
        want, offer, km = want[order], offer[order], km[order]
        times = self._wants.starts[want]
        late = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        return Choices(np.repeat(want, times), np.repeat(offer, times), late, np.repeat(km, times))

    def _pairs(self, family: int) -> Iterator[Pairs]:
        of_family = np.flatnonzero(self._offers.family == family)
        town_of = self._offers.town[of_family]
        for town in range(len(self._towns)):
            here = np.flatnonzero((self._wants.family == family) & (self._wants.town == town))
            near = of_family[np.isin(town_of, self._towns_around(town, town_of))]
            for some in np.array_split(here, 1 + len(here) * len(near) // 4_000_000):
                yield self._nearest(some, near)

    def _towns_around(self, town: int, offered: Ints, enough: int = 150) -> Ints:
        """The nearest towns that have enough offers between them."""
        order = np.argsort(_km(self._towns[[town]], self._towns)[0])
        counts = np.cumsum(np.bincount(offered, minlength=len(self._towns))[order])
        return order[: 1 + np.searchsorted(counts, enough)]

    def _nearest(self, some: Ints, near: Ints) -> Pairs:
        """Of the offers near some wants, as many of the nearest as each may have."""
        km = _km(self._wants.position[some], self._offers.position[near])
        km[~self._suits(some, near)] = np.inf
        # Stretching distances by chance lets some that are further away in among the nearest.
        stretched = km * self._random.choice([1.0, 3.0], km.shape, p=[0.6, 0.4])
        limit = self._limit[some]
        width = min(len(near), int(limit.max(initial=1)))
        ranked = np.argpartition(stretched, width - 1, axis=1)[:, :width]
        order = np.argsort(np.take_along_axis(stretched, ranked, axis=1), axis=1)
        ranked = np.take_along_axis(ranked, order, axis=1)
        found = np.take_along_axis(km, ranked, axis=1)
        kept = np.isfinite(found) & (np.arange(width) < limit[:, None])
        return np.broadcast_to(some[:, None], kept.shape)[kept], near[ranked][kept], found[kept]

    def _suits(self, some: Ints, near: Ints) -> NDArray[np.bool_]:
        """Enough seats, the right skill, enough of it; (some, near)."""
        wants, offers = self._wants, self._offers
        wanted, size = wants.size[some, None], offers.size[None, near]
        person = (wants.family[some] == PERSON)[:, None]
        enough = wants.load[some, None] <= offers.capacity[None, near]
        return enough & np.where(person, wanted == size, wanted <= size)


def _km(one: Floats, other: Floats) -> Floats:
    """Kilometres on a flat map, (one, other); within Sweden close enough for a synthetic market."""
    north = one[:, None, 0] - other[None, :, 0]
    east = (one[:, None, 1] - other[None, :, 1]) * np.cos(np.radians(one[:, None, 0]))
    km: Floats = np.hypot(north, east) * KM_PER_DEGREE
    return km
