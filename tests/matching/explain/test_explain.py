"""Reasons, on problems small enough to follow by hand."""

import time

import pytest

from matching.explain.explain import Blocker, Loss, difference, explain
from matching.params import SolveParams
from matching.problem.checker import Worth
from matching.problem.plan import Match, PlanError
from matching.problem.problem import Forbidden, Interval, Problem, ProblemError
from matching.solve import solve
from tests.matching.build import claim, need, option, plan_of, problem
from tests.matching.market import market


@pytest.fixture
def scarce() -> Problem:
    """One hall for two: a takes it, worth 100 - 5; b has a room, 90 - 20; c has nothing else, 60."""
    return problem(
        need("a", option("hall", score=-5), option("attic", score=-30)),
        need("b", option("hall"), option("room", score=-20), value=90),
        need("c", option("hall"), value=60),
    )


TAKEN = (Match("a", "hall", 1), Match("b", "room", 1))


def test_another_option_costs_what_the_best_plan_with_it_loses(scarce: Problem) -> None:
    [b] = explain(scarce, plan_of(scarce, *TAKEN), needs={"b"}).served

    # b in the hall: a goes to the attic, 70 + 90 = 160 of 165. b itself gains 20, so a loses 25.
    assert b.worth == Worth(value=90, score=-20)
    assert [taken.match for taken in b.taken] == [Match("b", "room", 1)]
    assert [(choice.option, choice.score) for choice in b.choices] == [("hall", 0)]
    assert b.choices[0].loss == Loss("exact", amount=5, to_others=25, moved=("a",))


def test_giving_way_can_serve_somebody_else(scarce: Problem) -> None:
    plan = plan_of(scarce, *TAKEN)

    # a in the attic: -25, and the hall serves c instead, +60: the plan was not the best.
    [a] = explain(scarce, plan, needs={"a"}).served
    assert a.choices[0].loss == Loss("exact", amount=-35, to_others=-60, rose=("c",))


def test_an_unserved_need_is_told_who_holds_what_it_could_have(scarce: Problem) -> None:
    [c] = explain(scarce, plan_of(scarce, *TAKEN)).unserved

    hall = Blocker("capacity", "hall", Interval(0, 10), wanted=1, free=0, holders=(Match("a", "hall", 1),))
    assert c.code == "lost_to_others"
    assert c.options[0].blockers == (hall,)
    assert c.loss == c.options[0].loss == Loss("exact", amount=-35, to_others=25, moved=("a",))


def test_only_the_overfull_time_blocks_and_the_fixed_stand_apart() -> None:
    asked = problem(
        need("a", option("x", claim("pool", (0, 10), amount=3))),
        need("b", option("x", claim("pool", (5, 20), amount=2))),
        need("c", option("x", claim("pool", (0, 20), amount=2)), value=50),
        units={"pool": 6},
        fixed=(Match("b", "x", 1),),
    )
    [c] = explain(asked, solve(asked).plan).unserved

    # 2 + 3 during [0, 5) and 2 + 2 during [10, 20) fit in 6; 2 + 3 + 2 during [5, 10) don't.
    assert c.options[0].blockers == (
        Blocker("capacity", "pool", Interval(5, 10), 2, 1, (Match("a", "x", 1),), (Match("b", "x", 1),)),
    )
    # c needs a to fall: 50 of 100 lost, 100 of it by a.
    assert c.loss == Loss("exact", amount=50, to_others=100, fell=("a",))


def test_blockers_other_than_capacity() -> None:
    asked = problem(
        need("a", option("hall")),
        need("b", option("room"), value=10),
        need("c", option("lot", most=3), option("shed"), amount=4),
        need("d", option("desk")),
        need("e"),
        units={"lot": 9, "shed": 9},
        alternatives=(("a", "b"),),
        forbidden=(Forbidden("c", "shed"),),
        together=(("d", "e"),),
    )
    b, c, d, e = explain(asked, solve(asked).plan).unserved

    assert [blocked.blockers for blocked in b.options] == [(Blocker("alternative_served", needs=("a",)),)]
    assert b.loss == Loss("exact", amount=90, to_others=100, fell=("a",))
    assert {blocked.option: blocked.blockers for blocked in c.options} == {
        "lot": (Blocker("max_too_small", wanted=4, free=3),),
        "shed": (Blocker("forbidden"),),
    }
    assert [blocked.blockers for blocked in d.options] == [(Blocker("together_unserved", needs=("e",)),)]
    assert e.options == ()
    assert {reason.need: reason.code for reason in (b, c, d, e)} == {
        "b": "lost_to_others",
        "c": "no_option",
        "d": "no_option",
        "e": "no_option",
    }
    assert {c.loss.kind, d.loss.kind, e.loss.kind} == {"impossible"}


