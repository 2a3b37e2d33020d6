"""What no plan of days is worth more than: for any hub what each could have at best, for a small one exactly."""

from itertools import combinations

import numpy as np
from ortools.sat.python import cp_model

from hubs.days.attendance import AGAIN
from hubs.days.problem import Bools, DayProblem

SCALE = 1024
"""Whole numbers for a point: a tenth halving is still one."""


def upper_bound(problem: DayProblem) -> float:
    """Points that no plan exceeds: each on its best days, beside those it would most like to meet, for the first time.

    Half of a meeting is each one's. Nobody's choice constrains another's, so it is far from what can be had.
    """
    total = 0.0
    for member, days in enumerate(problem.possible):
        points = []
        for day in np.flatnonzero(days):
            others = np.sort(problem.worth[member, problem.possible[:, day]])[::-1]
            room = max(0, int(problem.capacity[day]) - 1)
            points.append(others[:room].sum() / 2 + problem.activities[member, day])
        total += sum(sorted(points, reverse=True)[: problem.visits[member]])
    return total


def best_surplus(problem: DayProblem) -> float:
    """Return the points of a best plan of a dozen members, less what its visits have to bring at least; proven."""
    model = cp_model.CpModel()
    members, days = problem.possible.shape
    comes = {(m, d): model.new_bool_var("") for m, d in np.argwhere(problem.possible).tolist()}
    for member in range(members):
        model.add(sum(comes[m, d] for m, d in comes if m == member) <= int(problem.visits[member]))
    for day in range(days):
        model.add(sum(comes[m, d] for m, d in comes if d == day) <= int(problem.capacity[day]))
    gained = [round(SCALE * (problem.activities[m, d] - problem.least)) * var for (m, d), var in comes.items()]
    for one, other in combinations(range(members), 2):
        if problem.worth[one, other] > 0:
            gained += _meetings(model, comes, one, other, problem)
    model.maximize(sum(gained))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    if solver.solve(model) != cp_model.OPTIMAL:
        raise RuntimeError("no proof was found")
    return solver.objective_value / SCALE


def _meetings(
    model: cp_model.CpModel, comes: dict[tuple[int, int], cp_model.IntVar], one: int, other: int, problem: DayProblem
) -> list[cp_model.LinearExprT]:
    """Return what the meetings of a pair bring: a variable for each time, the next worth less than the one before."""
    together = []
    for day in np.flatnonzero(problem.possible[one] & problem.possible[other]).tolist():
        both = model.new_bool_var("")
        model.add_implication(both, comes[one, day])
        model.add_implication(both, comes[other, day])
        together.append(both)
    times = [model.new_bool_var("") for _ in range(min(len(together), *problem.visits[[one, other]].tolist()))]
    model.add(sum(times) <= sum(together))
    return [round(SCALE * problem.worth[one, other] * AGAIN**number) * var for number, var in enumerate(times)]


def avoidable_trips(problem: DayProblem, plan: Bools) -> int:
    """Return how many visits there are on which one meets nobody who is worth something, and nothing is on."""
    met = problem.worth @ plan
    return int((plan & ~problem.fixed & (met <= 0) & (problem.activities <= 0)).sum())
