"""Bounds are true whatever the multipliers, and rows refuse no plan: against every plan of small random problems."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from matching.arrays.arrays import Ints
from matching.arrays.conversion import arrays_of
from matching.dual.decomposition import LagrangianDecomposition
from matching.dual.lagrangian import LagrangianRelaxation
from matching.dual.multipliers import Multipliers
from matching.dual.unit_ascent import UnitAscent
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip, MipResult
from matching.mip.limits import Limits
from matching.model.formulation import Formulation, formulate
from matching.model.incumbent import Incumbent
from matching.params.dual import UnitAscentParams
from matching.params.solve import SolveParams
from matching.problem.checker import check
from matching.problem.problem import Match, Problem, ProblemError
from matching.search.construction import construct
from matching.solve import solve
from tests.matching.brute import best, plans, worth
from tests.matching.build import need, option
from tests.matching.build import problem as problem_of
from tests.matching.instances import magnified, magnified_matches, problems

thorough = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32)
NO_LIMITS = Limits(None)
LARGE = 2**31


def some_multipliers(formulation: Formulation, random: Generator, most: float) -> Ints:
    """Whole multipliers of some rows and parts, so that Σ capacity × multiplier is below the most."""
    capacity = LagrangianRelaxation(formulation).capacity
    share = random.random(len(capacity)) * (random.random(len(capacity)) < 0.7)
    total = most * random.choice([1e-12, 1e-9, 1e-6, 1e-3, 0.999])
    return (share / max(1e-9, share.sum()) * total / capacity).astype(np.int64)


def decomposed(formulation: Formulation, random: Generator, multiplier: Ints, scale: int) -> LagrangianDecomposition:
    """The bound by blocks of a few units, from the greedy plan or none."""
    solution = LagrangianRelaxation(formulation).evaluate(multiplier, scale)
    incumbent = Incumbent(formulation)
    if random.random() < 0.7:
        construct(incumbent, Multipliers(formulation), lambda _: False)
    return LagrangianDecomposition(
        incumbent, solution, multiplier, scale, random.integers(0, 3, len(formulation.arrays.capacity))
    )


def settle(decomposition: LagrangianDecomposition, number: int) -> None:
    block = decomposition.blocks[number]
    if len(block.columns):
        mip = decomposition.mip(block, 60.0, 0)
        decomposition.take(block, mip, cp_sat.solve(mip, NO_LIMITS))
        assert block.settled


@thorough
@given(problems(units=4), seeds)
def test_no_pass_with_units_solved_exactly_proves_less_than_the_optimum(problem: Problem, seed: int) -> None:
    optimum, formulation = best(problem), formulate(arrays_of(problem))
    multipliers, incumbent = Multipliers(formulation), Incumbent(formulation)
    if seed % 2:
        multipliers.ascend(40, lambda: False)
        construct(incumbent, multipliers, lambda _: False)
    ascent = UnitAscent(incumbent, multipliers, UnitAscentParams(units=1 + seed % 3, first_step=0.5))
    for _ in range(12):
        for units in ascent.batches():
            ascent.take(ascent.relaxation, units, cp_sat.solve(ascent.mip(units, 0), NO_LIMITS))
        assert ascent.relaxation.bound >= optimum
        ascent.step()


@thorough
@given(problems(units=4), seeds, st.sampled_from([1, 3, 1024]))
def test_no_multipliers_give_a_bound_below_the_optimum(problem: Problem, seed: int, scale: int) -> None:
    random, optimum = np.random.default_rng(seed), best(problem)
    formulation = formulate(arrays_of(problem))
    market = LagrangianRelaxation(formulation)
    for largest in (1, 10, 100):
        multiplier = random.integers(0, largest * scale, len(market.capacity), endpoint=True)
        assert market.evaluate(multiplier, scale).bound >= optimum * scale
    assert market.evaluate(np.zeros_like(multiplier), scale).bound >= optimum * scale


@thorough
@given(problems(units=4), seeds, st.sampled_from([1, 1024]))
def test_no_plan_that_takes_a_column_is_worth_more_than_the_bound_less_its_loss(
    problem: Problem, seed: int, scale: int
) -> None:
    random = np.random.default_rng(seed)
    formulation = formulate(arrays_of(problem))
    market = LagrangianRelaxation(formulation)
    solution = market.evaluate(random.integers(0, 30 * scale, len(market.capacity), endpoint=True), scale)
    most = (solution.bound - market.fixing_penalties(solution, scale)) / scale
    ids = [(need.id, option.id) for need in problem.needs for option in need.options]
    column = {ids[option]: number for number, option in enumerate(formulation.columns.option.tolist())}
    for matches in plans(problem):
        taken = [column[pair] for match in matches if (pair := (match.need, match.option)) in column]
        assert all(worth(problem, matches) <= most[number] for number in taken)


def test_the_multiplier_of_a_part_tells_that_only_so_many_can_be_had() -> None:
    # 5 are wanted in 2 parts. The best three columns have 1 + 1 + 3 of it, which earns 20 + 18 + 3 × 1; in two parts
    # the most is 20 + 4 × 1, as 1 + 4 adds up to 5 and 1 + 3 does not. A part at 16 costs 16 for each one of the
    # column of 1, ⌊16 / 3⌋ = 5 of the column of 3, 4 of that of 4: 4 + 2 + 3 × -3 = -3, and 32 for two parts, is 29.
    columns = [
        option(f"o{o}", score=score, most=most) for o, (score, most) in enumerate([(20, 1), (18, 1), (1, 3), (1, 4)])
    ]
    wanted = need("n", *columns, value=0, amount=5, parts=2)
    market = LagrangianRelaxation(formulate(arrays_of(problem_of(wanted, units={f"o{o}": 9 for o in range(4)}))))
    multiplier = np.zeros_like(market.capacity)

    assert int(market.evaluate(multiplier).bound) == 20 + 18 + 3
    multiplier[-1] = 16
    assert int(market.evaluate(multiplier).bound) == 29


@thorough
@given(problems(units=4), seeds, st.sampled_from([1, 3, 1024]))
def test_no_blocks_give_a_bound_below_the_optimum(problem: Problem, seed: int, scale: int) -> None:
    random, optimum = np.random.default_rng(seed), best(problem)
    formulation = formulate(arrays_of(problem))
    multiplier = random.integers(0, 10 * scale, len(LagrangianRelaxation(formulation).capacity), endpoint=True)
    decomposition = decomposed(formulation, random, multiplier, scale)
    last = decomposition.bound

    assert last >= optimum
    for number in random.permutation(len(decomposition.blocks)).tolist():
        settle(decomposition, number)
        assert optimum <= decomposition.bound <= last
        last = decomposition.bound


@thorough
@given(problems(units=4))
def test_no_row_refuses_a_plan(problem: Problem) -> None:
    formulation = formulate(arrays_of(problem))
    for matches in islice(plans(problem), 200):
        amounts = _amounts(formulation, matches)
        if amounts is not None:
            assert (_demand(formulation, amounts) <= formulation.matrix.capacity).all()


def _amounts(formulation: Formulation, matches: tuple[Match, ...]) -> Ints | None:
    """What the matches take of every column; None if they take what another option of the need betters."""
    f, arrays = formulation, formulation.arrays
    amounts = np.zeros(len(f.columns.option), dtype=np.int64)
    fixed = set(arrays.fixed[:, 0].tolist())
    for match in matches:
        need_ = list(arrays.need_ids).index(match.need)
        option_ = arrays.option_ids.find(match.option, *arrays.option_from[need_ : need_ + 2].tolist())
        if option_ in fixed:
            continue
        column = np.flatnonzero(f.columns.option == option_)
        if not len(column):
            return None
        amounts[column] = match.amount // f.needs.size[f.columns.owner[column]]
    return amounts


def _demand(formulation: Formulation, amounts: Ints) -> Ints:
    f = formulation
    demand = f.matrix.activity(amounts)
    served = np.zeros(len(f.needs.need), dtype=np.int64)
    served[f.columns.owner[amounts > 0]] = 1
    np.add.at(demand, f.rivals.row, served[f.rivals.need])
    return demand


@thorough
@given(
    problems(units=4),
    seeds,
    st.booleans(),
    st.sampled_from([1, 2**10, 2**20, 2**22, 2**29]),
    st.sampled_from([1, 2**9, 2**29]),
    st.sampled_from([1, 2**20, 2**26, 2**28]),
    st.sampled_from([1, 2**10, 2**26]),
)
def test_bounds_are_true_for_the_largest_numbers(
    small: Problem, seed: int, divisible: bool, amounts: int, claims: int, scores: int, values: int
) -> None:
    if not divisible:
        small = replace(small, needs=tuple(replace(need, parts=1) for need in small.needs), fixed=())
    try:
        problem = magnified(small, amounts=amounts, claims=claims, scores=scores, values=values)
    except ProblemError:
        assume(False)
    # Of several parts there are more ways to share a larger amount, so then the optimum may be larger.
    known = max(worth(problem, magnified_matches(matches, amounts)) for matches in plans(small))
    plan = solve(problem, SolveParams(blocks=8)).plan

    assert check(problem, plan) == ()
    assert plan.bound >= known
    if plan.status == "optimal":
        assert plan.objective == known if not divisible else plan.objective >= known
    random, formulation = np.random.default_rng(seed), formulate(arrays_of(problem))
    limit = LagrangianRelaxation(formulation).limit
    multiplier = some_multipliers(formulation, random, limit)
    decomposition = decomposed(formulation, random, multiplier, scale=1)
    assert int(LagrangianRelaxation(formulation).evaluate(multiplier).bound) >= known
    for number in range(len(decomposition.blocks)):
        assert decomposition.bound >= known
        settle(decomposition, number)
    assert decomposition.bound >= known


def test_what_a_need_pays_for_each_of_billions_leaves_no_number() -> None:
    # The last of the two thousand million is so bad that paying its worth for each would be more than 2^64.
    good, bad = option("good", score=2, most=LARGE - 1), option("bad", score=-LARGE, most=1)
    needs = [need(name, good, bad, value=LARGE, amount=LARGE, parts=2) for name in "ab"]
    asked = problem_of(*needs, units={"good": LARGE - 1})
    formulation = formulate(arrays_of(asked))
    multiplier = np.zeros_like(LagrangianRelaxation(formulation).capacity)
    decomposition = LagrangianDecomposition(
        Incumbent(formulation),
        LagrangianRelaxation(formulation).evaluate(multiplier, 1024),
        multiplier,
        1024,
        np.arange(2),
    )
    plan = solve(asked).plan

    assert plan.objective == LARGE + 2 * (LARGE - 1) - LARGE
    assert plan.status == "optimal"
    assert decomposition.bound >= plan.objective


@pytest.mark.parametrize("gain", [2**50 + 1, 2**53 + 1, 2**55 + 1, 2**60 + 1])
def test_a_bound_too_large_for_a_float_is_whole(gain: int) -> None:
    one, none = np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    block = BlockMip(np.array([gain, 1]), one, none[:1], one[:1], none, np.arange(2), one, none, 1.0, 0)
    result: MipResult = cp_sat.solve(block, NO_LIMITS)

    assert (result.values.tolist(), result.bound) == ([1, 0], gain)


def test_a_bundle_of_many_columns_lowers_the_limit_of_multipliers() -> None:
    names = [f"n{n}" for n in range(2000)]
    options = [option(f"o{o}", score=o) for o in range(3)]
    asked = problem_of(*(need(name, *options) for name in names), units={f"o{o}": 1500 for o in range(3)})
    apart, together = (formulate(arrays_of(replace(asked, together=groups))) for groups in ((), (tuple(names),)))

    assert LagrangianRelaxation(apart).limit == 2**53
    assert LagrangianRelaxation(together).limit == 2**62 // 6000
    # Just within the limit a bundle's cost is still a number: nothing gains, so all of the bound is paid.
    capacity = together.matrix.capacity
    multiplier = np.full(len(capacity), LagrangianRelaxation(together).limit // int(capacity.sum()))
    assert int(LagrangianRelaxation(together).evaluate(multiplier).gain.max()) < 0
