"""Which offers could serve which needs: filter after filter, counting how many are left after each.

The order is fixed, so that "which step emptied the list" means the same to everybody: kind, place, time, size,
requirements, visibility, what the rules for loans of people and the hours agreed with a network allow, and what
somebody has already refused. Whoever asks is told how many of the offers were left that they may see (`seen`), so that
the numbers tell nothing of those that are hidden from them.

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

from core.time.timing import Timing, Weekly, most_times
from marketplace.offers.models import Terms
from marketplace.planning.candidates import eligibility, loans
from marketplace.planning.candidates.candidates import CandidateBlock, Candidates, Filter, Lines
from marketplace.planning.candidates.capacity_profiles import FreeTime
from marketplace.planning.candidates.distances import Metres, Rows, position_of, seat_of
from marketplace.planning.candidates.network_hours import NetworkHours, network_of
from marketplace.planning.candidates.offer_table import OfferTable
from marketplace.planning.candidates.possible_times import Pattern, Patterns, pattern_of
from marketplace.planning.snapshot.calendar import Mask, Minutes
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Requester, Snapshot
from matching.arrays import segments
from resources.families import family_of

MOST_NEEDS, MOST_PAIRS, MOST_CELLS = 500, 250_000, 1_000_000
"""Needs, pairs of a need and an offer, and possible times of these that are looked at in one go."""
MOST_CELLS_TOGETHER = 5 * MOST_CELLS
"""Of needs that are looked at before anything else is: so that whoever asks for too much is soon told apart."""
LEAST_STARTS = 20
"""Possible times of a flexible need at least, however many offers there are."""
MOST_PATTERNS = 1000
NOBODY = np.empty(0, np.int64)


class CandidateFilter:
    """Filters the offers of one snapshot for needs."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.free = FreeTime(snapshot)
        self.network_hours = NetworkHours(snapshot)
        self._table = cache(self._fill)
        self._refused_by: dict[UUID, list[UUID]] = {}
        for need_id, offer_id in snapshot.refused:
            self._refused_by.setdefault(need_id, []).append(offer_id)
        self._shown_counts: dict[tuple[int, Requester], int] = {}
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
        """Yield the needs in groups that can be looked at together, those with the fewest possible times first.

        One that cannot be told to be like any stands alone.
        """
        groups: dict[Hashable, list[OpenNeed]] = {}
        for need in needs:
            groups.setdefault(_likeness(need), []).append(need)
        together = (some for group in groups.values() for some in self._together(group))
        yield from sorted(together, key=lambda some: most_times(some[-1].timing))

    def _together(self, group: list[OpenNeed]) -> Iterator[Sequence[OpenNeed]]:
        """Divide needs of one group, the fewer the more times they and offers have."""
        group.sort(key=lambda need: most_times(need.timing))
        offers = len(self._table_of(group[0]).offers) if len(group) > 1 else 1
        size = min(MOST_NEEDS, max(1, MOST_PAIRS // max(1, offers)))
        some: list[OpenNeed] = []
        cells = 0
        for need in group:
            times = offers * most_times(need.timing)
            if some and (len(some) == size or cells + times > MOST_CELLS_TOGETHER):
                yield some
                some, cells = [], 0
            some.append(need)
            cells += times
        yield some

    def blocks(self, needs: Sequence[OpenNeed]) -> Iterator[CandidateBlock]:
        """Yield the offers that could serve needs of one group, see `alike`, for some of the needs at a time."""
        table = self._table_of(needs[0])
        of, rows, distances_m = _near(table, needs)
        patterns = [self._pattern(need.timing) for need in needs]
        pairs = segments.starts(of, len(needs))
        patterns = [_thinned(pattern, count) for pattern, count in zip(patterns, np.diff(pairs).tolist(), strict=True)]
        cells = np.cumsum(np.diff(pairs) * [len(each.starts) for each in patterns])
        first = 0
        while first < len(needs):
            before = cells[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(cells, before + MOST_CELLS, side="right")))
            some = slice(pairs[first], pairs[last])
            near = (of[some] - first, rows[some], distances_m[some])
            yield self._passing(table, needs[first:last], Patterns.of(patterns[first:last]), *near)
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

    def _passing(
        self, table: OfferTable, needs: Sequence[OpenNeed], patterns: Patterns, *near: *tuple[Rows, Rows, Metres]
    ) -> CandidateBlock:
        """Of offers that are near enough those that pass all other filters too."""
        of, rows, distances_m = near
        sizes = np.array([eligibility.size_of(need) for need in needs], np.int64)[of]
        several = np.array([need.parts > 1 for need in needs])[of]
        counted, capacity = table.counted[rows], table.capacity[rows]
        whole = np.array([bool(network_of(need)) for need in needs])[of]
        sizes = np.where(whole, capacity, sizes)  # who is lent by the hour is lent wholly
        # What an offer never has enough of fails on size, not on time.
        least = np.minimum(np.where(counted & ~several, sizes, 1), capacity)
        lines, line = self._lines(table, patterns, of, rows, least)
        block = CandidateBlock(
            needs=needs,
            table=table,
            patterns=patterns,
            lines=lines,
            of=of,
            rows=rows,
            distances_m=distances_m,
            line=line,
            amounts=np.where(counted, sizes, 1),
            most=np.where(several, _most(table, patterns, lines, rows, line), capacity) if several.any() else capacity,
        )
        return self._checked(block)

    def _checked(self, near: CandidateBlock) -> CandidateBlock:
        count = len(near.needs)
        left = np.zeros((count, len(Filter)), np.int64)
        left[:, 0], left[:, 1] = len(near.table.offers), np.bincount(near.of, minlength=count)
        seen, shown = np.zeros_like(left), self._shown(near)
        seen[:, 0] = [self._shown_in_all(near.table, need) for need in near.needs]
        seen[:, 1] = np.bincount(near.of[shown], minlength=count)
        block, lent = loans.allowed(self.snapshot, self._in_time(near))
        lent = lent & self.network_hours.enough(block)
        shown = self._shown(block)
        passed = np.ones(len(block), np.bool_)
        for step, passes in self._checks(block, shown, lent):
            passed &= passes
            known = passed & shown
            passed &= self._suffices(block, passed, step)[block.of]
            known &= self._suffices(block, known, step)[block.of]
            place = list(Filter).index(step)
            left[:, place] = np.bincount(block.of[passed], minlength=count)
            seen[:, place] = np.bincount(block.of[known], minlength=count)
        return replace(block.where(passed), left=left, seen=np.minimum.accumulate(seen, axis=1))

    def _shown(self, block: CandidateBlock) -> Mask:
        """Which pairs are of an offer that the one who asks may see; what is for one need is shown to that one."""
        table, shown = block.table, block.table.audiences.include(self._requesters(block.needs), block.of, block.rows)
        for pair in np.flatnonzero(table.for_one[block.rows]).tolist():
            shown[pair] = table.offers[block.rows[pair]].for_need_id == block.needs[block.of[pair]].need_id
        return shown

    def _shown_in_all(self, table: OfferTable, need: OpenNeed) -> int:
        """How many of a table's offers the one who asks may see; the same for all that a member asks for."""
        key = id(table), self.snapshot.requester(need)
        if key not in self._shown_counts:
            rows = np.arange(len(table.offers))
            shown = table.audiences.include([key[1]], np.zeros(len(rows), np.int64), rows) & ~table.for_one
            self._shown_counts[key] = int(shown.sum())
        own = sum(table.offers[row].for_need_id == need.need_id for row in np.flatnonzero(table.for_one).tolist())
        return self._shown_counts[key] + own

    def _in_time(self, near: CandidateBlock) -> CandidateBlock:
        """Those that are open and free at one of the times, or for a series at half of those that lie ahead."""
        if not near.patterns.shape.series:
            return near.where(near.free_counts > 0)
        ahead = np.maximum(near.patterns.counts(near.patterns.starts >= self.snapshot.now), 1)
        return near.where(near.free_counts * 2 >= ahead[near.of])

    def _lines(self, table: OfferTable, patterns: Patterns, of: Rows, rows: Rows, least: Minutes) -> tuple[Lines, Rows]:
        """At which times pairs are free, and the line of each; offers have to have so much left.

        Where nothing of an offer is taken, and it runs all the time, only its opening hours matter.
        """
        shape = patterns.shape
        openings = int(table.openings.max(initial=0)) + 1
        opening = np.zeros(len(rows), np.int64) if shape.whole_days else table.openings[rows]
        own = table.changing[rows] | ~table.runs(rows, *_reach(patterns, of))
        key = np.where(own, len(patterns.each) * openings + np.arange(len(rows)), of * openings + opening)
        _, at, line = np.unique(key, return_index=True, return_inverse=True)
        pieces = np.array_split(at, 1 + int(np.diff(patterns.first)[of[at]].sum()) // MOST_CELLS)
        times, free, is_open = zip(
            *(self._times(table, patterns, of[piece], rows[piece], np.where(own, least, 0)[piece]) for piece in pieces),
            strict=True,
        )
        first = np.concatenate(([0], np.cumsum(np.diff(patterns.first)[of[at]])))
        return Lines(of[at], first, np.concatenate(times), np.concatenate(free), np.concatenate(is_open)), line

    def _times(
        self, table: OfferTable, patterns: Patterns, of: Rows, rows: Rows, least: Minutes
    ) -> tuple[Rows, Mask, Mask]:
        """Which times pairs have, at which they are free, and at which open, end to end."""
        time, pair = segments.expand(patterns.first[of], patterns.first[of + 1])
        starts, ends = patterns.starts[time], patterns.ends[time]
        # What is handed over for good only has to change hands while the offer runs.
        is_open = table.runs(rows[pair], starts, starts + 1 if patterns.shape.for_good else ends)
        if not patterns.shape.whole_days:
            is_open &= table.doors_open(table.openings[rows][pair], starts, ends)
        free = is_open & (starts >= self.snapshot.now)
        asked = np.flatnonzero(free & (table.changing[rows] & (least > 0))[pair])
        free[asked] = table.least_left(rows[pair[asked]], starts[asked], ends[asked]) >= least[pair[asked]]
        return time, free, is_open

    def _checks(self, block: CandidateBlock, shown: Mask, lent: Mask) -> Iterator[tuple[Filter, Mask]]:
        """What is left to pass, for each pair that was found in time."""
        table, of, rows = block.table, block.of, block.rows
        requirements = [need.requirements for need in block.needs]
        yield Filter.TIME, np.ones(len(rows), np.bool_)
        large = table.family.large_enough(requirements, table.facts, of, rows)
        yield Filter.SIZE, large & ((block.parts[of] > 1) | (block.most >= block.amounts))
        yield Filter.REQUIREMENTS, table.family.suits(requirements, table.facts, of, rows)
        yield Filter.VISIBILITY, shown
        yield Filter.LOAN_RULES, lent
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
            met, lines = np.zeros(len(block.patterns.starts), np.bool_), block.lines
            some = np.zeros(len(lines.of), np.bool_)
            some[block.line[passed]] = True
            met[lines.times[lines.free & np.repeat(some, np.diff(lines.first))]] = True
            ahead = block.patterns.counts(block.patterns.starts >= self.snapshot.now)
            enough &= 2 * block.patterns.counts(met) >= ahead
        return enough


def _likeness(need: OpenNeed) -> Hashable:
    """What needs have to have in common to be looked at together: the offers, and the shape of their patterns."""
    try:
        keeps, asks_network = family_of(need.family).keeps(need.requirements), bool(network_of(need))
        return need.family, keeps, need.kind, _shape(need.timing), asks_network
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
    for n in (n for n in np.flatnonzero(limits_m >= 0).tolist() if needs[n].latitude is not None):
        at_home = table.map.at(seat_of(needs[n]))
        is_near[n, at_home], distances_m[n, at_home] = True, 0.0
    for n in np.flatnonzero(measured).tolist() if works_there else ():
        is_near[n, table.work_in.get(needs[n].municipality_code or "", NOBODY)] = True
        if eligibility.may_be_remote(needs[n]):
            is_near[n] |= table.remote
            distances_m[n, table.remote] = inf
    distances_m[:, table.few_are_meant] = inf  # or points and reasons would tell where the person can work
    of, rows = np.nonzero(is_near)
    return of, rows, distances_m[of, rows]


def _thinned(pattern: Pattern, offers: int) -> Pattern:
    """Leave out possible times, evenly, where these and the offers are so many that one need would take seconds."""
    most = max(LEAST_STARTS, MOST_CELLS // max(1, offers))
    return pattern if pattern.series or pattern.dates else pattern.spread_over(most)


def _reach(patterns: Patterns, of: Rows) -> tuple[Minutes, Minutes]:
    """From when until when the times of each pair's need reach, as far as an offer has to run."""
    some = np.diff(patterns.first) > 0
    first, last = np.zeros((2, len(some)), np.int64)
    first[some] = patterns.starts[patterns.first[:-1][some]]
    at = patterns.first[1:][some] - 1
    last[some] = patterns.starts[at] + 1 if patterns.shape.for_good else patterns.ends[at]
    return first[of], last[of]


def _most(table: OfferTable, patterns: Patterns, lines: Lines, rows: Rows, line: Rows) -> Minutes:
    """The most that can be taken of each pair: at one of the times, or through all of a series; 0 if at none."""
    most, counts = table.capacity[rows], lines.free_counts[line]
    changing = np.flatnonzero(table.changing[rows] & (counts > 0))
    cell, pair = segments.expand(lines.first[line[changing]], lines.first[line[changing] + 1])
    cell, pair = cell[lines.free[cell]], pair[lines.free[cell]]
    time = lines.times[cell]
    amounts = table.least_left(rows[changing][pair], patterns.starts[time], patterns.ends[time])
    if len(changing):
        best = np.minimum if patterns.shape.series else np.maximum
        most[changing] = best.reduceat(amounts, segments.starts(pair, len(changing))[:-1])
    return most
