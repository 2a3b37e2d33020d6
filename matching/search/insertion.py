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
from matching.dual.lagrangian import Market
from matching.mip import cp_sat
from matching.mip.block_mip import Block
from matching.mip.limits import Limits
from matching.model.formulation import Formulation, columns_of, formulate
from matching.model.incumbent import Standing, matches_of
from matching.params import AT_ONCE, THOROUGH, InsertionParams
from matching.problem.errors import SolverError
from matching.problem.needs import Match
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.search.conflict_graph import Neighbours
from matching.search.neighborhood import Opportunity


@dataclass(frozen=True, slots=True)
class Insertion:
    """The columns of the bundles that were free with their new amounts, and what all of that gains."""

    columns: Ints
    amounts: Ints
    gain: int


class Single:
    """A plan as it stands with who holds what, put together once and asked for one need after the other.

    The standing may not change in between, other than by what is asked for.
    """

    def __init__(self, standing: Standing, params: InsertionParams = AT_ONCE) -> None:
        self.standing = standing
        self._f = standing.formulation
        self._params = params
        self._neighbours = Neighbours(standing, params.rings)

    def insert(self, need: int, limits: Limits, seed: int = 0) -> Insertion | None:
        """The best way to serve the need (by position in the formulation) too; None if none gains. Nothing changes."""
        own = int(self._neighbours.bundle[need])
        bundles = self._neighbours.around(own, self._params.most_needs)
        columns = columns_of(self._f, bundles)
        opportunity = Opportunity.of(self.standing, bundles, columns)
        block = _keeping(opportunity, opportunity.block(self._params.work_limit, seed, quick=self._params.no_presolve))
        found = cp_sat.search(block, limits)
        if found.values is None:
            return None
        gain = int(block.gain @ (found.values - block.hint))
        amounts = np.zeros_like(columns)
        amounts[np.searchsorted(columns, opportunity.columns)] = opportunity.program.taken(found.values)
        return Insertion(columns, amounts, gain) if gain > 0 else None

    def take(self, insertion: Insertion) -> None:
        """Let the plan be as the insertion says. Who holds what is put together anew."""
        if not self.standing.change(insertion.columns, insertion.amounts):
            raise SolverError("what was found does not fit the plan that it was asked for")
        self._neighbours.renew()


def insert(problem: Problem, matches: Iterable[Match], need: str, limits: Limits) -> Plan | None:
    """The plan that serves the need of the problem too and drops nobody whom the matches serve; None if none gains.

    The matches must be right, the fixed ones included. The bound is what prices of nothing say.
    """
    arrays = arrays_of(problem)
    f = formulate(arrays)
    standing = standing_of(f, arrays, matches)
    found = np.flatnonzero(f.need == list(arrays.need_ids).index(need))
    if not len(found):
        return None
    single = Single(standing, THOROUGH)
    insertion = single.insert(int(found[0]), limits, problem.seed)
    if insertion is None:
        return None
    single.take(insertion)
    return _plan(problem, standing, limits)


def as_plan(problem: Problem, matches: Iterable[Match], limits: Limits) -> Plan:
    """The matches as a plan; ValueError if they do not fit."""
    arrays = arrays_of(problem)
    return _plan(problem, standing_of(formulate(arrays), arrays, matches), limits)


def _plan(problem: Problem, standing: Standing, limits: Limits) -> Plan:
    f, worth = standing.formulation, standing.worth()
    market = Market(f)
    bound = int(market.respond(np.zeros_like(market.capacity)).bound)
    return Plan(
        problem=problem.name,
        status="optimal" if worth == bound else "feasible",
        objective=worth,
        bound=bound,
        seed=problem.seed,
        runtime_s=round(limits.seconds(), 3),
        matches=matches_of(f, standing.amounts),
    )


def standing_of(formulation: Formulation, arrays: Arrays, matches: Iterable[Match]) -> Standing:
    """The plan of the matches as it stands; ValueError if they do not fit."""
    f, matches = formulation, tuple(matches)
    amount = np.zeros(len(arrays.score), dtype=np.int64)
    np.add.at(amount, options_at(arrays, matches), [match.amount for match in matches])
    np.subtract.at(amount, arrays.fixed[:, 0], arrays.fixed[:, 1])
    standing = Standing(f)
    if not standing.change(np.arange(len(f.option)), amount[f.option] // f.size[f.owner]):
        raise ValueError(f"the matches do not fit the problem {arrays.name!r}")
    return standing


def _keeping(opportunity: Opportunity, block: Block) -> Block:
    """The block where something is taken for the first need of each bundle that is served now."""
    served = opportunity.standing.served[opportunity.needs]
    f = opportunity.program.formulation
    owner, first = f.owner[opportunity.program.columns], f.bundle_from[:-1]
    needs = first[served[first]]
    column, row = segments.places(np.searchsorted(owner, needs), np.searchsorted(owner, needs + 1))
    return replace(
        block,
        least=np.append(block.least, np.ones_like(needs)),
        most=np.append(block.most, np.full(len(needs), int(block.upper.sum()))),
        row=np.append(block.row, row + len(block.most)),
        column=np.append(block.column, column),
        entry=np.append(block.entry, np.ones_like(column)),
    )
