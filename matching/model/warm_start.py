"""An incumbent from a plan for a problem that has changed since: whatever of it still fits is taken."""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.model.formulation import Formulation, columns_of
from matching.model.incumbent import Incumbent


def resume(incumbent: Incumbent, taken: Ints) -> Ints:
    """Take what still fits of the rows [option, amount], bundle by bundle, in an incumbent that has taken nothing yet.

    A bundle whose options may not all be taken any more, as forbidden or fixed otherwise, is left unserved.

    Returns
    -------
    Ints
        The options that are left out, by position in the arrays.
    """
    f, arrays = incumbent.formulation, incumbent.formulation.arrays
    options = taken[:, 0]
    wanted = np.zeros(len(arrays.score), dtype=np.int64)
    wanted[options] = taken[:, 1]
    amounts = wanted[f.columns.option] // f.needs.size[f.columns.owner]
    bundle = f.needs.bundle[f.columns.owner]
    fitting = (amounts > 0) & _whole(f, wanted, amounts)[bundle]
    if not incumbent.change(*_of(f, np.unique(bundle[fitting]), amounts)):
        _one_by_one(incumbent, bundle, fitting, amounts)
    kept = np.zeros(len(arrays.score), dtype=bool)
    kept[f.columns.option[incumbent.amounts > 0]] = True
    kept[arrays.fixed[:, 0]] = True
    return options[~kept[options]]


def _whole(f: Formulation, wanted: Ints, amounts: Ints) -> Bools:
    """The bundles of which everything that is wanted is a column, in full, (bundles,)."""
    needs = f.needs
    served = segments.sums(amounts, needs.column_from) == needs.missing
    asked = segments.sums(wanted, f.arrays.option_from)[needs.need] > 0
    parts = segments.sums((amounts > 0).astype(np.int64), needs.column_from) <= needs.parts
    broken = segments.sums((~(served & asked & parts)).astype(np.int64), needs.bundle_from)
    whole: Bools = broken == 0
    return whole


def _one_by_one(incumbent: Incumbent, bundle: Ints, wanted: Bools, amounts: Ints) -> None:
    """Take first whatever claims no unit of which there is too little, then one bundle after the other."""
    f = incumbent.formulation
    short = np.unique(f.matrix.unit[f.matrix.activity(np.where(wanted, amounts, 0)) > f.matrix.capacity])
    entry, column = f.matrix.entries(np.flatnonzero(wanted))
    filled = f.matrix.high[entry] > f.matrix.low[entry]
    units = f.matrix.unit[f.matrix.low[entry[filled]]]
    doubtful = np.unique(bundle[np.flatnonzero(wanted)[column[filled]][np.isin(units, short)]])
    rest = np.setdiff1d(bundle[wanted], doubtful)
    if not incumbent.change(*_of(f, rest, amounts)):  # of rivals more than one
        doubtful = np.unique(bundle[wanted])
    worth = np.bincount(bundle, f.columns.score * amounts, f.needs.bundles)
    worth += segments.sums(f.needs.value, f.needs.bundle_from)
    for one in doubtful[np.argsort(-worth[doubtful], kind="stable")]:
        incumbent.change(*_of(f, np.array([one]), amounts))


def _of(f: Formulation, bundles: Ints, amounts: Ints) -> tuple[Ints, Ints]:
    columns = columns_of(f, bundles)
    return columns, amounts[columns]
