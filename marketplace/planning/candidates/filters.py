"""Which offers could serve a need: filter after filter, counting how many are left after each.

The order is fixed, so that "which step emptied the list" means the same to everybody: kind, place, time, size,
requirements, visibility, and what somebody has already refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from math import inf
from uuid import UUID

import numpy as np

from core.geo import Position
from marketplace.offers.models import Terms
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.capacity_profiles import FreeTime
from marketplace.planning.candidates.distances import Metres, Rows, position_of
from marketplace.planning.candidates.offer_table import Shelf
from marketplace.planning.candidates.possible_times import Pattern, pattern_of
from marketplace.planning.snapshot.calendar import Mask, Minutes
from marketplace.planning.snapshot.market import Market, PooledOffer
from marketplace.planning.snapshot.open_needs import PooledNeed
from resources.models import Family
from resources.requirements import FurnitureRequirements

MOST_CELLS = 1_000_000
"""Possible times of offers that are looked at in one go, so that memory stays small whatever is asked for."""
MOST_PATTERNS = 1000
NOBODY = np.empty(0, np.int64)


class Filter(StrEnum):
    """The filters in their order, as reasons name them."""

    KIND = "kind"
    PLACE = "place"
    TIME = "time"
    SIZE = "size"
    REQUIREMENTS = "requirements"
    VISIBILITY = "visibility"
    REFUSED = "refused"


@dataclass(frozen=True, eq=False)
class Found:
    """Offers that could serve a need: rows of a shelf, and of each how much and when.

    `distances_m` is infinite where distance does not matter, `amounts` is how much of each the need takes, `most` how
    much could be taken. `free` and `is_open` have the shape (rows, times of the pattern): free is what is open, not
    taken and still ahead.
    """

    need: PooledNeed
    shelf: Shelf
    pattern: Pattern
    rows: Rows
    distances_m: Metres
    amounts: Minutes
    most: Minutes
    free: Mask
    is_open: Mask

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def offers(self) -> list[PooledOffer]:
        """The offers, in the order of the market."""
        return [self.shelf.offers[row] for row in self.rows.tolist()]

    def where(self, mask: Mask) -> "Found":
        """Return those for which the mask holds."""
        if mask.all():
            return self
        kept = np.flatnonzero(mask)
        return Found(
            need=self.need,
            shelf=self.shelf,
            pattern=self.pattern,
            rows=self.rows[kept],
            distances_m=self.distances_m[kept],
            amounts=self.amounts[kept],
            most=self.most[kept],
            free=self.free[kept],
            is_open=self.is_open[kept],
        )


@dataclass(frozen=True)
class Sifted:
    """How many offers were left after each filter, and those that passed them all."""

    left: dict[Filter, int]
    found: Found

    @property
    def emptied_by(self) -> Filter | None:
        """The filter that left none; None if some passed."""
        return next((step for step, left in self.left.items() if not left), None)


class Sieve:
    """Sifts the offers of one market for one need after the other."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.free = FreeTime(market)
        self._shelf = cache(self._fill)
        self._refused_by: dict[UUID, list[UUID]] = {}
        for need_id, offer_id in market.refused:
            self._refused_by.setdefault(need_id, []).append(offer_id)
        self._pattern = lru_cache(MOST_PATTERNS)(lambda timing: pattern_of(timing, market.calendar, market.now))

    def sift(self, need: PooledNeed) -> Sifted:
        """Return the offers that could serve the need."""
        wants_to_keep = isinstance(need.requirements, FurnitureRequirements) and need.requirements.to_keep
        shelf = self._shelf(need.family, wants_to_keep, need.kind)
        rows, distances_m = self._near(shelf, need)
        left = {Filter.KIND: len(shelf.offers), Filter.PLACE: len(rows)}
        found = self._in_time(need, shelf, rows, distances_m)
        passed = np.ones(len(found), np.bool_)
        for step, passes in self._checks(found):
            passed &= passes
            suffice = step is Filter.TIME or _suffice_together(need, found.most[passed])
            if not suffice or not self._meet_dates(found.pattern, found.free[passed]):
                passed[:] = False
            left[step] = int(passed.sum())
        return Sifted(left, found.where(passed))

    def _fill(self, family: Family, for_good: bool, kind: str | None) -> Shelf:
        """The kind asked for, lent or handed over as asked."""
        offers = [
            offer
            for offer in self.market.offers
            if offer.family is family
            and (offer.terms is Terms.HAND_OVER) == for_good
            and (kind is None or offer.kind == kind)
        ]
        return Shelf(self.market, self.free, family, offers)

    def _near(self, shelf: Shelf, need: PooledNeed) -> tuple[Rows, Metres]:
        """Near enough; staff also where it has said that it can work on site, or from anywhere where it may."""
        here = position_of(need)
        if here is None:
            return shelf.all, np.full(len(shelf.offers), inf)
        limit_m = eligibility.reach_m(need)
        if need.family is Family.STAFF:
            return _staff_near(shelf, need, here, limit_m)
        if limit_m < inf:
            return shelf.map.near(need, here, limit_m)
        return shelf.all, shelf.map.distances_m(here)

    def _in_time(self, need: PooledNeed, shelf: Shelf, rows: Rows, distances_m: Metres) -> Found:
        """Those that are open and free at one of the times, or for a series at half of those that lie ahead."""
        pattern = self._pattern(need.timing)
        pieces = 1 + len(rows) * len(pattern.starts) // MOST_CELLS
        split = np.array_split(rows, pieces) if pieces > 1 else [rows]
        free, is_open = zip(*(self._times(need, shelf, piece, pattern) for piece in split), strict=True)
        amounts = shelf.amounts(eligibility.size_of(need))[rows]
        found = Found(
            need=need,
            shelf=shelf,
            pattern=pattern,
            rows=rows,
            distances_m=distances_m,
            amounts=amounts,
            most=shelf.capacity[rows],
            free=_end_to_end(free),
            is_open=_end_to_end(is_open),
        )
        if pattern.series:
            found = found.where(found.free.sum(axis=1) * 2 >= max(pattern.ahead(self.market.now), 1))
        else:
            found = found.where(np.asarray(found.free.any(axis=1)))
        return replace(found, most=_most(found)) if need.parts > 1 else found

    def _times(self, need: PooledNeed, shelf: Shelf, rows: Rows, pattern: Pattern) -> tuple[Mask, Mask]:
        is_open = shelf.open_for(rows, pattern)
        at_least = 1 if need.parts > 1 else eligibility.size_of(need)
        free = is_open & shelf.free_for(rows, at_least, pattern) & (pattern.starts >= self.market.now)
        return free, is_open

    def _checks(self, found: Found) -> Iterator[tuple[Filter, Mask]]:
        """What is left to pass, for each of those that were found in time."""
        need, shelf, rows = found.need, found.shelf, found.rows
        yield Filter.TIME, np.ones(len(rows), np.bool_)
        large = shelf.qualities.is_large_enough(need.requirements, rows)
        yield Filter.SIZE, large if need.parts > 1 else large & (found.most >= found.amounts)
        yield Filter.REQUIREMENTS, large & shelf.qualities.suits(need.requirements, rows)
        yield Filter.VISIBILITY, shelf.audiences.include(self.market.requester(need), rows)
        refused = self._refused_by.get(need.need_id, ())
        yield Filter.REFUSED, ~np.isin(rows, [shelf.row_of.get(offer_id, -1) for offer_id in refused])

    def _meet_dates(self, pattern: Pattern, free: Mask) -> bool:
        """Tell whether at least half of the dates to come are met by some offer, where dates are served apart."""
        return not pattern.by_date or 2 * int(free.any(axis=0).sum()) >= pattern.ahead(self.market.now)


