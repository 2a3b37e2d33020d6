"""The plan of a hub's week: one problem of all who ask, and those who come anyway; see decision 033."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import numpy as np

from hubs.days.advice import advice_for
from hubs.days.annealing import plan_days
from hubs.days.attendance import value_of
from hubs.days.problem import Bools, DayProblem, Floats
from hubs.presence.models import HubWeek
from hubs.presence.rules import LEAST_GAIN


def plan_week(rows: Sequence[HubWeek], days: Sequence[date], worth: Floats, room: int) -> dict[UUID, list[date]]:
    """Return which of `days`, all of which are yet to come, each who asks is told, by the row's id.

    Who was told other days once stays with what it was told. Others who were told a day are told another where nobody
    is there to meet them any more, or where the plan of all gains much by it.
    """
    first = _problem(rows, days, worth, room, frozenset())
    told = np.array([row.answered_at is not None for row in rows], dtype=np.bool_)
    emptied = _emptied(first, rows, days)
    held = set(np.flatnonzero(told & ~emptied).tolist())
    plan = plan_days(_problem(rows, days, worth, room, held))
    if held:
        other = plan_days(first)
        if value_of(first, other) > LEAST_GAIN * value_of(first, plan):
            plan = other
    return {
        row.id: [day for at, day in enumerate(days) if plan[number, at] and day not in row.plans]
        for number, row in enumerate(rows)
        if row.visits is not None
    }


def _problem(
    rows: Sequence[HubWeek], days: Sequence[date], worth: Floats, room: int, held: Collection[int]
) -> DayProblem:
    shape = (len(rows), len(days))
    plans, could, planned = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
    fixed = np.zeros(shape, dtype=np.bool_)
    visits = np.zeros(len(rows), dtype=np.int64)
    for number, row in enumerate(rows):
        asks = row.visits is not None
        for at, day in enumerate(days):
            plans[number, at] = day in row.plans
            could[number, at] = asks and day in row.could
            planned[number, at] = day in row.plans or day in row.advised
        over = sum(day < days[0] for day in row.advised)
        visits[number] = max(int(planned[number].sum()), int(plans[number].sum()) + (row.visits or 0) - over)
        settled = row.moved or number in held
        fixed[number] = plans[number] | settled
    return DayProblem(
        possible=plans | could | planned,
        visits=visits,
        worth=worth,
        activities=np.zeros(shape),
        capacity=np.maximum(room, (planned & fixed).sum(axis=0)),
        planned=planned,
        fixed=fixed,
    )


def _emptied(problem: DayProblem, rows: Sequence[HubWeek], days: Sequence[date]) -> Bools:
    """Return who was told a day that brings too little by now."""
    return np.array(
        [
            any(
                visit.points < problem.least and days[visit.day] in row.advised
                for visit in advice_for(problem, problem.planned, number)
            )
            for number, row in enumerate(rows)
        ],
        dtype=np.bool_,
    )
