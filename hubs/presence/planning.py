"""The plan of a hub's week: one problem of all who ask, and those who come anyway; see decision 033."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from hubs.days.advice import advice_for
from hubs.days.annealing import plan_days
from hubs.days.attendance import value_of
from hubs.days.problem import Bools, DayProblem, Floats
from hubs.presence.models import HubWeek
from hubs.presence.rules import LEAST_GAIN


@dataclass(frozen=True, slots=True)
class Week:
    """What is known of a hub's week.

    Parameters
    ----------
    rows
        What its members say of it.
    days
        The days that are yet to come.
    worth, activities
        Points of meetings, shape (rows, rows), and of what is on, shape (rows, days): see `hubs.days.problem`.
    room
        For how many there is room each day.
    """

    rows: Sequence[HubWeek]
    days: Sequence[date]
    worth: Floats
    activities: Floats
    room: int


def plan_week(week: Week) -> dict[UUID, list[date]]:
    """Return which days of a week each who asks is told, by the row's id.

    Who was told other days once stays with what it was told. Others who were told a day are told another where nobody
    is there to meet them any more, or where the plan of all gains much by it.
    """
    first = _problem(week, frozenset())
    told = np.array([row.answered_at is not None for row in week.rows], dtype=np.bool_)
    emptied = _emptied(first, week)
    held = set(np.flatnonzero(told & ~emptied).tolist())
    plan = plan_days(_problem(week, held))
    if held:
        other = plan_days(first)
        if value_of(first, other) > LEAST_GAIN * value_of(first, plan):
            plan = other
    return {
        row.id: [day for at, day in enumerate(week.days) if plan[number, at] and day not in row.plans]
        for number, row in enumerate(week.rows)
        if row.visits is not None
    }


def _problem(week: Week, held: Collection[int]) -> DayProblem:
    shape = (len(week.rows), len(week.days))
    plans, could, planned = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
    fixed = np.zeros(shape, dtype=np.bool_)
    visits = np.zeros(len(week.rows), dtype=np.int64)
    for number, row in enumerate(week.rows):
        asks = row.visits is not None
        for at, day in enumerate(week.days):
            plans[number, at] = day in row.plans
            could[number, at] = asks and day in row.could
            planned[number, at] = day in row.plans or day in row.advised
        over = sum(day < week.days[0] for day in row.advised)
        visits[number] = max(int(planned[number].sum()), int(plans[number].sum()) + (row.visits or 0) - over)
        settled = row.moved or number in held
        fixed[number] = plans[number] | settled
    return DayProblem(
        possible=plans | could | planned,
        visits=visits,
        worth=week.worth,
        activities=week.activities,
        capacity=np.maximum(week.room, (planned & fixed).sum(axis=0)),
        planned=planned,
        fixed=fixed,
    )


def _emptied(problem: DayProblem, week: Week) -> Bools:
    """Return who was told a day that brings too little by now."""
    return np.array(
        [
            any(
                visit.points < problem.least and week.days[visit.day] in row.advised
                for visit in advice_for(problem, problem.planned, number)
            )
            for number, row in enumerate(week.rows)
        ],
        dtype=np.bool_,
    )
