"""The way back from amounts of columns to matches."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.model.formulation import Formulation
from matching.problem.needs import Match


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