def test_no_parts_left_beside_what_is_fixed() -> None:
    chairs = need("chairs", option("lot1"), option("lot2"), amount=9, parts=1)
    asked = problem(chairs, units={"lot1": 9, "lot2": 9}, fixed=(Match("chairs", "lot1", 4),))
    [reason] = explain(asked, solve(asked).plan).unserved

    assert [(blocked.option, blocked.blockers) for blocked in reason.options] == [("lot2", (Blocker("no_parts_left"),))]
    assert reason.code == "no_option"


def test_a_need_that_would_lose_is_not_worth_it() -> None:
    asked = problem(need("a", option("hall", score=-101)))
    [a] = explain(asked, solve(asked).plan).unserved

    assert (a.code, a.loss) == ("not_worth_it", Loss("exact", amount=1, to_others=0))


def test_what_is_fixed_has_no_choices(scarce: Problem) -> None:
    asked = problem(*scarce.needs, fixed=TAKEN)
    a, b = explain(asked, solve(asked).plan).served

    assert (a.choices, b.choices) == ((), ())
    assert a.taken[0].fixed


def test_terms_are_handed_through_and_scaled_by_what_is_taken() -> None:
    asked = problem(need("a", option("lot", score=-3), option("free"), amount=4), units={"lot": 4})
    terms = {("a", "lot"): {"distance": -2, "climate": -1}, ("a", "free"): {"distance": 0}}
    plan = plan_of(asked, Match("a", "lot", 4))
    [a] = explain(asked, plan, terms=terms).served

    assert a.taken[0].terms == {"distance": -8, "climate": -4}
    assert a.choices[0].terms == {"distance": 0}


def test_beyond_the_whole_a_loss_is_a_limit(scarce: Problem) -> None:
    plan = plan_of(scarce, *TAKEN)
    exact = explain(scarce, plan, needs={"b"}).served[0].choices[0].loss
    near = explain(scarce, plan, needs={"b"}, whole_options=0).served[0].choices[0].loss
    alone = explain(scarce, plan, needs={"b"}, whole_options=0, most_needs=1).served[0].choices[0].loss

    assert (exact.kind, exact.amount) == ("exact", 5)
    assert (near.kind, near.amount) == ("at_most", 5)
    assert alone == Loss("unknown")  # a stays in the hall, though another plan moves it


def test_when_time_is_up_the_losses_are_unknown_and_the_rest_is_said(scarce: Problem) -> None:
    explanation = explain(scarce, plan_of(scarce, *TAKEN), time_limit_s=1e-9)
    [c] = explanation.unserved

    assert {choice.loss for reason in explanation.served for choice in reason.choices} == {Loss("unknown")}
    assert c.code == "unknown"
    assert c.options[0].blockers[0].unit == "hall"


def test_a_subset_of_a_large_market_within_its_time() -> None:
    asked = market(200)
    plan = solve(asked, SolveParams(gap=0.5)).plan
    unserved = {need.id for need in asked.needs} - {match.need for match in plan.matches}
    some = [*sorted(unserved)[:2], plan.matches[0].need]
    started = time.monotonic()
    explanation = explain(asked, plan, needs=some, time_limit_s=1)

    assert time.monotonic() - started < 10
    assert len(explanation.served) + len(explanation.unserved) == 3
    assert all(blocked.blockers for reason in explanation.unserved for blocked in reason.options)


def test_only_a_right_plan_and_known_needs(scarce: Problem) -> None:
    with pytest.raises(PlanError, match="over_capacity"):
        explain(scarce, plan_of(scarce, Match("a", "hall", 1), Match("b", "hall", 1)))
    with pytest.raises(ProblemError, match="there is no need 'z'"):
        explain(scarce, plan_of(scarce), needs={"z"})


def test_an_option_that_claims_the_same_as_a_better_one_can_be_taken() -> None:
    asked = problem(need("a", option("x", claim("hall"), score=-2), option("y", claim("hall"), score=1)))
    (reason,) = explain(asked, solve(asked).plan).served

    assert [match.match.option for match in reason.taken] == ["y"]
    assert [(choice.option, choice.loss.kind, choice.loss.amount) for choice in reason.choices] == [("x", "exact", 3)]


def test_the_difference_between_two_plans(scarce: Problem) -> None:
    after = (Match("b", "hall", 1), Match("c", "hall", 1))  # a difference asks only what is taken, not whether it fits
    terms = {("b", "room"): {"distance": -20}, ("c", "hall"): {"distance": -1}}
    change = difference(scarce, TAKEN, after, terms)

    assert [(c.need, c.growth) for c in change.lost] == [("a", Worth(value=-100, score=5))]
    assert [(c.need, c.growth) for c in change.gained] == [("c", Worth(value=60))]
    assert [(c.need, c.before, c.after, c.growth, c.terms) for c in change.moved] == [
        ("b", (Match("b", "room", 1),), (Match("b", "hall", 1),), Worth(score=20), {"distance": 20})
    ]
    assert change.growth == Worth(value=-40, score=25)
    assert change.terms == {"distance": 19}
    assert difference(scarce, TAKEN, TAKEN) == difference(scarce, (), ())
