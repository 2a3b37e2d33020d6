"""The offers that could serve needs: of one need, and of many that ask for the like, end to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    LOAN_RULES = "loan_rules"
    REFUSED = "refused"


FILTERS = tuple(Filter)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Offers that could serve a need: rows of a table, and of each when.

    `distances_m` is infinite where distance does not matter. `free` has the shape (rows, times of the pattern): it is
    open, not taken and still ahead. `left` is how many offers were left after each filter, and `seen` how many of these
    the one who asks may see.
    """

    need: OpenNeed
    table: OfferTable
    pattern: Pattern
    rows: Rows
    distances_m: Metres
    free: Mask
    left: Mapping[Filter, int] = field(default_factory=dict)
    seen: Mapping[Filter, int] = field(default_factory=dict)

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
class Lines:
    """When offers are free for needs, a line for all offers that are free for a need at the same times.

    Line l is of the need `of[l]` and has the times of its pattern, from `first[l]` on, end to end: `times` says which
    of all the patterns' times each is. Free is what is open, not taken and still ahead.
    """

    of: Rows
    first: Rows
    times: Rows
    free: Mask
    is_open: Mask

    @cached_property
    def free_counts(self) -> Rows:
        """At how many times each is free."""
        return segments.sums(self.free.astype(np.int64), self.first)

    @cached_property
    def first_free(self) -> Rows:
        """The first of all the patterns' times at which each is free; any where it never is."""
        free = np.append(np.flatnonzero(self.free), 0)
        first: Rows = self.times[free[np.searchsorted(free[:-1], self.first[:-1])]] if len(self.times) else self.of
        return first


@dataclass(frozen=True, eq=False)
class CandidateBlock:
    """Candidates of needs that look among the same offers and ask in one shape, pair by pair, those of a need together.

    Of each pair `of` says which need, `rows` which offer, `line` which of the `lines` it is free at, `amounts` how much
    of the offer the need takes and `most` how much could be taken. `left` is how many offers each need had after each
    filter, (needs, filters), and `seen` how many of these the one who asks may see.
    """

    needs: Sequence[OpenNeed]
    table: OfferTable
    patterns: Patterns
    lines: Lines
    of: Rows
    rows: Rows
    distances_m: Metres
    line: Rows
    amounts: Minutes
    most: Minutes
    left: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    seen: Rows = field(default_factory=lambda: np.empty(0, np.int64))

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
    def times_looked_at(self) -> Rows:
        """At how many times offers were looked at for each need, (needs,)."""
        lines, looked = self.lines, np.zeros(len(self.needs), np.int64)
        np.add.at(looked, lines.of, np.diff(lines.first))
        return looked

    @property
    def free_counts(self) -> Rows:
        """At how many times each pair is free."""
        return self.lines.free_counts[self.line]

    @property
    def first_free(self) -> Rows:
        """The first of all the patterns' times at which each pair is free; there is one."""
        return self.lines.first_free[self.line]

    def free_of(self, n: int, which: Rows | slice = slice(None)) -> Mask:
        """Return when the offers found for a need, or some of them, are free, (pairs, times)."""
        return self._of_need(self.lines.free, n, which)

    def is_open_of(self, n: int, which: Rows | slice = slice(None)) -> Mask:
        """Return when the offers found for a need, or some of them, are open, (pairs, times)."""
        return self._of_need(self.lines.is_open, n, which)

    def left_of(self, n: int) -> dict[Filter, int]:
        """Return how many offers a need had after each filter."""
        return dict(zip(FILTERS, self.left[n].tolist(), strict=True))

    def seen_of(self, n: int) -> dict[Filter, int]:
        """Return the same, of the offers that the one who asks may see."""
        return dict(zip(FILTERS, self.seen[n].tolist(), strict=True))

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
            seen=self.seen_of(n),
        )

    def where(self, mask: Mask) -> "CandidateBlock":
        """Return the pairs for which the mask holds."""
        if mask.all():
            return self
        kept = np.flatnonzero(mask)
        return replace(
            self,
            of=self.of[kept],
            rows=self.rows[kept],
            distances_m=self.distances_m[kept],
            line=self.line[kept],
            amounts=self.amounts[kept],
            most=self.most[kept],
        )

    def _of_need(self, cells: Mask, n: int, which: Rows | slice) -> Mask:
        line, times = self.line[self.pairs[n] : self.pairs[n + 1]][which], len(self.patterns.each[n].starts)
        if not len(line) or not times:
            return np.empty((len(line), times), np.bool_)
        windows: Mask = np.ndarray((len(cells) - times + 1, times), np.bool_, cells, strides=(1, 1))
        return windows[self.lines.first[line]]
