"""One new need: served where it gains, whoever is served stays served, and what stands outside does not move."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.arrays.conversion import arrays_of
from matching.mip.limits import Limits
from matching.model.formulation import formulate
from matching.params.primal import AT_ONCE
from matching.problem.checker import check, served, value
from matching.problem.plan import Plan
from matching.problem.problem import Claim, Forbidden, Interval, Match, Need, Option, Problem, Unit
from matching.search.holder_graph import HolderGraph
from matching.search.insertion import InsertionSearch, incumbent_of, insert
from matching.solve import solve
from tests.matching.instances import problems


def room(need: str, unit: str, score: int = 0, start: int = 0, end: int = 60) -> Option:
    return Option(f"{need}@{unit}", score, (Claim(unit, 1, (Interval(start, end),)),))


def wants(need: str, *units: str, worth: int = 100, **scores: int) -> Need:
    return Need(need, worth, 1, tuple(room(need, unit, scores.get(unit, 0)) for unit in units))


def rooms(*needs: Need, units: str = "abc", **rest: object) -> Problem:
    return Problem("rooms", tuple(Unit(unit, 1) for unit in units), needs, **rest)


def without(problem: Problem, need: str) -> Problem:
    """The problem before the need came."""
    gone = [Forbidden(need, option.id) for option in problem.need_of[need].options]
    return replace(problem, forbidden=tuple(dict.fromkeys((*problem.forbidden, *gone))))


def inserted(problem: Problem, need: str, *matches: tuple[str, str]) -> Plan | None:
    before = [Match(owner, f"{owner}@{unit}", 1) for owner, unit in matches]
    plan = insert(problem, before, need, Limits(None))
    if plan is not None:
        assert not check(problem, plan)
        assert served(problem, before) <= served(problem, plan.matches)
    return plan


def taken(plan: Plan | None) -> set[str]:
    return {match.option for match in plan.matches} if plan else set()


def test_what_is_free_is_taken() -> None:
    plan = inserted(rooms(wants("x", "a"), wants("new", "a", "b")), "new", ("x", "a"))
    assert taken(plan) == {"x@a", "new@b"}
    assert plan is not None
    assert plan.status == "optimal", "nothing more could be gained by anybody"


def test_others_move_to_make_room() -> None:
    # New wants only a; x can move from a to b, and y from b to c, which is one ring more.
    plan = inserted(rooms(wants("x", "a", "b"), wants("y", "b", "c"), wants("new", "a")), "new", ("x", "a"), ("y", "b"))
    assert taken(plan) == {"x@b", "y@c", "new@a"}


def test_nobody_is_dropped_for_somebody_worth_more() -> None:
    assert inserted(rooms(wants("x", "a"), wants("new", "a", worth=1000)), "new", ("x", "a")) is None


def test_moving_others_has_to_be_worth_it() -> None:
    problem = rooms(wants("x", "a", "b", b=-150), wants("new", "a"))
    assert inserted(problem, "new", ("x", "a")) is None, "100 gained and 150 lost"


def test_what_is_fixed_does_not_move() -> None:
    problem = rooms(wants("x", "a", "b"), wants("new", "a"), fixed=(Match("x", "x@a", 1),))
    assert inserted(problem, "new", ("x", "a")) is None


def test_a_bundle_comes_whole_or_not_at_all() -> None:
    both = (("new", "more"),)
    problem = rooms(wants("new", "a"), wants("more", "b"), wants("x", "b", "c"), together=both)
    assert taken(inserted(problem, "new", ("x", "b"))) == {"new@a", "more@b", "x@c"}
    assert (
        inserted(rooms(wants("new", "a"), wants("more", "b"), wants("x", "b"), together=both), "new", ("x", "b"))
        is None
    )


def test_of_alternatives_the_one_that_is_served_stays() -> None:
    problem = rooms(wants("x", "a"), wants("new", "b"), alternatives=(("x", "new"),))
    assert inserted(problem, "new", ("x", "a")) is None


def test_a_need_without_options_is_not_served() -> None:
    assert inserted(rooms(wants("x", "a"), Need("new", 100, 1, ())), "new", ("x", "a")) is None


def test_staying_as_before_counts() -> None:
    was = (Match("x", "x@a", 1),)
    problem = rooms(wants("x", "a", "b"), wants("new", "a", worth=10), previous=was, stability=20)
    assert inserted(problem, "new", ("x", "a")) is None


def test_matches_that_do_not_fit_are_refused() -> None:
    problem = rooms(wants("x", "a"), wants("y", "a"), wants("new", "b"))
    with pytest.raises(ValueError, match="do not fit"):
        inserted(problem, "new", ("x", "a"), ("y", "a"))


def test_as_many_are_free_as_the_effort_allows() -> None:
    chain = [wants(f"n{number}", f"{number}", f"{number + 1}") for number in range(10)]
    problem = Problem("chain", tuple(Unit(f"{unit}", 1) for unit in range(11)), tuple(chain))
    arrays = arrays_of(problem)
    f = formulate(arrays)
    # n1 to n9 hold what they want first, so each stands on what the one before could take.
    incumbent = incumbent_of(f, arrays, [Match(f"n{number}", f"n{number}@{number}", 1) for number in range(1, 10)])
    assert [len(HolderGraph(incumbent).around(0, most)) for most in (1, 2, 3, 60)] == [1, 2, 3, 3]


@settings(max_examples=60)
@given(problems(), st.randoms())
def test_any_need_of_any_problem(problem: Problem, draw: object) -> None:
    if not problem.needs or problem.fixed:
        return
    need = draw.choice([need.id for need in problem.needs])  # type: ignore[attr-defined]
    before = solve(without(problem, need)).plan.matches
    plan = insert(problem, before, need, Limits(None))
    best = solve(problem).plan
    if plan is None:
        return
    assert not check(problem, plan)
    assert served(problem, before) <= served(problem, plan.matches)
    assert value(problem, before) < plan.objective <= best.objective


def test_an_answer_changes_nothing_until_it_is_taken() -> None:
    problem = rooms(wants("x", "a", "b"), wants("new", "a"))
    arrays = arrays_of(problem)
    incumbent = incumbent_of(formulate(arrays), arrays, [Match("x", "x@a", 1)])
    search = InsertionSearch(incumbent, AT_ONCE)
    found = search.insert(1, Limits(None))
    assert found is not None
    assert (incumbent.worth(), found.gain) == (100, 100)
    search.take(found)
    assert incumbent.worth() == 200
    assert np.count_nonzero(incumbent.served) == 2
