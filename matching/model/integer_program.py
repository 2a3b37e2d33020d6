"""Some bundles of a formulation as an integer program, with what others hold already gone from the rows.

    maximise   Σ value × served + Σ score × amount + Σ stability × kept
    so that    Σ amount = missing × served                          for every need
               amount ≤ most × taken, taken ≤ served                for every column of a need of several parts
               Σ taken ≤ parts × served                             for every need of several parts
               kept ≤ amount of what was taken before               for every need that may be kept, and column
               kept + taken ≤ 1 of what was not                     for every need that may be kept, and column
               Σ load × amount ≤ capacity                           for every row
               Σ served ≤ capacity                                  for every row of rivals

with one `served` for all needs of a bundle. A need that takes all of one option has one 0/1 variable for each column;
where it is a bundle by itself, their sum is its `served` and is at most 1. Such a need is kept if it takes the one
column that it took before, which then earns the stability.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import NO_LEAST, BlockMip, Constraints
from matching.model.formulation import Formulation
from matching.model.variables import Variables


@dataclass(frozen=True, eq=False)
class IntegerProgram:
    """The bundles to decide about, ascending, by those of their columns that may be taken.

    `score`, by column of `columns`, and `value`, by need of the formulation, are what they are worth here, in points ×
    `scale`; `capacity`, (rows,), is what there is of every row, `amounts` what is taken of `columns` now.
    """

    formulation: Formulation
    bundles: Ints
    columns: Ints
    score: Ints
    value: Ints
    capacity: Ints
    amounts: Ints
    scale: int = 1

    @cached_property
    def variables(self) -> Variables:
        """What is to be decided."""
        return Variables(self.formulation, self.bundles, self.columns)

    @cached_property
    def nonredundant(self) -> Bools:
        """The rows, (rows,), that taking the most of everything would break: the first of the MIP's constraints."""
        row, column, entry = self._loads
        activity = np.zeros(len(self.capacity), dtype=np.int64)
        np.add.at(activity, row, entry * self.variables.upper[column])
        nonredundant: Bools = activity > self.capacity
        return nonredundant

    @cached_property
    def parts_limited(self) -> Bools:
        """Which of its needs, (needs here,), have more columns than parts: those have the next constraints."""
        v = self.variables
        return np.bincount(v.owner[v.multipart], minlength=len(v.needs)) > self.formulation.needs.parts[v.needs]

    @cached_property
    def _loads(self) -> tuple[Ints, Ints, Ints]:
        """Row, column by position and load, wherever a column claims a row."""
        return self.formulation.matrix.loads(self.columns)

    def mip(self, work_limit: float, seed: int) -> BlockMip:
        """The program as it is sent; `work_limit` in deterministic seconds."""
        v, constraints = self.variables, Constraints()
        self._stay_within_capacity(constraints)
        self._take_no_more_parts_than_allowed(constraints)
        self._serve_in_full_or_not_at_all(constraints)
        self._keep_exactly_what_was(constraints)
        self._serve_one_of_the_rivals(constraints)
        return constraints.mip(self._gain(), v.upper, v.values(self.amounts), work_limit, seed)

    def taken(self, values: Ints) -> Ints:
        """The amounts of the columns that the values of the variables say."""
        return values[: len(self.columns)]

    def _gain(self) -> Ints:
        f, v = self.formulation, self.variables
        value, stability = self.value[v.needs], f.stability * self.scale
        keeps = v.wanted & (v.single & (f.needs.stable[v.needs] == 1))[v.owner]
        columns = self.score + stability * keeps + np.where(v.alone, value, 0)[v.owner]
        bundles = np.zeros(len(self.bundles), dtype=np.int64)
        np.add.at(bundles, v.bundle, value)
        kept = np.full(len(v.may_keep), stability)
        return np.concatenate((columns, bundles[v.served >= 0], np.zeros_like(v.taken), kept))

    def _serve_in_full_or_not_at_all(self, constraints: Constraints) -> None:
        v = self.variables
        alone, column = v.alone[v.owner], np.arange(len(self.columns))
        number = np.cumsum(v.alone) - 1
        constraints.add(number[v.owner[alone]], column[alone], 1, 0, np.ones(np.count_nonzero(v.alone), np.int64))
        others = np.flatnonzero(~v.alone)
        number = np.cumsum(~v.alone) - 1
        row = np.concatenate((number[v.owner[~alone]], np.arange(len(others))))
        variable = np.concatenate((column[~alone], v.served[v.bundle[others]]))
        missing = self.formulation.needs.missing[v.needs[others]]
        entry = np.concatenate((np.ones(np.count_nonzero(~alone), np.int64), -missing))
        constraints.add(row, variable, entry, 0, np.zeros_like(others))

    def _take_no_more_parts_than_allowed(self, constraints: Constraints) -> None:
        f, v = self.formulation, self.variables
        owner, served = v.owner[v.multipart], v.served[v.bundle]
        parts_limited = self.parts_limited
        within = parts_limited[owner]
        number, parts = np.cumsum(parts_limited) - 1, f.needs.parts[v.needs[parts_limited]]
        row = np.concatenate((number[owner[within]], np.arange(len(parts))))
        variable = np.concatenate((v.taken[within], served[parts_limited]))
        entry = np.concatenate((np.ones(np.count_nonzero(within), dtype=np.int64), -parts))
        constraints.add(row, variable, entry, NO_LEAST, np.zeros_like(parts))
        constraints.imply(v.multipart, v.taken, f.columns.most[self.columns[v.multipart]])
        constraints.imply(v.taken, served[owner])

    def _keep_exactly_what_was(self, constraints: Constraints) -> None:
        v = self.variables
        kept, wanted = v.kept[v.owner[v.multipart]], v.wanted[v.multipart]
        asked, other = np.flatnonzero((kept >= 0) & wanted), np.flatnonzero((kept >= 0) & ~wanted)
        constraints.imply(kept[asked], v.multipart[asked])
        row = np.concatenate((np.arange(len(other)),) * 2)
        constraints.add(row, np.concatenate((kept[other], v.taken[other])), 1, 0, np.ones_like(other))
        never = v.kept[v.may_keep[v.incomplete[v.may_keep]]]
        constraints.add(np.arange(len(never)), never, 1, 0, np.zeros_like(never))

    def _stay_within_capacity(self, constraints: Constraints) -> None:
        row, column, entry = self._loads
        nonredundant = self.nonredundant
        number = np.cumsum(nonredundant) - 1
        kept = nonredundant[row]
        constraints.add(number[row[kept]], column[kept], entry[kept], 0, self.capacity[nonredundant])

    def _serve_one_of_the_rivals(self, constraints: Constraints) -> None:
        """A rival is served when its bundle's variable says so, or else when one of its columns is taken."""
        f, v = self.formulation, self.variables
        place = np.full(len(f.needs), -1, dtype=np.int64)
        place[v.needs] = np.arange(len(v.needs))
        here = np.flatnonzero(place[f.rivals.need] >= 0)
        groups, row = np.unique(f.rivals.row[here], return_inverse=True)
        need = place[f.rivals.need[here]]
        served = v.served[v.bundle[need]]
        told = served >= 0
        start = segments.starts(v.owner, len(v.needs))
        column, of_need = segments.expand(start[need[~told]], start[need[~told] + 1])
        variable = np.concatenate((served[told], column))
        constraints.add(np.concatenate((row[told], row[~told][of_need])), variable, 1, 0, self.capacity[groups])
