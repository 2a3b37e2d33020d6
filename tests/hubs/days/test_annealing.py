"""The joint plan keeps to what is asked, is as good as the best where that is known, and better than asking in turn."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given

from benchmarks.days.bounds import avoidable_trips, best_surplus, upper_bound
from benchmarks.days.contestants import in_turn
from benchmarks.days.hub import hub
from hubs.days.annealing import AnnealingParams, plan_days
from hubs.days.attendance import value_of
from hubs.days.problem import Bools, DayProblem
from tests.hubs.days.hubs import pairs, problem, problems

SHORT = AnnealingParams(steps=300, starts=4)


def surplus(asked: DayProblem, plan: Bools) -> float:
    return value_of(asked, plan) - asked.least * float(plan.sum())


def keeps(asked: DayProblem, plan: Bools) -> bool:
    return bool(
        not (plan & ~asked.possible).any()
        and ((plan == asked.planned) | ~asked.fixed).all()
        and (plan.sum(axis=1) <= asked.visits).all()
        and (plan.sum(axis=0) <= asked.capacity).all()
    )


@given(problems())
def test_a_plan_keeps_to_what_is_asked_and_has_no_visit_that_brings_too_little(asked: DayProblem) -> None:
    plan = plan_days(asked, AnnealingParams(steps=60, starts=1))
    assert keeps(asked, plan)
    for member, day in np.argwhere(plan & ~asked.fixed):
        without = plan.copy()
        without[member, day] = False
        assert value_of(asked, plan) - value_of(asked, without) >= asked.least - 1e-6


def test_of_all_plans_of_a_small_hub_the_best_is_found() -> None:
    """Two would like to meet whom only the third knows: all on the day when there is room for three.

    7 + 2 + 1 for the meetings, less 1 for each visit, is 7: more than any other of the plans, which are all looked at.
    """
    worth = pairs(3, (0, 1, 7.0), (1, 2, 2.0), (0, 2, 1.0))
    asked = problem(3, 2, worth=worth, capacity=np.array([2, 3]))
    plans = (np.array(cells, dtype=np.bool_).reshape(3, 2) for cells in product([False, True], repeat=6))
    assert max(surplus(asked, plan) for plan in plans if keeps(asked, plan)) == 7
    assert plan_days(asked, SHORT).tolist() == [[False, True]] * 3


def test_whom_no_visit_brings_enough_is_told_no_day() -> None:
    asked = problem(3, 2, worth=pairs(3, (0, 1, 5.0), (0, 2, 0.5)), least=1.0)
    plan = plan_days(asked, SHORT)
    assert plan[:2].sum() == 2
    assert not plan[2].any()


def test_whoever_was_moved_once_is_not_moved_again_and_others_follow() -> None:
    """The first stays on Tuesday, so the second comes then although more is on for it on Monday: 5 against 3."""
    planned = np.array([[False, True], [True, False]])
    fixed = np.array([[True, True], [False, False]])
    activities = np.array([[0.0, 0.0], [3.0, 0.0]])
    asked = problem(2, 2, worth=pairs(2, (0, 1, 5.0)), planned=planned, fixed=fixed, activities=activities)
    assert plan_days(asked, SHORT).tolist() == [[False, True], [False, True]]


def test_the_same_is_planned_again() -> None:
    asked = hub(3, 40).problem
    assert np.array_equal(plan_days(asked, SHORT), plan_days(asked, SHORT))


@pytest.mark.parametrize(("seed", "members"), [(1, 12), (2, 12), (5, 4)])
def test_a_plan_of_a_dozen_and_of_fewer_is_the_best(seed: int, members: int) -> None:
    asked = hub(seed, members).problem
    plan = plan_days(asked)
    assert surplus(asked, plan) == pytest.approx(best_surplus(asked))
    assert value_of(asked, plan) <= upper_bound(asked)


def test_a_joint_plan_is_better_than_asking_in_turn() -> None:
    """A third of the hub that is measured, and a third of the work: still more than 1.15 times as much."""
    made = hub(1, 100)
    plan = plan_days(made.problem, AnnealingParams(steps=4_000, starts=1))
    assert value_of(made.problem, plan) > 1.15 * in_turn(made, 1).value
    assert avoidable_trips(made.problem, plan) == 0
