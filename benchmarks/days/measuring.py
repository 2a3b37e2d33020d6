"""How much more a joint plan of days brings than habit and than advice in turn, on made-up hubs."""

import time
from collections.abc import Sequence

from benchmarks.days.bounds import avoidable_trips, best_surplus, upper_bound
from benchmarks.days.contestants import by_habit, in_turn
from benchmarks.days.hub import hub
from benchmarks.harness.reports import Row, show
from hubs.days.annealing import plan_days
from hubs.days.attendance import value_of
from hubs.days.problem import Bools, DayProblem

SMALL = 12


def measured(members: int, topics: int, seeds: Sequence[int]) -> list[Row]:
    """Plan a hub of so many members for each seed, and one of a dozen, of which the best plan is known."""
    return [_measured(members, topics, seed) for seed in seeds]


def _measured(members: int, topics: int, seed: int) -> Row:
    made, small = hub(seed, members, topics=topics), hub(seed, SMALL, topics=topics).problem
    habit, turns = by_habit(made, seed), in_turn(made, seed)
    begun = time.process_time()
    plan = plan_days(made.problem)
    seconds = time.process_time() - begun
    return {
        "seed": seed,
        "value": value_of(made.problem, plan),
        "in_turn": turns.value,
        "habit": habit.value,
        "bound": upper_bound(made.problem),
        "processor_s": seconds,
        "visits": int(plan.sum()),
        "no_day": int((~plan.any(axis=1)).sum()),
        "avoidable": avoidable_trips(made.problem, plan),
        "avoidable_in_turn": avoidable_trips(made.problem, turns.present > 0),
        "avoidable_habit": avoidable_trips(made.problem, habit.present > 0),
        "of_best_of_a_dozen": _surplus(small, plan_days(small)) / best_surplus(small),
    }


def _surplus(problem: DayProblem, plan: Bools) -> float:
    return value_of(problem, plan) - problem.least * float(plan.sum())


def print_table(rows: Sequence[Row]) -> None:
    """The plan of each seed as multiples of the others, and their means."""
    columns = (
        *("seed", "value", "times advice in turn", "times habit", "of the bound, %", "processor s", "told no day"),
        *("avoidable trips", "in turn", "by habit", "of the best of a dozen, %"),
    )
    lines = [
        [
            str(row["seed"]),
            f"{row['value']:.0f}",
            f"{row['value'] / row['in_turn']:.2f}",
            f"{row['value'] / row['habit']:.2f}",
            f"{100 * row['value'] / row['bound']:.0f}",
            f"{row['processor_s']:.2f}",
            *(str(row[name]) for name in ("no_day", "avoidable", "avoidable_in_turn", "avoidable_habit")),
            f"{100 * row['of_best_of_a_dozen']:.1f}",
        ]
        for row in rows
    ]
    show("Which day to come", columns, lines)
