"""Where columns meet rows: a claim takes its load of a stretch of rows beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Bools, Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """Of the rows `low` to `high` the column takes `load` for each one taken of it; ascending by column."""

    column: Ints
    load: Ints
    low: Ints
    high: Ints

    @classmethod
    def joined(cls, parts: Sequence["Cells"]) -> "Cells":
        """All cells of the parts."""
        column = np.concatenate([part.column for part in parts])
        order = np.argsort(column, kind="stable")
        load, low, high = (
            np.concatenate([getattr(part, field) for part in parts])[order] for field in ("load", "low", "high")
        )
        return cls(column[order], load, low, high)

    def at(self, places: Ints, load: Ints) -> "Cells":
        """These cells, with another load."""
        return Cells(self.column[places], load, self.low[places], self.high[places])

    def demand(self, amounts: Ints, rows: int) -> Ints:
        """What so much of every column takes of every row."""
        change = np.zeros(rows + 1, dtype=np.int64)
        taken = self.load * amounts[self.column]
        np.add.at(change, self.low, taken)
        np.subtract.at(change, self.high, taken)
        return np.cumsum(change[:-1])

    def among(self, kept: Bools, first: int = 0) -> "Cells":
        """The cells where only the kept rows are left, numbered from `first`; those of no row are gone."""
        number = np.concatenate(([0], np.cumsum(kept))) + first
        low, high = number[self.low], number[self.high]
        there = np.flatnonzero(high > low)
        return Cells(self.column[there], self.load[there], low[there], high[there])
