"""Options: the ways in which offers could serve a need, scored, and cut to as many as the optimiser gets.

They stand in arrays: of the hundreds of thousands of a country only those become objects that somebody looks at.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import inf
from typing import overload
from uuid import UUID

import numpy as np

from core.time.timing import Flexible
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.candidates.distances import Metres, Rows
from marketplace.planning.candidates.offer_table import OfferTable
from marketplace.planning.candidates.possible_times import Missing, Pattern, spread
from marketplace.planning.options.policy import Points, Policy
from marketplace.planning.options.scoring import Scores, score
from marketplace.planning.snapshot.calendar import Calendar, During, Mask, Minutes
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from matching.arrays import segments

LEAST_STARTS = 4
"""Options of each offer where the start is flexible."""
RANKS_PER_TURN = 3
"""A second time of the best offer comes after a first time of so many offers."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What an offer is to a need, whenever it is taken.

    `amount` is how much of the offer one option takes: 8 desks, 50 percent, or one thing where lots may be put
    together, up to `most`. `terms` are its points by criterion, for all that the need asks for.
    """

    key: str
    offer: OpenOffer
    amount: int
    most: int
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
    def offer(self) -> OpenOffer:
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

    @property
    def shared(self) -> Iterator[tuple[UUID, int]]:
        """What it takes of what nobody can claim, as of a roster's time."""
        return ((unit, of_one * self.part.amount) for unit, of_one in self.part.offer.shared)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What the chosen offers are to a need: `Part` as arrays, with `rows` for the offers' places on the table."""

    table: OfferTable
    rows: Rows
    amounts: Minutes
    most: Minutes
    distances_m: Metres
    terms: Mapping[str, Points]
    points: Points
    for_good: bool

    def of(self, which: Rows | slice) -> "Parts":
        """Return some of them."""
        return Parts(
            self.table,
            self.rows[which],
            self.amounts[which],
            self.most[which],
            self.distances_m[which],
            {name: points[which] for name, points in self.terms.items()},
            self.points[which],
            self.for_good,
        )

    @property
    def keys(self) -> list[str]:
        """The ids of the offers."""
        return [self.table.keys[row] for row in self.rows.tolist()]

    def part(self, n: int) -> Part:
        """Return one of them."""
        row, distance_m = int(self.rows[n]), float(self.distances_m[n])
        return Part(
            key=self.table.keys[row],
            offer=self.table.offers[row],
            amount=int(self.amounts[n]),
            most=int(self.most[n]),
            distance_m=None if distance_m == inf else distance_m,
            terms={name: int(points[n]) for name, points in self.terms.items()},
            points=int(self.points[n]),
            for_good=self.for_good,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """When an offer is taken, and which dates are missed. `start` ends the names of options that differ in it."""

    during: During
    missing: tuple[Missing, ...] = ()
    start: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Options(Sequence[Option]):
    """The options of a need, or of one date of it: which of the parts in which of the ways, the best first."""

    parts: Parts
    part_of: Rows
    ways: Sequence[Way]
    way_of: Rows
    on: date | None = None

    @property
    def keys(self) -> list[str]:
        """What each is called: its offer's id, with the start after an @ where that is flexible."""
        keys, pairs = self.parts.keys, zip(self.part_of.tolist(), self.way_of.tolist(), strict=True)
        return [keys[part] + self.ways[way].start for part, way in pairs]

    def named(self, key: str) -> Option:
        """Return the one that is called so.

        Raises
        ------
        ValueError
            There is none.
        """
        return self[self.keys.index(key)]

    def largest_first(self) -> Iterator[Option]:
        """Yield those of which most can be taken first; each is made when it is asked for."""
        order = np.argsort(-self.parts.most[self.part_of], kind="stable")
        return (self[n] for n in order.tolist())

    def taking_any_of(self, units: Container[UUID]) -> Iterator[Option]:
        """Yield those that take any of some units."""
        offers = (self.parts.table.offers[row] for row in self.parts.rows.tolist())
        takes = np.array([any(unit in units for unit, _ in offer.units) for offer in offers], np.bool_)
        return (self[n] for n in np.flatnonzero(takes[self.part_of]).tolist())

    @property
    def times(self) -> int:
        """How many times the options have together."""
        return int(np.array([len(way.during) for way in self.ways])[self.way_of].sum())

    def __len__(self) -> int:
        return len(self.part_of)

    @overload
    def __getitem__(self, at: int) -> Option: ...

    @overload
    def __getitem__(self, at: slice) -> "Options": ...

    def __getitem__(self, at: int | slice) -> "Option | Options":
        if isinstance(at, slice):
            return Options(self.parts, self.part_of[at], self.ways, self.way_of[at], self.on)
        part, way = self.parts.part(int(self.part_of[at])), self.ways[self.way_of[at]]
        return Option(part.key + way.start, part, way.during, way.missing, self.on)


def options_of(
    snapshot: Snapshot, policy: Policy, block: CandidateBlock, most: int
) -> Iterator[dict[date | None, Options]]:
    """Yield each need's options, at most so many for each date that is served apart (None: there is no such date).

    A flexible start gives several options of an offer, the more the fewer offers there are. Needs that are alike get
    different offers, see `best_apart`, or no more of them would be served than one has options.
    """
    scores = score(snapshot, policy, block)
    if block.patterns.shape.by_date:
        return _by_date(block, scores, most)
    best = _best_apart(snapshot, block, scores, most) if snapshot.alike else _best(block, scores, most)
    chosen = _Chosen(
        snapshot, block, best, segments.starts(block.of[best], len(block.needs)), _parts(block, scores, best)
    )
    return (
        {None: chosen.options(n, most)} if chosen.first[n] < chosen.first[n + 1] else {}
        for n in range(len(block.needs))
    )


def _by_date(block: CandidateBlock, scores: Scores, most: int) -> Iterator[dict[date | None, Options]]:
    """The best offers of each date."""
    order = np.lexsort((block.table.order[block.rows], -scores.points, block.of))
    for n, (first, last) in enumerate(pairwise(block.pairs.tolist())):
        free = block.free_of(n, order[first:last] - first)
        chosen = free & (free.cumsum(axis=0) <= most)
        some = chosen.any(axis=1)
        parts = _parts(block, scores, order[first:last][some])
        yield dict(_of_dates(block.patterns.each[n], parts, chosen[some]))


def _of_dates(pattern: Pattern, parts: Parts, chosen: Mask) -> Iterator[tuple[date, Options]]:
    dates, part_of = np.nonzero(chosen.T)
    first, same = np.searchsorted(dates, np.arange(chosen.shape[1] + 1)).tolist(), np.zeros(len(parts.rows), np.int64)
    for n, (start, end) in enumerate(pairwise(first)):
        if start < end:
            on = pattern.dates[n]
            yield on, Options(parts, part_of[start:end], (Way((pattern.at(n),)),), same[: end - start], on)


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """The best offers of each need: places in a block, those of need n from `first[n]` on, and what they are to it."""

    snapshot: Snapshot
    block: CandidateBlock
    best: Rows
    first: Rows
    parts: Parts

    def options(self, n: int, most: int) -> Options:
        """Return a need's options, of which there are some."""
        parts = self.parts.of(slice(self.first[n], self.first[n + 1]))
        pattern, count = self.block.patterns.each[n], len(parts.rows)
        if pattern.series:
            ways, way_of = self._series(n)
            return Options(parts, np.arange(count), ways, way_of)
        if isinstance(self.block.needs[n].timing, Flexible):
            free, offers = self._free(n), int(self.block.pairs[n + 1] - self.block.pairs[n])
            chosen = best_and_diverse(free.sum(axis=1), max(LEAST_STARTS, most // offers), most)
            return _of_starts(self.snapshot.calendar, pattern, parts, free, chosen)
        return Options(parts, np.arange(count), (Way((pattern.at(0),)),), np.zeros(count, np.int64))

    def _places(self, n: int) -> Rows:
        places: Rows = self.best[self.first[n] : self.first[n + 1]] - self.block.pairs[n]
        return places

    def _free(self, n: int) -> Mask:
        return self.block.free_of(n, self._places(n))

    def _series(self, n: int) -> tuple[Sequence[Way], Rows]:
        """Each offer with the dates that it serves; offers that are free at the same share them."""
        line = self.block.line[self.best[self.first[n] : self.first[n + 1]]]
        _, at, way_of = np.unique(line, return_index=True, return_inverse=True)
        places = self._places(n)[at]
        both = zip(self.block.free_of(n, places), self.block.is_open_of(n, places), strict=True)
        return [_dates(self.snapshot.now, self.block.patterns.each[n], *each) for each in both], way_of


def _dates(now: int, pattern: Pattern, free: Mask, is_open: Mask) -> Way:
    """When a series takes place, and which dates it misses."""
    during = tuple(pattern.at(n) for n in np.flatnonzero(free).tolist())
    missing = tuple(
        Missing(pattern.dates[n], "past" if pattern.starts[n] < now else "taken" if is_open[n] else "closed")
        for n in np.flatnonzero(~free).tolist()
    )
    return Way(during, missing)


def _of_starts(calendar: Calendar, pattern: Pattern, parts: Parts, free: Mask, chosen: tuple[Rows, Rows]) -> Options:
    """The best offers with several times of each, as chosen by `best_and_diverse`."""
    (place, nth), counts = chosen, free.sum(axis=1)
    times = np.nonzero(free)[1][(np.cumsum(counts) - counts)[place] + nth]
    order = np.lexsort((parts.table.order[parts.rows[place]], times, -parts.points[place]))
    which, way_of = np.unique(times[order], return_inverse=True)
    ways = [Way((pattern.at(n),), (), _name(calendar, pattern.at(n)[0])) for n in which.tolist()]
    used, part_of = np.unique(place[order], return_inverse=True)
    return Options(parts.of(used), part_of, ways, way_of)


def _name(calendar: Calendar, start: int) -> str:
    return f"@{calendar.instant(start):%Y-%m-%dT%H:%MZ}"


def _best(block: CandidateBlock, scores: Scores, most: int) -> Rows:
    """The places of at most so many pairs of each need, the best first; of equals those that are free first."""
    best: Rows = _ordered(block, scores)[segments.ranks(block.pairs) < most]
    return best


def _best_apart(snapshot: Snapshot, block: CandidateBlock, scores: Scores, most: int) -> Rows:
    """The same for needs that are alike: each gets others of the best, by its place among all needs."""
    place = {need.need_id: n for n, need in enumerate(snapshot.needs)}
    turn = np.array([place[need.need_id] for need in block.needs], np.int64)[block.of]
    chosen = best_apart(segments.ranks(block.pairs), np.diff(block.pairs)[block.of], turn, len(place), most)
    best: Rows = _ordered(block, scores)[chosen]
    return best


def _ordered(block: CandidateBlock, scores: Scores) -> Rows:
    first = block.patterns.starts[block.first_free]
    order: Rows = np.lexsort((block.table.order[block.rows], first, -scores.points, block.of))
    return order


def best_apart(rank: Rows, count: Rows, turn: Rows, needs: int, most: int) -> Mask:
    """Choose about so many offers of each need: `rank` among the `count` that it has, `turn` of so many needs.

    Half of them are neighbours in rank, of the twice as many best as there are needs, and begin where the need's turn
    is: together the needs have all of these. The other half are spread over all, shifted by the turn, so that none is
    out of reach where some of the best may not be taken.
    """
    half = max(most // 2, 1)
    pool = np.minimum(count, max(2 * needs, half))
    near = (rank < pool) & ((rank - turn * pool // max(needs, 1)) % np.maximum(pool, 1) < half)
    spread_over = (rank + turn) % np.maximum(count // half, 1) == 0
    chosen: Mask = near | spread_over | (count <= most)
    return chosen


def _parts(block: CandidateBlock, scores: Scores, places: Rows) -> Parts:
    of, most = block.of[places], block.most[places]
    several = block.parts[of] > 1
    asked = np.array([need.amount for need in block.needs], np.int64)[of]
    return Parts(
        table=block.table,
        rows=block.rows[places],
        amounts=np.where(several, 1, block.amounts[places]),
        most=np.where(several, np.minimum(most, asked), 1),
        distances_m=block.distances_m[places],
        terms={name: points[places] for name, points in scores.terms.items()},
        points=scores.points[places],
        for_good=block.patterns.shape.for_good,
    )


def best_and_diverse(counts: Rows, starts: int, most: int) -> tuple[Rows, Rows]:
    """Choose at most so many times of offers, the best offers first: half of them several of the best, the rest others.

    `counts` is how many times each offer has, of which at most `starts` are considered, evenly spread. Which of them
    come first differs from offer to offer, so that not all want the same hour. Returns the offer's place, and which
    of its times.
    """
    considered = np.minimum(counts, starts)
    turn, rank = segments.expand(np.zeros_like(considered), considered)
    order = np.lexsort((turn, rank + RANKS_PER_TURN * turn))
    best, rest = order[: most - most // 2], order[most - most // 2 :]
    rest = rest[np.argsort(turn[rest] > 0, kind="stable")]  # a first time before any second one; else as it was
    chosen = np.concatenate((best, rest[: most // 2]))
    rank, turn = rank[chosen], turn[chosen]
    return rank, spread((rank + turn) % considered[rank], considered[rank], counts[rank])
