"""The best plan so far: what is taken, what slack that leaves, and the way back to matches."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.arrays.conversion import matches_at
from matching.model.formulation import Formulation
from matching.problem.needs import Match


class Incumbent:
    """What is taken of every column, the slack of every row, and which needs are served.

    What is taken always fits; that a need is served in full and a bundle as one is up to whoever takes.

    Attributes
    ----------
    amounts
        Of each column, (columns,).
    slack
        What is left of each row, (rows,).
    served
        Whether each need is served, (needs,).
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.amounts = np.zeros(len(formulation.columns), dtype=np.int64)
        self.slack = formulation.matrix.capacity.copy()
        self.served = np.zeros(len(formulation.needs), dtype=bool)

    def worth(self) -> int:
        """What the plan is worth in points, the fixed matches included."""
        return self.formulation.base + self.gain(np.arange(self.formulation.needs.bundles))

    def gain(self, bundles: Ints) -> int:
        """What the bundles add to the worth, in points."""
        f, own = self.formulation, self.formulation.needs
        needs, _ = own.of_bundles(bundles)
        columns, need = segments.expand(own.column_from[needs], own.column_from[needs + 1])
        strayed = np.bincount(need, (self.amounts[columns] > 0) != f.columns.wanted[columns], len(needs)) > 0
        kept = self.served[needs] & ~strayed & (own.stable[needs] > 0)
        scores = int(f.columns.score[columns] @ self.amounts[columns])
        return scores + int(own.value[needs] @ self.served[needs]) + f.stability * int(np.count_nonzero(kept))

    def change(self, columns: Ints, amounts: Ints) -> bool:
        """Take these amounts of the columns from now on.

        Parameters
        ----------
        columns
            By position, (changed,); all columns of each need that has one among them.
        amounts
            The new amounts, (changed,), not differences.

        Returns
        -------
        bool
            Whether they fit; if not, nothing has changed.
        """
        owner = self.formulation.columns.owner
        needs = np.unique(owner[columns])
        serves = np.zeros(len(needs), dtype=bool)
        serves[np.searchsorted(needs, owner[columns[amounts > 0]])] = True
        turned = serves.astype(np.int64) - self.served[needs]
        rows, activity = self._activity(columns, amounts - self.amounts[columns], needs, turned)
        if (activity > self.slack[rows]).any():
            return False
        self.slack[rows] -= activity
        self.amounts[columns] = amounts
        self.served[needs] = serves
        return True

    def _activity(self, columns: Ints, amounts: Ints, needs: Ints, served: Ints) -> tuple[Ints, Ints]:
        """The rows of which something else is taken, and how much more, by so much more of columns and needs."""
        f = self.formulation
        turned, asked = np.flatnonzero(amounts), np.flatnonzero(served)
        row, column, load = f.matrix.loads(columns[turned])
        place, need = f.rivals.of(needs[asked])
        rows, number = np.unique(np.concatenate((row, f.rivals.row[place])), return_inverse=True)
        activity = np.zeros(len(rows), dtype=np.int64)
        np.add.at(activity, number, np.concatenate((load * amounts[turned][column], served[asked][need])))
        return rows, activity


def matches_of(formulation: Formulation, amounts: Ints) -> tuple[Match, ...]:
    """The fixed matches and so much of every column, in the order of the problem's needs and options."""
    return matches_at(formulation.arrays, taken_of(formulation, amounts))


def taken_of(formulation: Formulation, amounts: Ints) -> Ints:
    """The same as rows [option, amount]."""
    columns, arrays = formulation.columns, formulation.arrays
    taken = np.flatnonzero(amounts)
    option = np.concatenate((arrays.fixed[:, 0], columns.option[taken]))
    amount = np.concatenate((arrays.fixed[:, 1], amounts[taken] * formulation.needs.size[columns.owner[taken]]))
    return np.column_stack((option, amount))[np.argsort(option)]
