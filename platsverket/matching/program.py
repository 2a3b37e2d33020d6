"""Some bundles of a formulation as a whole-number program, with what others hold already gone from the rows.

    maximise   Σ value × served + Σ score × amount + Σ stability × kept
    so that    Σ amount = missing × served  and  Σ taken ≤ parts    for every need
               taken ≤ amount ≤ most × taken                        for every column
               Σ load × amount ≤ room                               for every row
               Σ served ≤ room                                      for every row of rivals
               served is one and the same for a bundle
               kept only where exactly the options of the previous plan are taken

A need that takes all of one option has one 0/1 variable for each column, and where it is a bundle by itself `served`
is their sum. Otherwise the bundle has a variable for `served`; a need of several parts has one for the amount of each
column and one for whether it is `taken`, and one for `kept` if it can be.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from platsverket.matching import segments
from platsverket.matching.arrays import Ints
from platsverket.matching.block import NO_LEAST, Block
from platsverket.matching.formulation import Formulation


@dataclass(frozen=True)
class Program:
    """The bundles to decide about, ascending, by those of their columns that may be taken.

    `score` (by column of `columns`) and `value` (by need of the formulation) are what they are worth here, and `room`
    what there is of every row. `amounts` are those of the columns now. Score and value are in points × `scale`.
    """

    formulation: Formulation
    bundles: Ints
    columns: Ints
    score: Ints
    value: Ints
    room: Ints
    amounts: Ints
    scale: int = 1

    def block(self, effort: float, seed: int) -> Block:
        """The program as it is sent."""
        rows = _Rows()
        self._serve_in_full_or_not_at_all(rows)
        self._take_no_more_parts_than_allowed(rows)
        self._keep_exactly_what_was(rows)
        self._stay_within_room(rows)
        self._serve_one_of_the_rivals(rows)
        return rows.block(self._gain(), self._upper(), self._now(), effort, seed)

    def taken(self, values: Ints) -> Ints:
        """The amounts of the columns that the values of the variables say."""
        return values[: len(self.columns)]

    @property
    def _stability(self) -> int:
        return self.formulation.stability * self.scale

    @cached_property
    def _needs(self) -> Ints:
        start = self.formulation.bundle_from
        return segments.places(start[self.bundles], start[self.bundles + 1])[0]

    @cached_property
    def _bundle(self) -> Ints:
        """The bundle of each need, by position among the bundles here."""
        start = self.formulation.bundle_from
        return np.repeat(np.arange(len(self.bundles)), start[self.bundles + 1] - start[self.bundles])

    @cached_property
    def _owner(self) -> Ints:
        """The need of each column, by position among the needs here."""
        return np.searchsorted(self._needs, self.formulation.owner[self.columns])

    @cached_property
    def _single(self) -> Ints:
        return self.formulation.single[self._needs]

    @cached_property
    def _alone(self) -> Ints:
        """The needs whose columns say by themselves whether they are served."""
        return self._single & (np.bincount(self._bundle)[self._bundle] == 1)

    @cached_property
    def _served(self) -> Ints:
        """The variable that says whether each bundle is served, or -1."""
        spoken = np.ones(len(self.bundles), dtype=bool)
        spoken[self._bundle[self._alone]] = False
        return np.where(spoken, np.cumsum(spoken) - 1 + len(self.columns), -1)

    @cached_property
    def _parted(self) -> Ints:
        """The columns of needs of several parts."""
        return np.flatnonzero(~self._single[self._owner])

    @cached_property
    def _taken(self) -> Ints:
        """The variables that say whether each of the parted columns is taken."""
        return np.arange(len(self._parted)) + len(self.columns) + np.count_nonzero(self._served >= 0)

    @cached_property
    def _keepers(self) -> Ints:
        """The needs of several parts that could be as they were."""
        stable = self.formulation.stable[self._needs]
        return np.flatnonzero(~self._single & (stable > 0) & (self.formulation.stability > 0))

    @cached_property
    def _kept(self) -> Ints:
        """The variable that says whether each need of several parts is as it was, or -1."""
        kept = np.full(len(self._needs), -1, dtype=np.int64)
        first = len(self.columns) + np.count_nonzero(self._served >= 0) + len(self._parted)
        kept[self._keepers] = np.arange(len(self._keepers)) + first
        return kept

    def _gain(self) -> Ints:
        f, value = self.formulation, self.value[self._needs]
        keeps = f.wanted[self.columns] & (f.stable[self._needs] == 1)[self._owner] & self._single[self._owner]
        columns = self.score + self._stability * keeps + np.where(self._alone, value, 0)[self._owner]
        bundles = np.zeros(len(self.bundles), dtype=np.int64)
        np.add.at(bundles, self._bundle, value)
        kept = np.full(len(self._keepers), self._stability)
        return np.concatenate((columns, bundles[self._served >= 0], np.zeros_like(self._taken), kept))

    def _upper(self) -> Ints:
        most = self.formulation.most[self.columns]
        return np.concatenate((most, np.ones(len(self._gain()) - len(most), dtype=np.int64)))

    def _now(self) -> Ints:
        """The values of the variables at the amounts now."""
        f, taken = self.formulation, self.amounts > 0
        served = np.zeros(len(self.bundles), dtype=np.int64)
        served[self._bundle[self._owner[taken]]] = 1
        astray = np.zeros(len(self._needs), dtype=np.int64)
        np.add.at(astray, self._owner, taken != f.wanted[self.columns])
        missed = f.stable[self._needs] - np.bincount(self._owner[f.wanted[self.columns]], minlength=len(self._needs))
        kept = ((astray == 0) & (missed == 0))[self._keepers]
        bundles = served[self._served >= 0]
        return np.concatenate((self.amounts, bundles, taken[self._parted], kept)).astype(np.int64)

    def _serve_in_full_or_not_at_all(self, rows: "_Rows") -> None:
        alone = self._alone[self._owner]
        number = np.cumsum(self._alone) - 1
        rows.add(number[self._owner[alone]], np.flatnonzero(alone), 1, 0, np.ones(np.count_nonzero(self._alone)))
        others = np.flatnonzero(~self._alone)
        number = np.cumsum(~self._alone) - 1
        missing = self.formulation.missing[self._needs[others]]
        row = np.concatenate((number[self._owner[~alone]], np.arange(len(others))))
        column = np.concatenate((np.flatnonzero(~alone), self._served[self._bundle[others]]))
        entry = np.concatenate((np.ones(np.count_nonzero(~alone)), -missing))
        rows.add(row, column, entry, 0, np.zeros(len(others)))
        each, most = np.arange(len(self._parted)), self.formulation.most[self.columns[self._parted]]
        self._imply(rows, each, self._parted, np.ones(len(each)), self._taken, -most)

    def _take_no_more_parts_than_allowed(self, rows: "_Rows") -> None:
        owner = self._owner[self._parted]
        parts = self.formulation.parts[self._needs]
        short = np.bincount(owner, minlength=len(self._needs)) > parts
        within = short[owner]
        number = np.cumsum(short) - 1
        rows.add(number[owner[within]], self._taken[within], 1, 0, parts[short])

    def _keep_exactly_what_was(self, rows: "_Rows") -> None:
        kept = self._kept[self._owner[self._parted]]
        wanted = self.formulation.wanted[self.columns[self._parted]]
        asked, other = np.flatnonzero((kept >= 0) & wanted), np.flatnonzero((kept >= 0) & ~wanted)
        one, each = np.ones(len(asked)), np.arange(len(asked))
        self._imply(rows, each, kept[asked], one, self._parted[asked], -one)
        row = np.concatenate((np.arange(len(other)),) * 2)
        rows.add(row, np.concatenate((kept[other], self._taken[other])), 1, 0, np.ones(len(other)))
        lost = self.formulation.stable[self._needs] > np.bincount(
            self._owner[self.formulation.wanted[self.columns]], minlength=len(self._needs)
        )
        gone = np.flatnonzero(lost[self._keepers])
        rows.add(np.arange(len(gone)), self._kept[self._keepers[gone]], 1, 0, np.zeros(len(gone)))

    @staticmethod
    def _imply(rows: "_Rows", each: Ints, one: Ints, of_one: Ints, other: Ints, of_other: Ints) -> None:
        """of_one × one + of_other × other ≤ 0, for each."""
        entry = np.concatenate((of_one, of_other))
        rows.add(np.concatenate((each, each)), np.concatenate((one, other)), entry, None, np.zeros(len(each)))

    def _stay_within_room(self, rows: "_Rows") -> None:
        f = self.formulation
        cell, column = segments.places(f.cell_from[self.columns], f.cell_from[self.columns + 1])
        row, of_cell = segments.places(f.low[cell], f.high[cell])
        column = column[of_cell]
        entry = f.load[cell[of_cell]]
        demand = np.zeros(len(self.room), dtype=np.int64)
        np.add.at(demand, row, entry * self._upper()[column])
        tight = demand > self.room
        number = np.cumsum(tight) - 1
        kept = tight[row]
        rows.add(number[row[kept]], column[kept], entry[kept], 0, self.room[tight])

    def _serve_one_of_the_rivals(self, rows: "_Rows") -> None:
        f = self.formulation
        position = np.minimum(np.searchsorted(self._needs, f.rival_need), len(self._needs) - 1)
        here = np.flatnonzero(self._needs[position] == f.rival_need)
        groups, row = np.unique(f.rival_row[here], return_inverse=True)
        needs = position[here]
        told = self._served[self._bundle[needs]] >= 0
        start = segments.starts(self._owner, len(self._needs))
        column, of_need = segments.places(start[needs[~told]], start[needs[~told] + 1])
        spoken = self._served[self._bundle[needs[told]]]
        rows.add(
            np.concatenate((row[told], row[~told][of_need])), np.concatenate((spoken, column)), 1, 0, self.room[groups]
        )


class _Rows:
    """Rows of a block while they are put together."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Ints]] = []
        self._least: list[Ints] = []
        self._most: list[Ints] = []
        self._count = 0

    def add(self, row: Ints, column: Ints, entry: Ints | int, least: int | None, most: Ints) -> None:
        """Add `len(most)` rows, counted from 0 in `row`; None: no least."""
        self._parts.append((row + self._count, column, np.broadcast_to(entry, row.shape).astype(np.int64)))
        self._least.append(np.full(len(most), NO_LEAST if least is None else least, dtype=np.int64))
        self._most.append(most.astype(np.int64))
        self._count += len(most)

    def block(self, gain: Ints, upper: Ints, hint: Ints, effort: float, seed: int) -> Block:
        """All that was added, entries at the same place added up."""
        row, column, entry = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        order = np.lexsort((column, row))
        first = np.flatnonzero((np.diff(row[order], prepend=-1) != 0) | (np.diff(column[order], prepend=-1) != 0))
        added = np.add.reduceat(entry[order], first) if len(first) else entry[order]
        least, most = np.concatenate(self._least), np.concatenate(self._most)
        return Block(gain, upper, least, most, row[order][first], column[order][first], added, hint, effort, seed)
