"""Which offers could serve a need: filter after filter, counting how many are left after each.

The order is fixed, so that "which step emptied the list" means the same to everybody: kind, place, time, size,
requirements, visibility, and what somebody has already refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
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
from marketplace.planning.candidates.offer_table import OfferTable
from marketplace.planning.candidates.possible_times import Pattern, pattern_of
from marketplace.planning.snapshot.calendar import Mask, Minutes
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from resources.families import family_of

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
class Candidates:
    """Offers that could serve a need: rows of a table, and of each how much and when.

    `distances_m` is infinite where distance does not matter, `amounts` is how much of each the need takes, `most` how
    much could be taken. `free` and `is_open` have the shape (rows, times of the pattern): free is what is open, not
    taken and still ahead. `left` is how many offers were left after each filter.
    """

    need: OpenNeed
    table: OfferTable
    pattern: Pattern
    rows: Rows
    distances_m: Metres
    amounts: Minutes
    most: Minutes
    free: Mask
    is_open: Mask
    left: Mapping[Filter, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def offers(self) -> list[OpenOffer]:
        """The offers, in the order of the snapshot."""
        return [self.table.offers[row] for row in self.rows.tolist()]

    @property
    def emptied_by(self) -> Filter | None:
        """The filter that left none; None if some passed."""
        return next((step for step, left in self.left.items() if not left), None)

    def where(self, mask: Mask) -> "Candidates":
        """Return those for which the mask holds."""
        if mask.all():
            return self
        kept = np.flatnonzero(mask)
        return Candidates(
            need=self.need,
            table=self.table,
            pattern=self.pattern,
            rows=self.rows[kept],
            distances_m=self.distances_m[kept],
            amounts=self.amounts[kept],
            most=self.most[kept],
            free=self.free[kept],
            is_open=self.is_open[kept],
            left=self.left,
        )


class CandidateFilter:
    """Filters the offers of one snapshot for one need after the other."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.free = FreeTime(snapshot)
        self._table = cache(self._fill)
        self._refused_by: dict[UUID, list[UUID]] = {}
        for need_id, offer_id in snapshot.refused:
            self._refused_by.setdefault(need_id, []).append(offer_id)
        self._pattern = lru_cache(MOST_PATTERNS)(lambda timing: pattern_of(timing, snapshot.calendar, snapshot.now))

    def asking(self, needs: Sequence[OpenNeed]) -> "CandidateFilter":
        """Return the same filters of the same offers for other needs, with all that is known of the offers by now."""
        other = copy(self)
        other.snapshot = replace(self.snapshot, needs=needs)
        return other

    def apply(self, need: OpenNeed) -> Candidates:
        """Return the offers that could serve the need."""
        for_good = family_of(need.family).keeps(need.requirements)
        table = self._table(need.family, for_good, need.kind)
        rows, distances_m = self._near(table, need)
        left = {Filter.KIND: len(table.offers), Filter.PLACE: len(rows)}
        candidates = self._in_time(need, table, rows, distances_m)
        passed = np.ones(len(candidates), np.bool_)
        for step, passes in self._checks(candidates):
            passed &= passes
            suffice = step is Filter.TIME or _suffice_together(need, candidates.most[passed])
            if not suffice or not self._meet_dates(candidates.pattern, candidates.free[passed]):
                passed[:] = False
            left[step] = int(passed.sum())
        return replace(candidates.where(passed), left=left)

    def _fill(self, family: str, for_good: bool, kind: str | None) -> OfferTable:
        """The kind asked for, lent or handed over as asked."""
        offers = [
            offer
            for offer in self.snapshot.offers
            if offer.family == family
            and (offer.terms is Terms.HAND_OVER) == for_good
            and (kind is None or offer.kind == kind)
        ]
        return OfferTable(self.snapshot, self.free, family, offers)

    def _near(self, table: OfferTable, need: OpenNeed) -> tuple[Rows, Metres]:
        """Near enough; people also where they have said that they can work on site, or from anywhere if they may."""
        here = position_of(need)
        if here is None:
            return table.all, np.full(len(table.offers), inf)
        limit_m = eligibility.reach_m(need)
        if family_of(need.family).workplace is not None:
            return _people_near(table, need, here, limit_m)
        if limit_m < inf:
            return table.map.near(need, here, limit_m)
        return table.all, table.map.distances_m(here)

    def _in_time(self, need: OpenNeed, table: OfferTable, rows: Rows, distances_m: Metres) -> Candidates:
        """Those that are open and free at one of the times, or for a series at half of those that lie ahead."""
        pattern = self._pattern(need.timing)
        pieces = 1 + len(rows) * len(pattern.starts) // MOST_CELLS
        split = np.array_split(rows, pieces) if pieces > 1 else [rows]
        free, is_open = zip(*(self._times(need, table, piece, pattern) for piece in split), strict=True)
        amounts = table.amounts(eligibility.size_of(need))[rows]
        candidates = Candidates(
            need=need,
            table=table,
            pattern=pattern,
            rows=rows,
            distances_m=distances_m,
            amounts=amounts,
            most=table.capacity[rows],
            free=_end_to_end(free),
            is_open=_end_to_end(is_open),
        )
        if pattern.series:
            candidates = candidates.where(candidates.free.sum(axis=1) * 2 >= max(pattern.ahead(self.snapshot.now), 1))
        else:
            candidates = candidates.where(np.asarray(candidates.free.any(axis=1)))
        return replace(candidates, most=_most(candidates)) if need.parts > 1 else candidates

    def _times(self, need: OpenNeed, table: OfferTable, rows: Rows, pattern: Pattern) -> tuple[Mask, Mask]:
        is_open = table.open_for(rows, pattern)
        at_least = 1 if need.parts > 1 else eligibility.size_of(need)
        free = is_open & table.free_for(rows, at_least, pattern) & (pattern.starts >= self.snapshot.now)
        return free, is_open

    def _checks(self, candidates: Candidates) -> Iterator[tuple[Filter, Mask]]:
        """What is left to pass, for each of those that were found in time."""
        need, table, rows = candidates.need, candidates.table, candidates.rows
        yield Filter.TIME, np.ones(len(rows), np.bool_)
        large = table.family.large_enough(need.requirements, table.facts, rows)
        yield Filter.SIZE, large if need.parts > 1 else large & (candidates.most >= candidates.amounts)
        yield Filter.REQUIREMENTS, large & table.family.suits(need.requirements, table.facts, rows)
        yield Filter.VISIBILITY, table.audiences.include(self.snapshot.requester(need), rows)
        refused = self._refused_by.get(need.need_id, ())
        yield Filter.REFUSED, ~np.isin(rows, [table.row_of.get(offer_id, -1) for offer_id in refused])

    def _meet_dates(self, pattern: Pattern, free: Mask) -> bool:
        """Tell whether at least half of the dates to come are met by some offer, where dates are served apart."""
        return not pattern.by_date or 2 * int(free.any(axis=0).sum()) >= pattern.ahead(self.snapshot.now)


