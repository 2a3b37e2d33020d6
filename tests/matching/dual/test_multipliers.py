"""Multipliers come near the dual values of the linear program, which SciPy's HiGHS solves from the formulation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from benchmarks.experiments.assignments import assignment
from matching.arrays.arrays import Arrays
from matching.arrays.conversion import arrays_of
from matching.dual.block_ascent import UnitClaimants
from matching.dual.lagrangian import LagrangianRelaxation
from matching.dual.subgradient import ascend
from matching.mip.block_mip import Interruption, MipResult
from matching.mip.limits import Limits
from matching.mip.linear import solve
from matching.model.formulation import Formulation, formulate
from matching.search.dual_operators import DualAscent
from matching.search.state import SearchState
from tests.matching.build import need, option, problem
from tests.matching.market import market


def stores() -> Arrays:
    """Forty needs of chairs, each from at most two of four stores: the smallest have the best scores."""
    stores = [option(f"s{s}", score=4 - s, most=6 + 5 * s) for s in range(4)]
    needs = [need(f"n{n}", *stores, value=200 + 10 * n, amount=10 + n % 11, parts=2) for n in range(40)]
    return arrays_of(problem(*needs, units={f"s{s}": 60 + 40 * s for s in range(4)}))


MARKETS = pytest.mark.parametrize(
    "arrays",
    [arrays_of(market(150)), assignment(8, 80, kind="D"), stores()],
    ids=["market", "assignment at least cost", "stores of chairs"],
)


def relaxed(f: Formulation) -> float:
    """The best value if needs could be served, and columns taken, in part: of one need a bundle, without stability."""
    columns, needs, rows = len(f.columns.option), len(f.needs.need), len(f.matrix.capacity)
    row, column, load = f.matrix.loads(np.arange(columns))
    loads = coo_array((load, (row, column)), shape=(rows, columns + needs))
    parts = coo_array((1 / f.columns.most, (f.columns.owner, np.arange(columns))), shape=(needs, columns + needs))
    full = coo_array(
        (
            np.concatenate((np.ones(columns), -f.needs.missing)),
            (np.concatenate((f.columns.owner, np.arange(needs))), np.arange(columns + needs)),
        )
    )
    found = linprog(
        -np.concatenate((f.columns.score, f.needs.value)),
        A_ub=vstack([loads, parts]),
        b_ub=np.concatenate((f.matrix.capacity, f.needs.parts)),
        A_eq=full,
        b_eq=np.zeros(needs),
        bounds=np.column_stack((np.zeros(columns + needs), np.concatenate((f.columns.most, np.ones(needs))))),
    )
    return f.base - float(found.fun)


@MARKETS
def test_multipliers_come_near_those_of_the_linear_program(arrays: Arrays) -> None:
    formulation = formulate(arrays)
    relaxation = LagrangianRelaxation(formulation)
    nothing = np.zeros(len(relaxation.capacity))
    bound = min(float(solution.bound) for _, solution in ascend(relaxation, nothing))
    best, free = relaxed(formulation), float(relaxation.evaluate(nothing).bound)

    # Of all that multipliers can take off the bound at most a twentieth is missing.
    assert best - 1e-6 <= bound <= best + (free - best) / 20


SCALE = 1024


@MARKETS
def test_multipliers_of_a_whole_market_are_those_of_the_linear_program(arrays: Arrays) -> None:
    formulation = formulate(arrays)
    relaxation = LagrangianRelaxation(formulation)
    multiplier = np.zeros(len(relaxation.capacity), dtype=np.int64)
    claimants = UnitClaimants(formulation)
    ascent = claimants.block_ascent(np.flatnonzero(claimants.scarce), multiplier, SCALE)
    result = solve(ascent.mip(100.0, 1), Limits(None))
    assert result.duals is not None
    ascent.write(result.duals, multiplier)

    # Each multiplier is rounded to a 1024th of a point, which its whole capacity pays. A need of two parts is served in
    # part by as much of its parts only, which is less than the linear program here allows.
    rounding = float(relaxation.capacity.sum()) / SCALE
    assert relaxation.evaluate(multiplier, SCALE).bound / SCALE <= relaxed(formulation) + rounding


def test_multipliers_of_one_place_after_the_other_only_lower_the_bound() -> None:
    formulation = formulate(arrays_of(market(120, bundles=0.3)))
    relaxation, claimants = LagrangianRelaxation(formulation), UnitClaimants(formulation)
    multiplier = np.zeros(len(relaxation.capacity), dtype=np.int64)
    bounds = [int(relaxation.evaluate(multiplier, SCALE).bound)]
    for units in np.array_split(np.flatnonzero(claimants.scarce), 5):
        ascent = claimants.block_ascent(units, multiplier, SCALE)
        result = solve(ascent.mip(100.0, 1), Limits(None))
        assert result.duals is not None
        ascent.write(result.duals, multiplier)
        bounds.append(int(relaxation.evaluate(multiplier, SCALE).bound))

    assert all(after <= before + len(multiplier) for before, after in pairwise(bounds))
    assert bounds[-1] < bounds[0]


def test_what_two_want_of_one_is_worth_what_the_second_would_give() -> None:
    needs = need("n0", option("room"), value=10), need("n1", option("room"), value=7)
    formulation = formulate(arrays_of(problem(*needs)))
    multiplier = np.zeros(1, dtype=np.int64)
    ascent = UnitClaimants(formulation).block_ascent(np.array([0]), multiplier, SCALE)
    result = solve(ascent.mip(1.0, 1), Limits(None))
    assert result.duals is not None
    ascent.write(result.duals, multiplier)

    # At any multiplier p from 7 to 10 the bound is p for the room, and 10 - p that the first gains: 10.
    assert 7 * SCALE <= multiplier[0] <= 10 * SCALE
    assert (result.bound, LagrangianRelaxation(formulation).evaluate(multiplier, SCALE).bound) == (
        10 * SCALE,
        10 * SCALE,
    )


def test_without_time_or_work_no_multipliers_are_found() -> None:
    formulation = formulate(arrays_of(market(150)))
    claimants = UnitClaimants(formulation)
    multiplier = np.zeros(len(LagrangianRelaxation(formulation).capacity), dtype=np.int64)
    ascent = claimants.block_ascent(np.flatnonzero(claimants.scarce), multiplier, SCALE)
    late = solve(ascent.mip(100.0, 1), Limits(None, lambda: True))
    idle = solve(ascent.mip(1e-6, 1), Limits(None))

    assert (late.duals, late.interrupted) == (None, Interruption(0, 0.0))
    assert (idle.duals, idle.interrupted) == (None, None)
    assert late.bound == idle.bound >= relaxed(formulation)


def test_multipliers_have_no_second_turn_before_others_had_theirs_however_little_they_work() -> None:
    search = SearchState(formulate(stores()), 1)
    operator = DualAscent(search, np.flatnonzero(search.multipliers.claimants.scarce))
    assert operator.priority[0]
    task = operator.next()
    assert task is not None
    nothing = MipResult(task.mip.hint, np.zeros_like(task.mip.hint), np.array([0]))
    search.work += search.work_of(task.mip, nothing)
    task.done(nothing)
    assert not operator.priority[0]
