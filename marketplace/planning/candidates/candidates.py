"""The offers that could serve needs: of one need, and of many that ask for the like, end to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.distances import Metres, Rows
from marketplace.planning.candidates.offer_table import OfferTable
from marketplace.planning.candidates.possible_times import Pattern, Patterns
from marketplace.planning.snapshot.calendar import Mask, Minutes
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from matching.arrays import segments


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
    """Offers that could serve a need: rows of a table, and of each when.

    `distances_m` is infinite where distance does not matter. `free` has the shape (rows, times of the pattern): it is
    open, not taken and still ahead. `left` is how many offers were left after each filter.
    """

    need: OpenNeed
    table: OfferTable
    pattern: Pattern
    rows: Rows
    distances_m: Metres
    free: Mask
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


@dataclass(frozen=True, eq=False)
class CandidateBlock:
    """Candidates of needs that look among the same offers and ask in one shape, pair by pair, those of a need together.

    Of each pair `of` says which need, `rows` which offer, `amounts` how much of the offer the need takes and `most` how
    much could be taken. `free` and `is_open` have the times of the need's pattern for each pair, end to end. `left` is
    how many offers each need had after each filter, (needs, filters).
    """

    needs: Sequence[OpenNeed]
    table: OfferTable
    patterns: Patterns
    of: Rows
    rows: Rows
    distances_m: Metres
    amounts: Minutes = field(default_factory=lambda: np.empty(0, np.int64))
    most: Minutes = field(default_factory=lambda: np.empty(0, np.int64))
    free: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    is_open: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    left: Rows = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.of)

    @cached_property
    def sizes(self) -> Minutes:
        """For how many people, pieces or percent each need is."""
        return np.array([eligibility.size_of(need) for need in self.needs], np.int64)

    @cached_property
    def parts(self) -> Minutes:
        """From how many offers at most each need may be met together."""
        return np.array([need.parts for need in self.needs], np.int64)

    @cached_property
    def pairs(self) -> Rows:
        """Where the pairs of each need begin, and the last end, (needs + 1,)."""
        return segments.starts(self.of, len(self.needs))

    @cached_property
    def cells(self) -> Rows:
        """Where the times of each pair begin, and the last end, (pairs + 1,)."""
        return np.concatenate(([0], np.cumsum(np.diff(self.patterns.first)[self.of])))

    @cached_property
    def times(self) -> Rows:
        """Which of all the patterns' times each of the pairs' is."""
        return segments.expand(self.patterns.first[self.of], self.patterns.first[self.of + 1])[0]

    @cached_property
    def free_counts(self) -> Rows:
        """At how many times each pair is free."""
        return segments.sums(self.free.astype(np.int64), self.cells)

    @cached_property
    def first_free(self) -> Rows:
        """The first of all the patterns' times at which each pair is free; there is one."""
        free = np.flatnonzero(self.free)
        first: Rows = self.times[free[np.searchsorted(free, self.cells[:-1])]]
        return first

    def free_of(self, n: int) -> Mask:
        """Return when the offers found for a need are free, (pairs, times)."""
        return self._of_need(self.free, n)

    def is_open_of(self, n: int) -> Mask:
        """Return when the offers found for a need are open, (pairs, times)."""
        return self._of_need(self.is_open, n)

    def left_of(self, n: int) -> dict[Filter, int]:
        """Return how many offers a need had after each filter."""
        return dict(zip(Filter, self.left[n].tolist(), strict=True))

    def candidates(self, n: int) -> Candidates:
        """Return the candidates of one need."""
        pairs = slice(self.pairs[n], self.pairs[n + 1])
        return Candidates(
            need=self.needs[n],
            table=self.table,
            pattern=self.patterns.each[n],
            rows=self.rows[pairs],
            distances_m=self.distances_m[pairs],
            free=self.free_of(n),
            left=self.left_of(n),
        )

    def where(self, mask: Mask) -> "CandidateBlock":
        """Return the pairs for which the mask holds."""
        if mask.all():
            return self
        kept, cells = np.flatnonzero(mask), np.repeat(mask, np.diff(self.cells))
        return CandidateBlock(
            needs=self.needs,
            table=self.table,
            patterns=self.patterns,
            of=self.of[kept],
            rows=self.rows[kept],
            distances_m=self.distances_m[kept],
            amounts=self.amounts[kept],
            most=self.most[kept],
            free=self.free[cells],
            is_open=self.is_open[cells],
            left=self.left,
        )

    def _of_need(self, cells: Mask, n: int) -> Mask:
        first, last = self.pairs[n], self.pairs[n + 1]
        return cells[self.cells[first] : self.cells[last]].reshape(last - first, len(self.patterns.each[n].starts))
