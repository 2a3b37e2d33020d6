"""Which offers could serve which needs: filter after filter, counting how many are left after each.

The order is fixed, so that "which step emptied the list" means the same to everybody: kind, place, time, size,
requirements, visibility, and what somebody has already refused.

Needs that look among the same offers and ask in one shape are looked at together, so many at once that memory stays
small whatever is asked for.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import cache, lru_cache
from math import inf
from uuid import UUID

import numpy as np

from core.time.timing import Timing, Weekly
from marketplace.offers.models import Terms
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.candidates import CandidateBlock, Candidates, Filter
from marketplace.planning.candidates.capacity_profiles import FreeTime
from marketplace.planning.candidates.distances import Metres, Rows, position_of
from marketplace.planning.candidates.offer_table import OfferTable
from marketplace.planning.candidates.possible_times import Patterns, pattern_of
from marketplace.planning.snapshot.calendar import Mask, Minutes
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Requester, Snapshot
from matching.arrays import segments
from resources.families import family_of

MOST_NEEDS, MOST_PAIRS, MOST_CELLS = 500, 250_000, 1_000_000
"""Needs, pairs of a need and an offer, and possible times of these that are looked at in one go."""
MOST_PATTERNS = 1000
NOBODY = np.empty(0, np.int64)


class CandidateFilter:
    """Filters the offers of one snapshot for needs."""

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
        [block] = self.blocks([need])
        return block.candidates(0)

    def alike(self, needs: Iterable[OpenNeed]) -> Iterator[Sequence[OpenNeed]]:
        """Yield the needs in groups that can be looked at together; one that cannot be told to be like any, alone."""
        groups: dict[Hashable, list[OpenNeed]] = {}
        for need in needs:
            groups.setdefault(_likeness(need), []).append(need)
        for group in groups.values():
            size = MOST_NEEDS
            if len(group) > 1:
                size = min(size, max(1, MOST_PAIRS // max(1, len(self._table_of(group[0]).offers))))
            yield from (group[first : first + size] for first in range(0, len(group), size))

    def blocks(self, needs: Sequence[OpenNeed]) -> Iterator[CandidateBlock]:
        """Yield the offers that could serve needs of one group, see `alike`, for some of the needs at a time."""
        table = self._table_of(needs[0])
        of, rows, distances_m = _near(table, needs)
        patterns = [self._pattern(need.timing) for need in needs]
        pairs = segments.starts(of, len(needs))
        cells = np.cumsum(np.diff(pairs) * [len(each.starts) for each in patterns])
        first = 0
        while first < len(needs):
            before = cells[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(cells, before + MOST_CELLS, side="right")))
            some = slice(pairs[first], pairs[last])
            yield self._passing(
                CandidateBlock(
                    needs=needs[first:last],
                    table=table,
                    patterns=Patterns.of(patterns[first:last]),
                    of=of[some] - first,
                    rows=rows[some],
                    distances_m=distances_m[some],
                )
            )
            first = last

    def _table_of(self, need: OpenNeed) -> OfferTable:
        return self._table(need.family, family_of(need.family).keeps(need.requirements), need.kind)

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

    def _passing(self, near: CandidateBlock) -> CandidateBlock:
        """Of offers that are near enough those that pass all other filters too."""
        left = np.zeros((len(near.needs), len(Filter)), np.int64)
        left[:, 0], left[:, 1] = len(near.table.offers), np.bincount(near.of, minlength=len(near.needs))
        block = self._in_time(near)
        passed = np.ones(len(block), np.bool_)
        for step, passes in self._checks(block):
            passed &= passes
            passed &= self._suffices(block, passed, step)[block.of]
            left[:, list(Filter).index(step)] = np.bincount(block.of[passed], minlength=len(block.needs))
        return replace(block.where(passed), left=left)

    def _in_time(self, near: CandidateBlock) -> CandidateBlock:
        """Those that are open and free at one of the times, or for a series at half of those that lie ahead."""
        counted, capacity = near.table.counted[near.rows], near.table.capacity[near.rows]
        several, sizes = near.parts[near.of] > 1, near.sizes[near.of]
        # What an offer never has enough of fails on size, not on time.
        least = np.minimum(np.where(counted & ~several, sizes, 1), capacity)
        pieces = np.array_split(np.arange(len(near)), 1 + int(near.cells[-1]) // MOST_CELLS)
        free, is_open = zip(*(self._times(near, piece, least[piece]) for piece in pieces), strict=True)
        block = replace(
            near,
            amounts=np.where(counted, sizes, 1),
            most=capacity,
            free=np.concatenate(free),
            is_open=np.concatenate(is_open),
        )
        if near.patterns.shape.series:
            ahead = np.maximum(near.patterns.counts(near.patterns.starts >= self.snapshot.now), 1)
            block = block.where(block.free_counts * 2 >= ahead[near.of])
        else:
            block = block.where(block.free_counts > 0)
        if not several.any():
            return block
        return replace(block, most=np.where(block.parts[block.of] > 1, _most(block), block.most))

    def _times(self, near: CandidateBlock, pairs: Rows, least: Minutes) -> tuple[Mask, Mask]:
        """At which times some pairs are free, and at which open, end to end; offers have to have so much left."""
        table, patterns, shape = near.table, near.patterns, near.patterns.shape
        of, rows = near.of[pairs], near.rows[pairs]
        time, pair = segments.expand(patterns.first[of], patterns.first[of + 1])
        starts, ends = patterns.starts[time], patterns.ends[time]
        # What is handed over for good only has to change hands while the offer runs.
        is_open = table.runs(rows[pair], starts, starts + 1 if shape.for_good else ends)
        if not shape.whole_days:
            is_open &= _doors_open(table, patterns, of, rows)
        free = is_open & (starts >= self.snapshot.now)
        asked = np.flatnonzero(free & table.changing[rows][pair])
        free[asked] = table.least_left(rows[pair[asked]], starts[asked], ends[asked]) >= least[pair[asked]]
        return free, is_open

    def _checks(self, block: CandidateBlock) -> Iterator[tuple[Filter, Mask]]:
        """What is left to pass, for each pair that was found in time."""
        table, of, rows = block.table, block.of, block.rows
        requirements = [need.requirements for need in block.needs]
        yield Filter.TIME, np.ones(len(rows), np.bool_)
        large = table.family.large_enough(requirements, table.facts, of, rows)
        yield Filter.SIZE, large & ((block.parts[of] > 1) | (block.most >= block.amounts))
        yield Filter.REQUIREMENTS, table.family.suits(requirements, table.facts, of, rows)
        yield Filter.VISIBILITY, table.audiences.include(self._requesters(block.needs), of, rows)
        yield Filter.REFUSED, ~self._refused(block)

    def _requesters(self, needs: Sequence[OpenNeed]) -> list[Requester]:
        return [self.snapshot.requester(need) for need in needs]

    def _refused(self, block: CandidateBlock) -> Mask:
        refused = [
            n * len(block.table.offers) + block.table.row_of[offer_id]
            for n, need in enumerate(block.needs)
            for offer_id in self._refused_by.get(need.need_id, ())
            if offer_id in block.table.row_of
        ]
        found: Mask = np.isin(block.of * len(block.table.offers) + block.rows, refused)
        return found

    def _suffices(self, block: CandidateBlock, passed: Mask, step: Filter) -> Mask:
        """Tell of which needs what has passed so far is enough, (needs,).

        Of lots that may be put together all stay, unless not even the largest are enough. Where dates are served apart,
        some offer has to meet each of at least half of those to come.
        """
        enough = np.ones(len(block.needs), np.bool_)
        parts = block.parts
        if step is not Filter.TIME and (parts > 1).any():
            pairs = np.flatnonzero(passed & (parts > 1)[block.of])
            pairs = pairs[np.lexsort((-block.most[pairs], block.of[pairs]))]
            largest = pairs[segments.ranks(segments.starts(block.of[pairs], len(parts))) < parts[block.of[pairs]]]
            together = np.bincount(block.of[largest], block.most[largest], len(parts))
            enough &= (parts == 1) | (together >= [need.amount for need in block.needs])
        if block.patterns.shape.by_date:
            met = np.zeros(len(block.patterns.starts), np.bool_)
            met[block.times[block.free & np.repeat(passed, np.diff(block.cells))]] = True
            ahead = block.patterns.counts(block.patterns.starts >= self.snapshot.now)
            enough &= 2 * block.patterns.counts(met) >= ahead
        return enough


def _likeness(need: OpenNeed) -> Hashable:
    """What needs have to have in common to be looked at together: the offers, and the shape of their patterns."""
    try:
        return need.family, family_of(need.family).keeps(need.requirements), need.kind, _shape(need.timing)
    except Exception:  # whatever it is, it is this need's, and comes up again when it is looked at
        return need.need_id


def _shape(timing: Timing) -> Hashable:
    return type(timing), timing.same_resource if isinstance(timing, Weekly) else getattr(timing, "last", True) is None


def _near(table: OfferTable, needs: Sequence[OpenNeed]) -> tuple[Rows, Rows, Metres]:
    """Near enough; people also where they have said that they can work on site, or from anywhere if they may.

    Each need by its place, with an offer and how far that is.
    """
    is_near = np.zeros((len(needs), len(table.offers)), np.bool_)
    distances_m = np.full(is_near.shape, inf)
    limits_m = np.array([eligibility.reach_m(need) if position_of(need) is not None else -1 for need in needs])
    is_near[(limits_m < 0) | (limits_m == inf)] = True
    works_there = table.family.workplace is not None
    limited, measured = (limits_m >= 0) & (limits_m < inf), limits_m >= 0 if works_there else limits_m == inf
    near, rows, near_m = table.map.near([needs[n] for n in np.flatnonzero(limited).tolist()], limits_m[limited])
    at = np.flatnonzero(limited)[near]
    is_near[at, rows], distances_m[at, rows] = True, near_m
    distances_m[measured] = table.map.distances_m([needs[n] for n in np.flatnonzero(measured).tolist()])
    for n in np.flatnonzero(measured).tolist() if works_there else ():
        is_near[n, table.work_in.get(needs[n].municipality_code or "", NOBODY)] = True
        if eligibility.may_be_remote(needs[n]):
            is_near[n] |= table.remote
            distances_m[n, table.remote] = inf
    of, rows = np.nonzero(is_near)
    return of, rows, distances_m[of, rows]


def _doors_open(table: OfferTable, patterns: Patterns, of: Rows, rows: Rows) -> Mask:
    """At which times of each pair the doors are open, end to end; asked once for each need and opening hours."""
    openings = int(table.openings.max(initial=0)) + 1
    asked, which = np.unique(of * openings + table.openings[rows], return_inverse=True)
    time, pair = segments.expand(patterns.first[asked // openings], patterns.first[asked // openings + 1])
    is_open = table.doors_open(asked[pair] % openings, patterns.starts[time], patterns.ends[time])
    cells = np.searchsorted(pair, np.arange(len(asked) + 1))
    found: Mask = is_open[segments.expand(cells[which], cells[which + 1])[0]]
    return found


def _most(block: CandidateBlock) -> Minutes:
    """The most that can be taken of each: at one of the times, or through all of a series."""
    free = np.flatnonzero(block.free)
    pair = np.repeat(np.arange(len(block)), np.diff(block.cells))[free]
    time = block.times[free]
    amounts = block.table.least_left(block.rows[pair], block.patterns.starts[time], block.patterns.ends[time])
    best = np.minimum if block.patterns.shape.series else np.maximum
    most: Minutes = best.reduceat(amounts, segments.starts(pair, len(block))[:-1]) if len(block) else amounts
    return most
