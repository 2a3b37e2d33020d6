"""One new need in a market that has its plan: served near by and at once, and nobody who is served loses it.

Free are the bundle of the need, those that hold what it could take, and those that hold what these could take in
turn, up to some needs; everything else stays as it is. That is a small program, solved exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Ints
from matching.arrays.conversion import arrays_of, options_at
from matching.dual.lagrangian import LagrangianRelaxation
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip
from matching.mip.limits import Limits
from matching.model.formulation import Formulation, columns_of, formulate
from matching.model.incumbent import Incumbent, matches_of
from matching.params.primal import AT_ONCE, THOROUGH, InsertionParams
from matching.problem.errors import SolverError
from matching.problem.needs import Match
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.search.holder_graph import HolderGraph
from matching.search.neighborhood import Neighborhood


@dataclass(frozen=True, slots=True)
class Insertion:
    """The columns of the bundles that were free with their new amounts, and what all of that gains."""

    columns: Ints
    amounts: Ints
    gain: int


class InsertionSearch:
    """An incumbent with who holds what, put together once and asked for one need after the other.

    The incumbent may not change in between, other than by what is asked for.
    """

    def __init__(self, incumbent: Incumbent, params: InsertionParams = AT_ONCE) -> None:
        self.incumbent = incumbent
        self._f = incumbent.formulation
        self._params = params
        self._holders = HolderGraph(incumbent, params.rings)

    def insert(self, need: int, limits: Limits, seed: int = 0) -> Insertion | None:
        """The best way to serve the need (by position in the formulation) too; None if none gains. Nothing changes."""
        own = int(self._holders.bundle[need])
        bundles = self._holders.around(own, self._params.most_needs)
        columns = columns_of(self._f, bundles)
        neighborhood = Neighborhood.of(self.incumbent, bundles, columns)
        mip = _keeping(neighborhood, neighborhood.mip(self._params.work_limit, seed))
        found = cp_sat.search(replace(mip, no_presolve=self._params.no_presolve), limits)
        if found.values is None:
            return None
        gain = int(mip.gain @ (found.values - mip.hint))
        amounts = np.zeros_like(columns)
        amounts[np.searchsorted(columns, neighborhood.columns)] = neighborhood.program.taken(found.values)
        return Insertion(columns, amounts, gain) if gain > 0 else None

    def take(self, insertion: Insertion) -> None:
        """Let the plan be as the insertion says. Who holds what is put together anew."""
        if not self.incumbent.change(insertion.columns, insertion.amounts):
            raise SolverError("what was found does not fit the plan that it was asked for")
        self._holders.renew()


def insert(problem: Problem, matches: Iterable[Match], need: str, limits: Limits) -> Plan | None:
    """The plan that serves the need of the problem too and drops nobody whom the matches serve; None if none gains.

    The matches must be right, the fixed ones included. The bound is that at multipliers of 0.
    """
    arrays = arrays_of(problem)
    f = formulate(arrays)
    incumbent = incumbent_of(f, arrays, matches)
    found = np.flatnonzero(f.needs.need == list(arrays.need_ids).index(need))
    if not len(found):
        return None
    search = InsertionSearch(incumbent, THOROUGH)
    insertion = search.insert(int(found[0]), limits, problem.seed)
    if insertion is None:
        return None
    search.take(insertion)
    return plan_of(arrays, incumbent, limits)


def insert_each(arrays: Arrays, matches: Iterable[Match], needs: Iterable[str], limits: Limits) -> tuple[Match, ...]:
    """The matches after one need after the other has been inserted, where that gains; the problem is formulated once.

    Raises
    ------
    ValueError
        The matches do not fit.
    """
    f = formulate(arrays)
    incumbent = incumbent_of(f, arrays, matches)
    search = InsertionSearch(incumbent, THOROUGH)
    position = {id_: n for n, id_ in enumerate(arrays.need_ids)}
    for need in needs:
        for found in np.flatnonzero(f.needs.need == position[need]).tolist():
            if not incumbent.served[found]:
                insertion = search.insert(found, limits, arrays.seed)
                if insertion is not None:
                    search.take(insertion)
    return matches_of(f, incumbent.amounts)


def as_plan(arrays: Arrays, matches: Iterable[Match], limits: Limits) -> Plan:
    """The matches as a plan.

    Raises
    ------
    ValueError
        They do not fit.
    """
    return plan_of(arrays, incumbent_of(formulate(arrays), arrays, matches), limits)


def plan_of(arrays: Arrays, incumbent: Incumbent, limits: Limits) -> Plan:
    """The incumbent as a plan; its bound is that at multipliers of 0."""
    f, worth = incumbent.formulation, incumbent.worth()
    relaxation = LagrangianRelaxation(f)
    bound = int(relaxation.evaluate(np.zeros_like(relaxation.capacity)).bound)
    return Plan(
        problem=arrays.name,
        status="optimal" if worth == bound else "feasible",
        objective=worth,
        bound=bound,
        seed=arrays.seed,
        runtime_s=round(limits.seconds(), 3),
        matches=matches_of(f, incumbent.amounts),
    )


def incumbent_of(formulation: Formulation, arrays: Arrays, matches: Iterable[Match]) -> Incumbent:
    """The plan of the matches as an incumbent.

    Raises
    ------
    ValueError
        They do not fit.
    """
    f, matches = formulation, tuple(matches)
    amount = np.zeros(len(arrays.score), dtype=np.int64)
    np.add.at(amount, options_at(arrays, matches), [match.amount for match in matches])
    np.subtract.at(amount, arrays.fixed[:, 0], arrays.fixed[:, 1])
    incumbent = Incumbent(f)
    amounts = amount[f.columns.option] // f.needs.size[f.columns.owner]
    if not incumbent.change(np.arange(len(f.columns)), amounts):
        raise ValueError(f"the matches do not fit the problem {arrays.name!r}")
    return incumbent


def _keeping(neighborhood: Neighborhood, mip: BlockMip) -> BlockMip:
    """The MIP where something is taken for the first need of each bundle that is served now."""
    served = neighborhood.incumbent.served[neighborhood.needs]
    f = neighborhood.program.formulation
    owner, first = f.columns.owner[neighborhood.program.columns], f.needs.bundle_from[:-1]
    needs = first[served[first]]
    column, row = segments.expand(np.searchsorted(owner, needs), np.searchsorted(owner, needs + 1))
    return replace(
        mip,
        least=np.append(mip.least, np.ones_like(needs)),
        most=np.append(mip.most, np.full(len(needs), int(mip.upper.sum()))),
        row=np.append(mip.row, row + len(mip.most)),
        column=np.append(mip.column, column),
        entry=np.append(mip.entry, np.ones_like(column)),
    )
