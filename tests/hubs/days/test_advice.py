"""What each is told adds up to what the plan is worth, and says whom one meets."""

import numpy as np
import pytest
from hypothesis import given

from hubs.days.advice import Meeting, advice_for
from hubs.days.annealing import AnnealingParams, plan_days
from hubs.days.attendance import value_of
from hubs.days.problem import DayProblem
from tests.hubs.days.hubs import pairs, problem, problems


def test_whom_one_meets_stands_by_what_it_is_worth_and_again_for_half() -> None:
    asked = problem(
        4, 2, worth=pairs(4, (0, 1, 2.0), (0, 2, 6.0)), activities=np.array([[0.0, 3.0], *[[0.0, 0.0]] * 3])
    )
    plan = np.array([[True, True], [True, False], [True, True], [True, True]])
    first, second = advice_for(asked, plan, 0)
    assert (first.day, first.meetings, first.activities) == (0, (Meeting(2, 6.0), Meeting(1, 2.0)), 0.0)
    assert (second.day, second.meetings, second.activities) == (1, (Meeting(2, 3.0),), 3.0)
    assert (first.points, second.points) == (8.0, 6.0)


def test_whoever_does_not_come_is_told_no_day() -> None:
    asked = problem(2, 2)
    assert advice_for(asked, np.zeros((2, 2), dtype=np.bool_), 0) == []


@given(problems())
def test_all_that_is_told_adds_up_to_the_value(asked: DayProblem) -> None:
    """Each meeting is told to both, so the meetings count half."""
    plan = plan_days(asked, AnnealingParams(steps=30, starts=1))
    visits = [visit for member in range(len(plan)) for visit in advice_for(asked, plan, member)]
    meetings = sum(meeting.points for visit in visits for meeting in visit.meetings)
    assert meetings / 2 + sum(visit.activities for visit in visits) == pytest.approx(value_of(asked, plan))
