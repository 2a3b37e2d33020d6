"""Options: the ways in which offers could serve a need, weighed, and cut to as many as the optimiser gets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import inf
from typing import TypeVar
from uuid import UUID

import numpy as np

from platsverket.core.timing import Flexible
from platsverket.marketplace.planning.market import Market, PooledOffer
from platsverket.marketplace.planning.patterns import Missing, spread
from platsverket.marketplace.planning.places import Rows
from platsverket.marketplace.planning.policy import Policy
from platsverket.marketplace.planning.sieve import Found
from platsverket.marketplace.planning.times import During, Mask
from platsverket.marketplace.planning.weighing import Weighed, weigh

LEAST_STARTS = 4
"""Options of each offer where the start is flexible."""
RANKS_PER_TURN = 3
"""A second time of the best offer comes after a first time of so many offers."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What an offer is to a need, whenever it is taken.

    `amount` is how much of the offer one option takes: 8 desks, 50 percent, or one thing where lots may be put
    together, up to `most`. `claims` are the ids of the units that it takes, each with how much. `terms` are its points
    by criterion, for all that the need asks for.
    """

    key: str
    offer: PooledOffer
    amount: int
    most: int
    claims: tuple[tuple[str, int], ...]
    distance_m: float | None
    terms: dict[str, int]
    points: int
    for_good: bool


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """An offer taken at certain times for a need (or for one date of it)."""

    key: str
    part: Part
    during: During
    missing: tuple[Missing, ...] = ()
    on: date | None = None

    @property
    def offer(self) -> PooledOffer:
        """The offer."""
        return self.part.offer

    @property
    def amount(self) -> int:
        """How much of the offer one option takes."""
        return self.part.amount

    @property
    def most(self) -> int:
        """How often it can be taken, where lots may be put together."""
        return self.part.most

    @property
    def distance_m(self) -> float | None:
        """How far away the offer is; None where that does not matter."""
        return self.part.distance_m

    @property
    def terms(self) -> dict[str, int]:
        """Its points by criterion."""
        return self.part.terms

    @property
    def points(self) -> int:
        """The sum of its terms."""
        return self.part.points

    @property
    def for_good(self) -> bool:
        """Whether it is taken without an end."""
        return self.part.for_good

    @property
    def takings(self) -> Iterator[tuple[UUID, int]]:
        """The units that it takes, each with how much."""
        return ((unit, of_one * self.part.amount) for unit, of_one in self.part.offer.units)


def options_of(market: Market, policy: Policy, found: Found, most: int) -> dict[date | None, list[Option]]:
    """Return a need's options, at most so many for each date that is served apart (None: there is no such date).

    A flexible start gives several options of an offer, the more the fewer offers there are.
    """
    if not len(found):
        return {}
    options, pattern = _Options(market, found, weigh(market, policy, found)), found.pattern
    if pattern.by_date:
        return dict(options.by_date(most))
    if pattern.series:
        return {None: options.of_series(most)}
    return {None: options.of_starts(most)}


class _Options:
    """Makes the options of one need, of no more offers than are chosen. A place is the position of an offer found."""

    def __init__(self, market: Market, found: Found, weighed: Weighed) -> None:
        self._market = market
        self._found = found
        self._weighed = weighed
        self._part = cache(self._made)

    def by_date(self, most: int) -> Iterator[tuple[date, list[Option]]]:
        """The best offers of each date."""
        found, dates = self._found, self._found.pattern.dates
        order = np.lexsort((found.shelf.order[found.rows], -self._weighed.points))
        free = found.free[order].T
        for n in np.flatnonzero(free.any(axis=1)).tolist():
            during, on = (found.pattern.at(n),), dates[n]
            parts = [self._part(place) for place in order[np.flatnonzero(free[n])[:most]].tolist()]
            yield on, [Option(part.key, part, during, (), on) for part in parts]

    def of_series(self, most: int) -> list[Option]:
        """The best offers, each with the dates that it serves; offers with the same dates share them."""
        known: dict[bytes, tuple[During, tuple[Missing, ...]]] = {}
        options = []
        for place in self._best(most).tolist():
            free, is_open = self._found.free[place], self._found.is_open[place]
            key = free.tobytes() + is_open.tobytes()
            if key not in known:
                known[key] = self._dates(free, is_open)
            part = self._part(place)
            options.append(Option(part.key, part, *known[key]))
        return options

    def of_starts(self, most: int) -> list[Option]:
        """The best offers, with one possible time or several of each."""
        starts = max(LEAST_STARTS, most // len(self._found))
        by_offer = [self._starts(place, starts) for place in self._best(most).tolist()]
        options = [self._at(place, n) for place, n in best_and_diverse(by_offer, most)]
        return sorted(options, key=lambda option: (-option.points, option.during[0], option.key))

    def _best(self, most: int) -> Rows:
        """The places of the best offers; of equals those that are free first."""
        found = self._found
        first = found.pattern.starts[found.free.argmax(axis=1)]
        best: Rows = np.lexsort((found.shelf.order[found.rows], first, -self._weighed.points))[:most]
        return best

    def _starts(self, place: int, most: int) -> list[tuple[int, int]]:
        times = np.flatnonzero(self._found.free[place])
        return [(place, int(times[n])) for n in spread(len(times), most)]

    def _at(self, place: int, n: int) -> Option:
        part, span = self._part(place), self._found.pattern.at(n)
        if not isinstance(self._found.need.timing, Flexible):
            return Option(part.key, part, (span,))
        return Option(f"{part.key}@{self._market.calendar.instant(span[0]):%Y-%m-%dT%H:%MZ}", part, (span,))

    def _dates(self, free: Mask, is_open: Mask) -> tuple[During, tuple[Missing, ...]]:
        """When a series takes place, and which dates it misses."""
        pattern, now = self._found.pattern, self._market.now
        during = tuple(pattern.at(n) for n in np.flatnonzero(free).tolist())
        missing = tuple(
            Missing(pattern.dates[n], "past" if pattern.starts[n] < now else "taken" if is_open[n] else "closed")
            for n in np.flatnonzero(~free).tolist()
        )
        return during, missing

    def _made(self, place: int) -> Part:
        found, need = self._found, self._found.need
        row, distance_m = int(found.rows[place]), float(found.distances_m[place])
        terms = self._weighed.of(place)
        several = need.parts > 1
        amount = 1 if several else int(found.amounts[place])
        return Part(
            key=found.shelf.keys[row],
            offer=found.shelf.offers[row],
            amount=amount,
            claims=tuple((unit, of_one * amount) for unit, of_one in found.shelf.units[row]),
            most=min(int(found.most[place]), need.amount) if several else 1,
            distance_m=None if distance_m == inf else distance_m,
            terms=terms,
            points=sum(terms.values()),
            for_good=found.pattern.for_good,
        )


def best_and_diverse(by_offer: Sequence[Sequence[T]], most: int) -> list[T]:
    """Return at most so many times of offers, the best offers first: half of them several of the best, the rest others.

    Which times of an offer come first differs from offer to offer, so that not all want the same hour.
    """
    turns = [
        (rank, turn, of_offer[(rank + turn) % len(of_offer)])
        for rank, of_offer in enumerate(by_offer)
        for turn in range(len(of_offer))
    ]
    turns.sort(key=lambda each: (each[0] + RANKS_PER_TURN * each[1], each[1]))
    best, rest = turns[: most - most // 2], turns[most - most // 2 :]
    rest.sort(key=lambda each: each[1] > 0)  # a first time before any second one; else as it was
    return [option for _, _, option in best + rest[: most // 2]]