def _people_near(table: OfferTable, need: OpenNeed, here: Position, limit_m: float) -> tuple[Rows, Metres]:
    distances_m = table.map.distances_m(here)
    near = np.full(len(distances_m), limit_m == inf)
    if limit_m < inf:
        near[table.map.near(need, here, limit_m)[0]] = True
    near[table.work_in.get(need.municipality_code or "", NOBODY)] = True
    if eligibility.may_be_remote(need):
        near |= table.remote
        distances_m[table.remote] = inf
    rows = np.flatnonzero(near)
    return rows, distances_m[rows]


def _end_to_end(masks: Sequence[Mask]) -> Mask:
    return np.concatenate(masks) if len(masks) > 1 else masks[0]


def _most(candidates: Candidates) -> Minutes:
    """The most that can be taken of each: at one of the times, or through all of a series."""
    places, times = np.nonzero(candidates.free)
    starts, ends = candidates.pattern.starts[times], candidates.pattern.ends[times]
    amounts = candidates.table.least_left(candidates.rows[places], starts, ends)
    first = np.searchsorted(places, np.arange(len(candidates)))
    best = np.minimum if candidates.pattern.series else np.maximum
    most: Minutes = best.reduceat(amounts, first) if len(candidates) else amounts
    return most


def _suffice_together(need: OpenNeed, most: Minutes) -> bool:
    """Of lots that may be put together all stay, unless not even the largest are enough."""
    return need.parts == 1 or int(np.sort(most)[::-1][: need.parts].sum()) >= need.amount
