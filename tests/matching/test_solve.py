"""What solve promises about time, stopping, progress, seeds, gaps and bounds."""

import time
from dataclasses import replace

import pytest

from matching import solve as solve_module
from matching.arrays.conversion import arrays_of
from matching.params.solve import SolveParams
from matching.problem.checker import Violation, check, served
from matching.problem.errors import ProblemError, SolverError
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.solve import Progress, solve
from tests.matching.build import need, option, problem
from tests.matching.market import market


@pytest.fixture(scope="module")
def small() -> Problem:
    """Proven best by some blocks."""
    return market(40, seed=3, options=8, bundles=0.3)


@pytest.fixture(scope="module")
def hard() -> Problem:
    """Large enough for multipliers and blocks, and not proven best for minutes."""
    return market(400)


def same(one: Plan, other: Plan) -> bool:
    return replace(one, runtime_s=0) == replace(other, runtime_s=0)


def test_the_same_problem_and_seed_give_the_same_plan(small: Problem) -> None:
    plan = solve(small, SolveParams(seed=7)).plan

    assert plan.status == "optimal"
    assert same(plan, solve(small, SolveParams(seed=7)).plan)
    assert plan.seed == 7
    assert solve(small).plan.seed == small.seed


def test_the_same_blocks_give_the_same_plan(hard: Problem) -> None:
    plan = solve(hard, SolveParams(seed=7, blocks=20)).plan

    assert plan.status == "feasible"
    assert same(plan, solve(hard, SolveParams(seed=7, blocks=20)).plan)
    assert plan.matches != solve(hard, SolveParams(seed=8, blocks=20)).plan.matches


def test_a_run_ends_after_so_many_blocks(hard: Problem) -> None:
    told: list[Progress] = []
    plan = solve(hard, SolveParams(blocks=3), progress=told.append).plan

    assert (plan.status, told[-1].blocks) == ("feasible", 3)
    assert same(plan, solve(hard, SolveParams(blocks=3)).plan)
    before = solve(hard, SolveParams(blocks=0)).plan
    assert before.bound - before.objective > plan.bound - plan.objective


def test_a_stop_is_heard_while_the_dual_ascends(hard: Problem) -> None:
    told: list[Progress] = []
    plan = solve(hard, should_stop=lambda: True, progress=told.append).plan

    assert (plan.status, told[-1].blocks) == ("stopped", 0)
    assert check(hard, plan) == ()


def test_arrays_are_solved_as_the_problem_that_they_say(small: Problem) -> None:
    assert same(solve(arrays_of(small), SolveParams(seed=7)).plan, solve(small, SolveParams(seed=7)).plan)


def test_a_gap_ends_the_search_when_no_more_than_that_can_be_gained(hard: Problem) -> None:
    told: list[Progress] = []
    plan = solve(hard, SolveParams(gap=0.1), progress=told.append).plan

    assert check(hard, plan) == ()
    assert plan.status == "feasible"
    assert plan.bound - plan.objective <= 0.1 * plan.bound
    assert told[-1].gap <= 0.1 < min([p.gap for p in told[:-1]], default=1)


def test_a_time_limit_far_too_short_still_gives_a_plan_and_a_bound(hard: Problem) -> None:
    plan = solve(hard, SolveParams(time_limit_s=1e-06)).plan

    assert plan.status == "feasible"
    assert check(hard, plan) == ()
    assert plan.bound <= sum(need.value for need in hard.needs)


def test_a_time_limit_is_kept(hard: Problem) -> None:
    started = time.monotonic()
    plan = solve(hard, SolveParams(time_limit_s=2)).plan

    assert plan.status == "feasible"
    assert time.monotonic() - started < 6  # generous: the machine is shared
    assert plan.runtime_s == pytest.approx(2, abs=2)


