"""A course that is taken again gives the same plan and bound, wherever it was ended and whoever solved its blocks."""

import time
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from msgspec import structs

from matching.mip import cp_sat, executors, limits
from matching.mip.block_mip import BlockMip, Interruption, MipResult
from matching.mip.executors import Executor, Results, SerialExecutor
from matching.mip.limits import Limits
from matching.mip.replay import Trace
from matching.params import SOLVE_DEFAULTS, SolveParams
from matching.problem.checker import check
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.search.state import Progress
from matching.solve import solve
from tests.matching.market import market


@pytest.fixture(scope="module")
def hard() -> Problem:
    """Not proven best by some blocks."""
    return market(400)


def noted(problem: Problem, params: SolveParams = SOLVE_DEFAULTS, **how: object) -> tuple[Plan, Trace]:
    """The plan, and the course that led to it as it comes out of a file."""
    result = solve(problem, params, **how)  # type: ignore[arg-type]
    return result.plan, msgspec.json.decode(msgspec.json.encode(result.trace), type=Trace)


def assert_same(one: Plan, other: Plan) -> None:
    assert replace(one, runtime_s=0) == replace(other, runtime_s=0)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_course_of_several_workers_can_be_taken_by_any_number(hard: Problem, workers: int) -> None:
    plan, trace = noted(hard, SolveParams(workers=2, blocks=20))

    assert (trace.width, sum(map(len, trace.results))) == (3, 20)
    assert_same(solve(hard, SolveParams(workers=workers), replay=trace).plan, plan)


@pytest.mark.parametrize("seconds", [0.001, 0.2, 1.0, 2.5])
def test_wherever_the_clock_ends_a_course_it_can_be_taken_again(hard: Problem, seconds: float) -> None:
    plan, trace = noted(hard, SolveParams(time_limit_s=seconds))

    assert plan.status == "feasible"
    assert_same(solve(hard, replay=trace).plan, plan)


class Clock:
    """The optimiser's clock, which can be put forward."""

    def __init__(self) -> None:
        self.forward_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.forward_s


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The hand of the clock."""
    found = Clock()
    monkeypatch.setattr(limits, "time", found)
    return found


def test_a_course_that_ended_between_two_blocks(hard: Problem, hand: Clock) -> None:
    def tell(now: Progress) -> None:
        hand.forward_s = 3600.0 if now.blocks == 2 else 0.0

    plan, trace = noted(hard, SolveParams(time_limit_s=3600), progress=tell)
    hand.forward_s = 0.0

    assert (trace.results, trace.interrupted) == ([[0], [1]], {})
    assert_same(solve(hard, replay=trace).plan, plan)


def test_a_course_that_ended_before_a_block_found_anything(
    hard: Problem, hand: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(executors.cp_sat, "solve", _cutting_short(3, hand))
        plan, trace = noted(hard, SolveParams(time_limit_s=3600))
    hand.forward_s = 0.0

    assert (trace.results, trace.interrupted) == ([[0], [1], [2]], {2: Interruption(0, 0.0)})
    assert_same(solve(hard, replay=trace).plan, plan)


def _cutting_short(which: int, hand: Clock) -> Callable[[BlockMip, Limits], MipResult]:
    """Solve blocks, but let time be up as soon as one of them is begun."""
    begun: list[BlockMip] = []
    solve_block = cp_sat.solve

    def solved(block: BlockMip, within: Limits) -> MipResult:
        begun.append(block)
        if len(begun) == which:
            hand.forward_s = 3600.0
        return solve_block(block, within)

    return solved


def test_a_course_that_was_stopped_in_its_first_plan() -> None:
    large = market(1000)
    asked: list[int] = []

    def stop_after_the_prices() -> bool:
        """The prices ask once for each pass; then the first plan does."""
        asked.append(1)
        return len(asked) > SOLVE_DEFAULTS.search.subgradient.passes + 3

    plan, trace = noted(large, should_stop=stop_after_the_prices)
    again = solve(large, replay=trace).plan

    assert (trace.passes, trace.results) == (SOLVE_DEFAULTS.search.subgradient.passes, [])
    assert trace.tried is not None
    assert_same(again, replace(plan, status="feasible"))


class Losing(SerialExecutor):
    """Never hears of the third block."""

    def receive(self) -> Results:
        return [(number, None if number == 2 else answer) for number, answer in super().receive()]


def test_a_block_that_was_given_up_is_not_solved_then_either(hard: Problem) -> None:
    def opening(_workers: int, within: Limits) -> Executor:
        return Losing(within)

    plan, trace = noted(hard, SolveParams(blocks=5), executor=opening)

    assert trace.given_up == [2]
    assert_same(solve(hard, replay=trace).plan, plan)


def test_the_course_of_another_problem_comes_to_an_end_and_to_a_plan(hard: Problem) -> None:
    other = market(120)
    _, trace = noted(hard, SolveParams(blocks=5))

    assert check(other, solve(other, replay=trace).plan) == ()
    assert check(hard, solve(hard, replay=structs.replace(trace, results=[[0], [7]])).plan) == ()
