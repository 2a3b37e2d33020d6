"""A run that is replayed gives the same plan and bound, wherever it was ended and whoever solves its blocks."""

from dataclasses import replace

import msgspec
import pytest
from msgspec import structs

from matching.mip.block_mip import Interruption
from matching.mip.executors import Executor, Results, SerialExecutor
from matching.mip.limits import Limits
from matching.mip.replay import Trace
from matching.params.solve import SOLVE_DEFAULTS, SolveParams
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
    """The plan, and the trace of the run as it comes out of a file."""
    result = solve(problem, params, **how)  # type: ignore[arg-type]
    return result.plan, msgspec.json.decode(msgspec.json.encode(result.trace), type=Trace)


def assert_same(one: Plan, other: Plan) -> None:
    assert replace(one, runtime_s=0) == replace(other, runtime_s=0)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_of_several_workers_can_be_replayed_by_any_number(hard: Problem, workers: int) -> None:
    plan, trace = noted(hard, SolveParams(workers=2, blocks=20))

    assert (trace.width, sum(map(len, trace.results))) == (3, 20)
    assert_same(solve(hard, SolveParams(workers=workers), replay=trace).plan, plan)


@pytest.mark.parametrize("seconds", [0.001, 0.2, 1.0, 2.5])
def test_wherever_the_clock_ends_a_run_it_can_be_replayed(hard: Problem, seconds: float) -> None:
    plan, trace = noted(hard, SolveParams(time_limit_s=seconds))

    assert plan.status == "feasible"
    assert_same(solve(hard, replay=trace).plan, plan)


class Switch:
    """What a caller stops a run with."""

    def __init__(self) -> None:
        self.on = False

    def is_on(self) -> bool:
        return self.on


def test_a_run_that_ended_between_two_blocks(hard: Problem) -> None:
    stop = Switch()

    def tell(now: Progress) -> None:
        stop.on = now.blocks == 2

    plan, trace = noted(hard, progress=tell, should_stop=stop.is_on)

    assert (plan.status, trace.results, trace.interrupted) == ("stopped", [[0], [1]], {})
    assert_same(solve(hard, replay=trace).plan, replace(plan, status="feasible"))


class StoppingAtTheThird(SerialExecutor):
    """Has the run stopped as soon as the third block is begun."""

    def __init__(self, limits: Limits, stop: Switch) -> None:
        super().__init__(limits)
        self._stop = stop

    def receive(self) -> Results:
        self._stop.on = self._waiting[0][0] == 2
        return super().receive()


def test_a_run_that_ended_before_a_block_found_anything(hard: Problem) -> None:
    stop = Switch()

    def executor(_workers: int, limits: Limits) -> Executor:
        return StoppingAtTheThird(limits, stop)

    plan, trace = noted(hard, executor=executor, should_stop=stop.is_on)

    assert (trace.results, trace.interrupted) == ([[0], [1], [2]], {2: Interruption(0, 0.0)})
    assert_same(solve(hard, replay=trace).plan, replace(plan, status="feasible"))


def test_a_run_that_was_stopped_in_its_first_plan() -> None:
    large = market(1000)
    asked: list[int] = []

    def stop_after_the_ascent() -> bool:
        """The ascent asks once for each pass; then the first plan does."""
        asked.append(1)
        return len(asked) > SOLVE_DEFAULTS.search.subgradient.passes + 3

    plan, trace = noted(large, should_stop=stop_after_the_ascent)
    again = solve(large, replay=trace).plan

    assert (trace.passes, trace.results) == (SOLVE_DEFAULTS.search.subgradient.passes, [])
    assert trace.tried is not None
    assert_same(again, replace(plan, status="feasible"))


class Losing(SerialExecutor):
    """Never hears of the third block."""

    def receive(self) -> Results:
        return [(number, None if number == 2 else result) for number, result in super().receive()]


def test_a_block_that_was_given_up_is_not_solved_then_either(hard: Problem) -> None:
    def executor(_workers: int, limits: Limits) -> Executor:
        return Losing(limits)

    plan, trace = noted(hard, SolveParams(blocks=5), executor=executor)

    assert trace.given_up == [2]
    assert_same(solve(hard, replay=trace).plan, plan)


def test_a_trace_keeps_the_keys_that_are_stored() -> None:
    stored = (
        b'{"width":3,"passes":180,"tried":null,"answers":[[0],[2,1]],"given_up":[3],"cuts":{"2":{"lot":1,"work":0.5}}}'
    )
    trace = msgspec.json.decode(stored, type=Trace)

    assert (trace.results, trace.interrupted) == ([[0], [2, 1]], {2: Interruption(1, 0.5)})
    assert msgspec.json.encode(trace) == stored


def test_the_trace_of_another_problem_comes_to_an_end_and_to_a_plan(hard: Problem) -> None:
    other = market(120)
    _, trace = noted(hard, SolveParams(blocks=5))

    assert check(other, solve(other, replay=trace).plan) == ()
    assert check(hard, solve(hard, replay=structs.replace(trace, results=[[0], [7]])).plan) == ()
