"""What solve promises about time, stopping, progress, seeds and bounds."""

import time
from dataclasses import replace

import pytest

from platsverket.matching import solve as solve_module
from platsverket.matching.bound import quick_bound
from platsverket.matching.checker import Violation, check, served
from platsverket.matching.errors import ProblemError, SolverError
from platsverket.matching.formulation import formulate
from platsverket.matching.greedy import construct
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.solve import Progress, solve

from .build import need, option, problem
from .market import market


@pytest.fixture(scope="module")
def small() -> Problem:
    """Proven best within a second or two."""
    return market(40, seed=3, options=8, bundles=0.3)


@pytest.fixture(scope="module")
def hard() -> Problem:
    """Not proven best for minutes."""
    return market(150)


def same(one: Plan, other: Plan) -> bool:
    return replace(one, runtime_s=0) == replace(other, runtime_s=0)


def test_the_same_problem_and_seed_give_the_same_plan(small: Problem) -> None:
    plan = solve(small, seed=7)

    assert plan.status == "optimal"
    assert same(plan, solve(small, seed=7))
    assert plan.seed == 7
    assert solve(small).seed == small.seed


def test_two_workers_find_the_same_worth() -> None:
    tiny = market(12, options=6)
    assert solve(tiny, workers=2).objective == solve(tiny).objective


def test_a_time_limit_far_too_short_still_gives_the_greedy_plan(hard: Problem) -> None:
    plan = solve(hard, time_limit_s=0.01)
    formulation = formulate(hard)

    assert plan.status == "feasible"
    assert plan.objective == formulation.worth(construct(formulation))
    assert plan.objective < plan.bound == quick_bound(formulation)


def test_a_time_limit_is_kept(hard: Problem) -> None:
    started = time.monotonic()
    plan = solve(hard, time_limit_s=2)

    assert plan.status == "feasible"
    assert time.monotonic() - started < 6  # generous: the machine is shared
    assert plan.runtime_s == pytest.approx(2, abs=2)


def test_should_stop_ends_the_search(hard: Problem) -> None:
    started = time.monotonic()
    plan = solve(hard, should_stop=lambda: time.monotonic() - started > 1)

    assert plan.status == "stopped"
    assert check(hard, plan) == ()
    assert time.monotonic() - started < 10


def test_progress_only_gets_better_and_ends_at_the_plan(small: Problem) -> None:
    told: list[Progress] = []
    plan = solve(small, progress=told.append)

    assert [p.value for p in told] == sorted(p.value for p in told)
    assert [-p.bound for p in told] == sorted(-p.bound for p in told)
    assert [p.seconds for p in told] == sorted(p.seconds for p in told)
    assert (told[-1].value, told[-1].bound) == (plan.objective, plan.bound)
    assert told[-1].served == len(served(small, plan.matches))


def test_what_progress_raises_reaches_the_caller(small: Problem) -> None:
    def fail_later(progress: Progress) -> None:
        if progress.bound < quick_bound(formulate(small)):
            raise RuntimeError("the listener is gone")

    with pytest.raises(RuntimeError, match="the listener is gone"):
        solve(small, progress=fail_later)


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
    plan = solve(problem(need("a", option("hall"))), progress=told.append)

    assert (plan.status, plan.objective, plan.bound) == ("optimal", 100, 100)
    assert len(told) == 1


@pytest.mark.parametrize("time_limit_s", [0, -1, float("nan")])
def test_a_time_limit_that_makes_no_sense(time_limit_s: float) -> None:
    with pytest.raises(ValueError, match="time_limit_s"):
        solve(problem(), time_limit_s=time_limit_s)


@pytest.mark.parametrize("field", [{"seed": -1}, {"seed": True}, {"workers": 0}])
def test_a_seed_or_workers_that_make_no_sense(field: dict[str, int]) -> None:
    with pytest.raises(ProblemError, match=next(iter(field))):
        solve(problem(), **field)  # type: ignore[arg-type]


def test_a_plan_that_fails_the_checker_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve_module, "check", lambda _problem, _plan: (Violation("over_capacity", "hall"),))

    with pytest.raises(SolverError, match="over_capacity"):
        solve(problem(need("a", option("hall"))))
