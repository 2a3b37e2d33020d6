"""Which offers could serve a need: filter after filter, counting how many are left after each.

The order is fixed, so that "which step emptied the list" means the same to everybody: kind, place, time, size,
requirements, visibility, and what somebody has already refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from platsverket.core.suitability import Fit, Step
from platsverket.marketplace.offers.models import Terms
from platsverket.marketplace.planning import suiting
from platsverket.marketplace.planning.free import FreeTime
from platsverket.marketplace.planning.market import Market, PooledOffer
from platsverket.marketplace.planning.patterns import Pattern, Ways, pattern_of
from platsverket.marketplace.planning.places import Map, Metres, position_of
from platsverket.marketplace.planning.times import Mask
from platsverket.marketplace.requests.queries import PooledNeed
from platsverket.resources.models import Family
from platsverket.resources.requirements import FurnitureRequirements


class Filter(StrEnum):
    """The filters in their order, as reasons name them."""

    KIND = "kind"
    PLACE = "place"
    TIME = "time"
    SIZE = "size"
    REQUIREMENTS = "requirements"
    VISIBILITY = "visibility"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An offer that could serve a need, in what ways, how much of it at most, how far away, and how well it fits."""

    offer: PooledOffer
    ways: Ways
    amount: int
    most: int
    distance_m: float | None
    fit: Fit


@dataclass(frozen=True)
class Sifted:
    """How many offers were left after each filter, and those that passed them all."""

    left: dict[Filter, int]
    found: Sequence[Found]

    @property
    def emptied_by(self) -> Filter | None:
        """The filter that left none; None if some passed."""
        return next((step for step, left in self.left.items() if not left), None)


@dataclass(frozen=True, eq=False)
class _Shelf:
    """The offers of one family, with what is the same for every need that looks there."""

    offers: Sequence[PooledOffer]

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        return np.array([offer.kind for offer in self.offers], np.str_)

    @cached_property
    def for_good(self) -> Mask:
        return np.array([offer.terms is Terms.HAND_OVER for offer in self.offers], np.bool_)

    @cached_property
    def map(self) -> Map:
        return Map(self.offers)


class Sieve:
    """Sifts the offers of one market for one need after the other."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.free = FreeTime(market)
        self._shelves = {
            family: _Shelf([offer for offer in market.offers if offer.family is family]) for family in Family
        }

    def sift(self, need: PooledNeed) -> Sifted:
        """Return the offers that could serve the need."""
        shelf = self._shelves[need.family]
        right_kind = self._right_kind(shelf, need)
        near, distances_m = self._near(shelf, need)
        left = {Filter.KIND: int(right_kind.sum()), Filter.PLACE: int((right_kind & near).sum())}
        candidates = [shelf.offers[n] for n in np.flatnonzero(right_kind & near).tolist()]
        metres = [None if d == inf else float(d) for d in distances_m[right_kind & near]]

        pattern = pattern_of(need.timing, self.market.calendar, self.market.now)
        found = self._found_in_time(need, pattern, list(zip(candidates, metres, strict=True)))
        unmet = {each.offer.offer_id: {fault.code for fault in suiting.unmet(need, each.offer)} for each in found}
        requester = self.market.requester(need)
        checks: dict[Filter, Callable[[Found], bool]] = {
            Filter.TIME: lambda _: True,
            Filter.SIZE: lambda each: Step.SIZE not in unmet[each.offer.offer_id] and _is_enough(need, each),
            Filter.REQUIREMENTS: lambda each: not unmet[each.offer.offer_id],
            Filter.VISIBILITY: lambda each: each.offer.audience.includes(requester),
            Filter.REFUSED: lambda each: (need.need_id, each.offer.offer_id) not in self.market.refused,
        }
        for step, passes in checks.items():
            found = [each for each in found if passes(each)]
            if not (_suffice_together(need, found) or step is Filter.TIME) or not self._meet_dates(pattern, found):
                found = []
            left[step] = len(found)
        return Sifted(left, found)

    def _right_kind(self, shelf: _Shelf, need: PooledNeed) -> Mask:
        """The kind asked for, lent or handed over as asked."""
        wants_to_keep = isinstance(need.requirements, FurnitureRequirements) and need.requirements.to_keep
        right: Mask = shelf.for_good == wants_to_keep
        return right if need.kind is None else right & (shelf.kinds == need.kind)

    def _near(self, shelf: _Shelf, need: PooledNeed) -> tuple[Mask, Metres]:
        """Near enough; staff also where it has said that it can work on site, or from anywhere where it may."""
        here = position_of(need)
        if here is None:
            return np.ones(len(shelf.offers), np.bool_), np.full(len(shelf.offers), inf)
        distances_m = shelf.map.distances_m(here)
        limit_m = suiting.reach_m(need)
        near = shelf.map.within(need, distances_m, limit_m) if limit_m < inf else np.ones(len(shelf.offers), np.bool_)
        if need.family is Family.STAFF:
            for n, offer in enumerate(shelf.offers):
                if suiting.works_remotely(need, offer):
                    near[n], distances_m[n] = True, inf
                elif suiting.works_there(need, offer):
                    near[n] = True
        return near, distances_m

    def _found_in_time(
        self, need: PooledNeed, pattern: Pattern, candidates: list[tuple[PooledOffer, float | None]]
    ) -> list[Found]:
        found = []
        for offer, distance_m in candidates:
            amount = suiting.amount_of(need, offer)
            capacity = suiting.capacity_of(offer, self.market.capacities)
            # What the offer never has enough of fails on size, not on time.
            at_least = 1 if need.parts > 1 else min(amount, capacity)
            is_open = self.free.open_for(offer, pattern)
            if not is_open.any():
                continue
            ways = pattern.ways(is_open & self.free.free_for(offer, at_least, pattern), self.market.now, is_open)
            if ways is not None:
                most = self._most(offer, ways) if need.parts > 1 else capacity
                found.append(Found(offer, ways, amount, most, distance_m, suiting.fit(need, offer)))
        return found

    def _most(self, offer: PooledOffer, ways: Ways) -> int:
        """The most that can be taken: at one of the times, or through all of a series."""
        amounts = (self.free.most(offer, start, end) for start, end in ways.spans)
        return min(amounts) if ways.pattern.series else max(amounts)

    def _meet_dates(self, pattern: Pattern, found: Sequence[Found]) -> bool:
        """Tell whether at least half of the dates to come are met by some offer, where dates are served apart."""
        dates = {on for each in found for on in each.ways.dates}
        return not pattern.by_date or 2 * len(dates) >= pattern.ahead(self.market.now)


def _is_enough(need: PooledNeed, found: Found) -> bool:
    return need.parts > 1 or found.most >= found.amount


def _suffice_together(need: PooledNeed, found: Sequence[Found]) -> bool:
    """Of lots that may be put together all stay, unless not even the largest are enough."""
    largest = sorted((each.most for each in found), reverse=True)[: need.parts]
    return need.parts == 1 or sum(largest) >= need.amount