def test_should_stop_ends_the_search(hard: Problem) -> None:
    started = time.monotonic()
    plan = solve(hard, should_stop=lambda: time.monotonic() - started > 1).plan

    assert plan.status == "stopped"
    assert plan.objective > 0
    assert check(hard, plan) == ()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("large", [False, True])
def test_progress_only_gets_better_and_ends_at_the_plan(large: bool, small: Problem, hard: Problem) -> None:
    told: list[Progress] = []
    asked = hard if large else small
    plan = solve(asked, SolveParams(blocks=30), progress=told.append).plan

    assert [p.value for p in told] == sorted(p.value for p in told)
    assert [-p.bound for p in told] == sorted(-p.bound for p in told)
    assert [p.seconds for p in told] == sorted(p.seconds for p in told)
    assert [p.blocks for p in told] == sorted(p.blocks for p in told)
    assert [p.gap for p in told] == sorted((p.gap for p in told), reverse=True)
    assert (told[-1].value, told[-1].bound) == (plan.objective, plan.bound)
    assert told[-1].served == len(served(asked, plan.matches))
    assert told[-1].blocks > 0


def test_gap_is_the_share_of_the_bound_that_may_be_gained() -> None:
    assert Progress(value=90, bound=100, served=3, seconds=1.0).gap == 0.1
    assert Progress(value=0, bound=0, served=0, seconds=0.0).gap == 0
    assert Progress(value=-12, bound=-10, served=0, seconds=0.0).gap == 0.2


def test_what_progress_raises_reaches_the_caller(hard: Problem) -> None:
    def fail_later(progress: Progress) -> None:
        if progress.blocks:
            raise RuntimeError("the listener is gone")

    with pytest.raises(RuntimeError, match="the listener is gone"):
        solve(hard, progress=fail_later)


def test_what_should_stop_raises_reaches_the_caller(hard: Problem) -> None:
    started = time.monotonic()

    def fail_later() -> bool:
        if time.monotonic() - started > 1:
            raise RuntimeError("nobody to ask")
        return False

    with pytest.raises(RuntimeError, match="nobody to ask"):
        solve(hard, should_stop=fail_later)


def test_a_greedy_plan_as_good_as_its_bound_needs_no_search() -> None:
    told: list[Progress] = []
    plan = solve(problem(need("a", option("hall"))), progress=told.append).plan

    assert (plan.status, plan.objective, plan.bound) == ("optimal", 100, 100)
    assert told[-1].blocks == 0


@pytest.mark.parametrize("time_limit_s", [0, -1, float("nan")])
def test_a_time_limit_that_makes_no_sense(time_limit_s: float) -> None:
    with pytest.raises(ValueError, match="time_limit_s"):
        SolveParams(time_limit_s=time_limit_s)


@pytest.mark.parametrize("gap", [-0.1, 1, float("nan")])
def test_a_gap_that_makes_no_sense(gap: float) -> None:
    with pytest.raises(ValueError, match="gap"):
        SolveParams(gap=gap)


@pytest.mark.parametrize("field", [{"seed": -1}, {"seed": True}, {"workers": 0}])
def test_a_seed_or_workers_that_make_no_sense(field: dict[str, int]) -> None:
    with pytest.raises(ProblemError, match=next(iter(field))):
        SolveParams(**field)  # type: ignore[arg-type]


def test_a_plan_that_fails_the_checker_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve_module, "check", lambda _problem, _plan: (Violation("over_capacity", "hall"),))

    with pytest.raises(SolverError, match="over_capacity"):
        solve(problem(need("a", option("hall"))))


def test_a_wrong_conversion_is_found_by_checking_the_problem_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = problem(need("a", option("hall")), need("b", option("hall")), units={"hall": 1})
    doubled = replace(arrays_of(asked), capacity=2 * arrays_of(asked).capacity)
    monkeypatch.setattr(solve_module, "arrays_of", lambda _problem: doubled)

    with pytest.raises(SolverError, match="over_capacity"):
        solve(asked)
