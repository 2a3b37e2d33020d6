"""A plan in the making: what is taken, and what room it leaves."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.model.formulation import Formulation
from matching.problem.needs import Match


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

    def change(self, columns: Ints, amounts: Ints) -> bool:
        """Take these amounts of the columns, all of their needs', from now on.

        Nothing changes and False comes back if they do not fit.
        """
        f = self.formulation
        needs = np.unique(f.owner[columns])
        serves = np.zeros(len(needs), dtype=bool)
        serves[np.searchsorted(needs, f.owner[columns[amounts > 0]])] = True
        turned = serves.astype(np.int64) - self.served[needs]
        rows, demand = self._demand(columns, amounts - self.amounts[columns], needs, turned)
        if (demand > self.room[rows]).any():
            return False
        self.room[rows] -= demand
        self.amounts[columns] = amounts
        self.served[needs] = serves
        return True

    def _demand(self, columns: Ints, amounts: Ints, needs: Ints, served: Ints) -> tuple[Ints, Ints]:
        """The rows of which something else is taken, and how much more, by so much more of columns and needs."""
        f = self.formulation
        turned, asked = np.flatnonzero(amounts), np.flatnonzero(served)
        columns, needs = columns[turned], needs[asked]
        cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        row, of_cell = segments.places(f.low[cell], f.high[cell])
        load = f.load[cell] * amounts[turned][column]
        first, last = (np.searchsorted(f.rival_need, needs, side) for side in ("left", "right"))
        place, need = segments.places(first, last)
        rows, number = np.unique(np.concatenate((row, f.rival_row[place])), return_inverse=True)
        demand = np.zeros(len(rows), dtype=np.int64)
        np.add.at(demand, number, np.concatenate((load[of_cell], served[asked][need])))
        return rows, demand


def matches_of(formulation: Formulation, amounts: Ints) -> tuple[Match, ...]:
    """The fixed matches and so much of every column, in the order of the problem's needs and options."""
    f, arrays = formulation, formulation.arrays
    taken = np.flatnonzero(amounts)
    option = np.concatenate((arrays.fixed[:, 0], f.option[taken]))
    amount = np.concatenate((arrays.fixed[:, 1], amounts[taken] * f.size[f.owner[taken]]))
    need = np.searchsorted(arrays.option_from, option, side="right") - 1
    order = np.argsort(option)
    return tuple(
        Match(arrays.need_ids[n], arrays.option_ids[o], a)
        for n, o, a in zip(need[order].tolist(), option[order].tolist(), amount[order].tolist(), strict=True)
    )
