"""What one more or less changes is what it changes: the value of a plan is known twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubs.days.attendance import Attendance, value_of
from hubs.days.problem import DayProblem
from tests.hubs.days.hubs import pairs, problem, problems


def test_a_second_meeting_is_worth_half_of_the_first() -> None:
    """8 for the first day together, 4 for the second, and 3 for what is on: 15."""
    both = problem(2, 2, worth=pairs(2, (0, 1, 8.0)), activities=np.array([[0.0, 3.0], [0.0, 0.0]]))
    attendance = Attendance(both)
    for member, day in ((0, 0), (0, 1), (1, 0)):
        attendance.add(member, day)
    assert attendance.value == 11
    assert attendance.gain(1, 1) == 4
    attendance.add(1, 1)
    assert attendance.value == 15
    assert attendance.surplus == 11  # four visits of which each has to bring 1 point
    assert attendance.loss(0, 1) == 7
    attendance.remove(0, 1)
    assert attendance.value == 8


@given(problems(), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_gains_and_losses_are_differences_of_the_value(asked: DayProblem, tried: list[tuple[int, int, int]]) -> None:
    attendance = Attendance(asked)
    members, days = asked.possible.shape
    for member, day, to in tried:
        if member >= members or day >= days or to >= days:
            continue
        before = attendance.value
        if not attendance.present[member, day]:
            expected = attendance.gain(member, day)
            assert expected == pytest.approx(attendance.gains(member)[day])
            attendance.add(member, day)
        elif attendance.present[member, to]:
            expected = -attendance.loss(member, day)
            attendance.remove(member, day)
        else:
            expected = attendance.gain_of_moving(member, day, to)
            attendance.move(member, day, to)
        assert attendance.value - before == pytest.approx(expected)
        assert attendance.value == pytest.approx(value_of(asked, attendance.present > 0))
        assert attendance.there.tolist() == attendance.present.sum(axis=0).tolist()
