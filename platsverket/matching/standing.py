"""A plan in the making: what is taken, and what room it leaves."""

import numpy as np

from platsverket.matching import segments
from platsverket.matching.arrays import Ints
from platsverket.matching.formulation import Formulation


class Standing:
    """Amounts taken by column, the `room` that they leave in every row, and which needs they serve.

    What is taken always fits; that a need is served in full and a bundle as one is up to whoever takes.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.amounts = np.zeros(len(formulation.option), dtype=np.int64)
        self.room = formulation.capacity.copy()
        self.served = np.zeros(len(formulation.need), dtype=bool)

    def worth(self) -> int:
        """What the plan is worth, the fixed matches included."""
        return self.formulation.base + self.gain(np.arange(len(self.formulation.bundle_from) - 1))

    def gain(self, bundles: Ints) -> int:
        """What the bundles add to the worth."""
        f = self.formulation
        needs, _ = segments.places(f.bundle_from[bundles], f.bundle_from[bundles + 1])
        columns, need = segments.places(f.column_from[needs], f.column_from[needs + 1])
        strayed = np.bincount(need, (self.amounts[columns] > 0) != f.wanted[columns], len(needs)) > 0
        kept = self.served[needs] & ~strayed & (f.stable[needs] > 0)
        scores = int(f.score[columns] @ self.amounts[columns])
        return scores + int(f.value[needs] @ self.served[needs]) + f.stability * int(np.count_nonzero(kept))

    def room_without(self, bundles: Ints) -> Ints:
        """The room there would be if the bundles took nothing."""
        f = self.formulation
        needs, _ = segments.places(f.bundle_from[bundles], f.bundle_from[bundles + 1])
        columns, _ = segments.places(f.column_from[needs], f.column_from[needs + 1])
        return self.room + self._demand(columns, self.amounts[columns], needs, self.served[needs].astype(np.int64))

    def change(self, columns: Ints, amounts: Ints) -> bool:
        """Take these amounts of the columns, all of their needs', from now on.

        Nothing changes and False comes back if they do not fit.
        """
        f = self.formulation
        needs = np.unique(f.owner[columns])
        serves = np.zeros(len(f.need), dtype=bool)
        serves[f.owner[columns[amounts > 0]]] = True
        turned = serves[needs].astype(np.int64) - self.served[needs]
        demand = self._demand(columns, amounts - self.amounts[columns], needs, turned)
        if (demand > self.room).any():
            return False
        self.room -= demand
        self.amounts[columns] = amounts
        self.served[needs] = serves[needs]
        return True

    def _demand(self, columns: Ints, amounts: Ints, needs: Ints, served: Ints) -> Ints:
        """What is taken of every row by so much more of the columns, and by serving the needs so much more."""
        f, rows = self.formulation, len(self.formulation.capacity)
        cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        load = f.load[cell] * amounts[column]
        change = np.zeros(rows + 1, dtype=np.int64)
        np.add.at(change, f.low[cell], load)
        np.subtract.at(change, f.high[cell], load)
        demand = np.cumsum(change[:-1])
        first, last = (np.searchsorted(f.rival_need, needs, side) for side in ("left", "right"))
        place, need = segments.places(first, last)
        np.add.at(demand, f.rival_row[place], served[need])
        return demand
