"""The checker against right plans broken by hand, one rule at a time."""

from pathlib import Path
from typing import get_args

import pytest

from matching.problem.checker import Code, Violation, Worth, check, served, value, worth_by_need
from matching.problem.problem import Forbidden, Interval, Match, Problem
from tests.matching.build import claim, need, option, plan_of, problem


@pytest.fixture
def asked() -> Problem:
    """Chairs from two lots, a room and its lead together, one of two cars; a desk is fixed."""
    return problem(
        need("chairs", *(option(lot, score=-1, most=6) for lot in ("lot1", "lot2", "lot3")), amount=8, parts=2),
        need("room", option("hall"), option("attic")),
        need("lead", option("anna", claim("anna", (0, 20), amount=60))),
        need("red", option("red")),
        need("blue", option("blue")),
        need("desk", option("d1"), option("d2")),
        need("clerk", option("anna", claim("anna", (10, 30), amount=50))),
        units={"lot1": 10, "lot2": 10, "lot3": 10, "anna": 100},
        together=(("room", "lead"),),
        alternatives=(("red", "blue"),),
        fixed=(Match("desk", "d1", 1),),
        forbidden=(Forbidden("room", "attic"),),
        previous=(Match("room", "hall", 1),),
        stability=5,
    )


RIGHT = (
    Match("chairs", "lot1", 6),
    Match("chairs", "lot2", 2),
    Match("room", "hall", 1),
    Match("lead", "anna", 1),
    Match("red", "red", 1),
    Match("desk", "d1", 1),
)


def without(*needs: str) -> tuple[Match, ...]:
    return tuple(match for match in RIGHT if match.need not in needs)


def test_the_right_plan(asked: Problem) -> None:
    plan = plan_of(asked, *RIGHT)

    assert check(asked, plan) == ()
    assert value(asked, RIGHT) == plan.objective == 5 * 100 - 8 + 5  # five needs, eight chairs at -1, the room stays
    assert served(asked, RIGHT) == {"chairs", "room", "lead", "red", "desk"}
    assert worth_by_need(asked, RIGHT)["chairs"] == Worth(value=100, score=-8)


BROKEN = {
    "unknown_need": ((*RIGHT, Match("sofa", "lot1", 1)), Violation("unknown_need", "matches[6]", needs=("sofa",))),
    "unknown_option": ((*RIGHT, Match("blue", "red", 1)), Violation("unknown_option", "matches[6]", needs=("blue",))),
    "too little": (
        (*without("chairs"), Match("chairs", "lot1", 6)),
        Violation("wrong_amount", "chairs", found=6, allowed=8, needs=("chairs",)),
    ),
    "too much": (
        (*without("chairs"), Match("chairs", "lot1", 6), Match("chairs", "lot2", 3)),
        Violation("wrong_amount", "chairs", found=9, allowed=8, needs=("chairs",)),
    ),
    "too_many_parts": (
        (*without("chairs"), *(Match("chairs", f"lot{n}", n + 1) for n in (1, 2)), Match("chairs", "lot3", 3)),
        Violation("too_many_parts", "chairs", found=3, allowed=2, needs=("chairs",)),
    ),
    "above_max": (
        (*without("chairs"), Match("chairs", "lot1", 7), Match("chairs", "lot2", 1)),
        Violation("above_max", "chairs/lot1", found=7, allowed=6, needs=("chairs",)),
    ),
    # 60 + 50 of Anna's 100 during [10, 20).
    "over_capacity": (
        (*RIGHT, Match("clerk", "anna", 1)),
        Violation("over_capacity", "anna", 110, 100, ("lead", "clerk"), Interval(10, 20)),
    ),
    "together_broken": (without("lead"), Violation("together_broken", "together[0]", 1, 2, ("lead",))),
    "alternatives_broken": (
        (*RIGHT, Match("blue", "blue", 1)),
        Violation("alternatives_broken", "alternatives[0]", 2, 1, ("red", "blue")),
    ),
    "forbidden_taken": (
        (*without("room"), Match("room", "attic", 1)),
        Violation("forbidden_taken", "forbidden[0]", 1, 0, ("room",)),
    ),
    "fixed gone": (without("desk"), Violation("fixed_moved", "fixed[0]", 0, 1, ("desk",))),
    "fixed elsewhere": (
        (*without("desk"), Match("desk", "d2", 1)),
        Violation("fixed_moved", "fixed[0]", 0, 1, ("desk",)),
    ),
}


@pytest.mark.parametrize(("matches", "violation"), BROKEN.values(), ids=BROKEN.keys())
def test_one_rule_broken(asked: Problem, matches: tuple[Match, ...], violation: Violation) -> None:
    assert check(asked, plan_of(asked, *matches)) == (violation,)


def test_a_match_given_twice_is_also_too_much(asked: Problem) -> None:
    violations = check(asked, plan_of(asked, *RIGHT, RIGHT[4]))

    assert [violation.code for violation in violations][:2] == ["duplicate_match", "wrong_amount"]
    assert violations[0] == Violation("duplicate_match", "matches[6]", 2, 1, ("red",))


# The plan is worth 497.
FIGURES = {
    "objective_wrong": ({"objective": 496}, Violation("objective_wrong", "objective", 496, 497)),
    "bound_below": ({"bound": 496}, Violation("bound_below", "bound", 496, 497)),
    "status_wrong": ({"status": "optimal", "bound": 498}, Violation("status_wrong", "status", 497, 498)),
    "wrong_problem": ({"problem": "other"}, Violation("wrong_problem", "problem")),
}


@pytest.mark.parametrize(("figures", "violation"), FIGURES.values(), ids=FIGURES.keys())
def test_one_figure_wrong(asked: Problem, figures: dict[str, object], violation: Violation) -> None:
    assert check(asked, plan_of(asked, *RIGHT, **figures)) == (violation,)


def test_a_fixed_part_alone_is_right() -> None:
    chairs = need("chairs", option("lot", score=-1), amount=8, parts=2)
    asked = problem(chairs, units={"lot": 10}, fixed=(Match("chairs", "lot", 3),))

    assert check(asked, plan_of(asked, Match("chairs", "lot", 3))) == ()
    assert value(asked, asked.fixed) == -3  # what is taken is paid for, though it serves nobody
    assert [v.code for v in check(asked, plan_of(asked, Match("chairs", "lot", 8)))] == ["fixed_moved"]


def test_the_reference_names_every_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "matching-format.md").read_text(encoding="utf-8")

    assert [code for code in get_args(Code) if f"`{code}`" not in page] == []
