"""Centers are first the bundles with the largest dual gaps."""

import numpy as np

from matching.arrays.conversion import arrays_of
from matching.dual.lagrangian import LagrangianRelaxation
from matching.model.formulation import formulate
from matching.model.incumbent import Incumbent
from matching.problem.problem import Claim, Interval, Match, Need, Option, Problem, Unit
from matching.search.insertion import incumbent_of
from matching.search.primal_operators import DualGapRanking

SCALE = 4


def ranked(*matches: tuple[str, str]) -> tuple[Incumbent, list[list[int]]]:
    """What is looked around in three turns: x, y and z are worth 100, 80 and 10; a is free, b costs them 30."""
    during = (Interval(0, 60),)
    needs = tuple(
        Need(name, worth, 1, tuple(Option(f"{name}@{unit}", score, (Claim(unit, 1, during),)) for unit, score in rooms))
        for name, worth in (("x", 100), ("y", 80), ("z", 10))
        for rooms in [(("a", 0), ("b", -30))]
    )
    arrays = arrays_of(Problem("rooms", (Unit("a", 1), Unit("b", 1)), needs))
    f = formulate(arrays)
    incumbent = incumbent_of(f, arrays, [Match(need, f"{need}@{unit}", 1) for need, unit in matches])
    # Room a is asked for by three, and its multiplier is 50; room b costs nothing.
    multiplier = np.where(f.matrix.unit == 0, 50 * SCALE, 0)
    solution = LagrangianRelaxation(f).evaluate(multiplier, SCALE)
    asked = DualGapRanking(3)
    return incumbent, [asked.largest(np.arange(3), incumbent, solution, SCALE, 2).tolist() for _ in range(3)]


def test_the_gap_of_who_has_nothing_is_what_it_could_have() -> None:
    # At these multipliers b is best: x could gain 100 - 30 = 70 there, y 80 - 30 = 50, z nothing (10 - 30 < 0).
    _, found = ranked()
    # Then x scores 70 / 2 = 35 and y 25, so both again, and again.
    assert found == [[0, 1], [0, 1], [0, 1]]


def test_who_has_the_best_has_no_gap() -> None:
    # x has its 70 and so no gap. y could have 50; z pays 50 for what is worth 10 to it, and would rather have 0.
    _, found = ranked(("x", "b"), ("z", "a"))
    assert found == [[1, 2], [1, 2], [1, 2]]


def test_one_at_a_time_takes_turns() -> None:
    incumbent, _ = ranked()
    solution = LagrangianRelaxation(incumbent.formulation).evaluate(
        np.zeros(len(incumbent.formulation.matrix.capacity), dtype=np.int64)
    )
    asked = DualGapRanking(3)
    # Without multipliers x has a gap of 100, y of 80: x, y (80 > 50), x (50 > 40), y (40 > 25), x (25 > 20).
    found = [asked.largest(np.arange(2), incumbent, solution, 1, 1).tolist() for _ in range(5)]
    assert found == [[0], [1], [0], [1], [0]]
    assert asked.largest(np.array([2]), incumbent, solution, 1, 1).tolist() == [2]
    assert asked.visits.tolist() == [3, 2, 1]


def test_looking_again_ends_when_less_than_a_point_is_scored() -> None:
    incumbent, _ = ranked()
    solution = LagrangianRelaxation(incumbent.formulation).evaluate(
        np.zeros(len(incumbent.formulation.matrix.capacity), dtype=np.int64)
    )
    asked = DualGapRanking(3)
    # z scores 10, 5, 2.5 and 1.25; then less than a point.
    found = [asked.largest(np.array([2]), incumbent, solution, 1, 1).tolist() for _ in range(5)]
    assert found == [[2], [2], [2], [2], []]
