"""A plan after its problem has changed: what still fits stays, and what the change touches is decided anew near by.

Free are the needs that the change touches, those that wait for what it frees, and those that hold what any of these
could take, up to some needs; everything else stays as it was. Programs of few needs, then of more, are solved within a
second: a first answer, worth at most what solving the whole problem again would find.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Arrays, Ints
from matching.mip import cp_sat
from matching.mip.limits import Limits
from matching.model.formulation import Formulation, columns_of, formulate
from matching.model.incumbent import Incumbent, taken_of
from matching.model.warm_start import resume
from matching.params.primal import REPAIR_DEFAULTS, RepairParams, RepairStage
from matching.problem.errors import SolverError
from matching.search.holder_graph import HolderGraph
from matching.search.neighborhood import Neighborhood


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of a problem touches: needs, and units of which there is more, by position in the arrays."""

    needs: Ints
    units: Ints


def repair(
    arrays: Arrays,
    taken: Ints,
    change: Change,
    search_s: float,
    should_stop: Callable[[], bool] | None = None,
    *,
    params: RepairParams = REPAIR_DEFAULTS,
) -> Ints:
    """The plan nearest to one of the problem as it was that decides anew only what the change touches.

    Both plans are rows [option, amount]. Nothing is proven of it. `search_s` are seconds for the search alone, so that
    what a busy machine finds is as good as what a quiet one does.
    """
    f = formulate(arrays)
    incumbent = Incumbent(f)
    dropped = resume(incumbent, taken)
    claimed = np.isin(arrays.claim_option, dropped)
    freed = np.union1d(arrays.claim_unit[claimed], change.units)
    owners = np.searchsorted(arrays.option_from, dropped, side="right") - 1
    touched = _touched(incumbent, np.union1d(owners, change.needs), freed, params.most_touched)
    if len(touched):
        holders = HolderGraph(incumbent, params.rings)
        limits = Limits(search_s, should_stop)
        for stage in params.stages:
            _solve(incumbent, holders.around_all(touched, stage.most_needs), limits, stage, arrays.seed)
            holders.renew()
    return taken_of(f, incumbent.amounts)


def _touched(incumbent: Incumbent, needs: Ints, freed: Ints, most: int) -> list[int]:
    """The bundles of the needs, and those unserved that could take what is freed: the most valuable of them."""
    f = incumbent.formulation
    bundle = f.needs.bundle
    own = np.unique(bundle[np.isin(f.needs.need, needs)])
    waiting = np.setdiff1d(_waiting_for(incumbent, freed), own)
    worth = np.bincount(bundle, f.needs.value, f.needs.bundles)
    ordered = [group[np.argsort(-worth[group], kind="stable")] for group in (own, waiting)]
    found: list[int] = np.concatenate(ordered)[:most].tolist()
    return found


def _waiting_for(incumbent: Incumbent, units: Ints) -> Ints:
    """The unserved bundles that could take any of the units."""
    f = incumbent.formulation
    entry = np.flatnonzero(f.matrix.high > f.matrix.low)
    entry = entry[np.isin(f.matrix.unit[f.matrix.low[entry]], units)]
    need = f.columns.owner[f.matrix.column[entry]]
    return np.unique(f.needs.bundle[need[~incumbent.served[need]]])


def _solve(incumbent: Incumbent, bundles: Ints, limits: Limits, stage: RepairStage, seed: int) -> None:
    """Let the bundles be as is best beside all others."""
    f: Formulation = incumbent.formulation
    columns = columns_of(f, bundles)
    neighborhood = Neighborhood.of(incumbent, bundles, columns)
    found = cp_sat.search(neighborhood.mip(stage.work_limit, seed), limits)
    if found.values is None:
        return
    amounts = np.zeros_like(columns)
    amounts[np.searchsorted(columns, neighborhood.columns)] = neighborhood.program.taken(found.values)
    before, former = incumbent.amounts[columns], incumbent.gain(bundles)
    if not incumbent.change(columns, amounts):
        raise SolverError("what was found near by does not fit the rest of the plan")
    if incumbent.gain(bundles) < former:
        incumbent.change(columns, before)