def _staff_near(shelf: Shelf, need: PooledNeed, here: Position, limit_m: float) -> tuple[Rows, Metres]:
    distances_m = shelf.map.distances_m(here)
    near = np.full(len(distances_m), limit_m == inf)
    if limit_m < inf:
        near[shelf.map.near(need, here, limit_m)[0]] = True
    near[shelf.work_in.get(need.municipality_code or "", NOBODY)] = True
    if eligibility.may_be_remote(need):
        near |= shelf.remote
        distances_m[shelf.remote] = inf
    rows = np.flatnonzero(near)
    return rows, distances_m[rows]


def _end_to_end(masks: Sequence[Mask]) -> Mask:
    return np.concatenate(masks) if len(masks) > 1 else masks[0]


def _most(found: Found) -> Minutes:
    """The most that can be taken of each: at one of the times, or through all of a series."""
    places, times = np.nonzero(found.free)
    starts, ends = found.pattern.starts[times], found.pattern.ends[times]
    amounts = found.shelf.least_left(found.rows[places], starts, ends)
    first = np.searchsorted(places, np.arange(len(found)))
    best = np.minimum if found.pattern.series else np.maximum
    most: Minutes = best.reduceat(amounts, first) if len(found) else amounts
    return most


def _suffice_together(need: PooledNeed, most: Minutes) -> bool:
    """Of lots that may be put together all stay, unless not even the largest are enough."""
    return need.parts == 1 or int(np.sort(most)[::-1][: need.parts].sum()) >= need.amount
