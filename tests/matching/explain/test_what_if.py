"""What other choices cost, on problems small enough to follow by hand."""

import time

import pytest

from matching.explain.loss import Loss, changes
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.problem.plan import Match
from matching.problem.problem import Forbidden, Problem
from matching.solve import solve
from tests.matching.build import claim, need, option, problem
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


def losses(
    asked: Problem,
    matches: tuple[Match, ...],
    whole_options: int = 400,
    most_needs: int = 60,
    seconds: float | None = None,
) -> Losses:
    return Losses(asked, matches, Limits(seconds), whole_options, most_needs)


def best_of(asked: Problem) -> Losses:
    """Losses against the best plan."""
    return losses(asked, solve(asked).plan.matches)


def test_another_option_costs_what_the_best_plan_with_it_loses(scarce: Problem) -> None:
    # b in the hall: a goes to the attic, 70 + 90 = 160 of 165. b itself gains 20, so a loses 25.
    assert losses(scarce, TAKEN).of_taking("b", "hall") == Loss("exact", amount=5, to_others=25, moved=("a",))


def test_giving_way_can_serve_somebody_else(scarce: Problem) -> None:
    # a in the attic: -25, and the hall serves c instead, +60: the plan was not the best.
    assert losses(scarce, TAKEN).of_taking("a", "attic") == Loss("exact", amount=-35, to_others=-60, rose=("c",))


def test_an_unserved_need_could_have_what_another_has(scarce: Problem) -> None:
    found = losses(scarce, TAKEN)
    assert found.why_unserved("c") == "lost_to_others"
    loss = Loss("exact", amount=-35, to_others=25, moved=("a",))
    assert found.of_taking("c", "hall") == found.of_serving("c") == loss


def test_what_is_fixed_never_gives_way() -> None:
    asked = problem(
        need("a", option("x", claim("pool", (0, 10), amount=3))),
        need("b", option("x", claim("pool", (5, 20), amount=2))),
        need("c", option("x", claim("pool", (0, 20), amount=2)), value=50),
        units={"pool": 6},
        fixed=(Match("b", "x", 1),),
    )
    # 2 + 3 + 2 during [5, 10) don't fit in 6: c needs a to fall, 50 of 100 lost, 100 of it by a.
    assert best_of(asked).of_taking("c", "x") == Loss("exact", amount=50, to_others=100, fell=("a",))


def test_why_a_need_got_nothing() -> None:
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
    found = best_of(asked)
    assert found.of_serving("b") == Loss("exact", amount=90, to_others=100, fell=("a",))
    assert {each: found.why_unserved(each) for each in "bcde"} == {
        "b": "lost_to_others",
        "c": "no_option",
        "d": "no_option",
        "e": "no_option",
    }
    assert {found.of_serving(each).kind for each in "cde"} == {"impossible"}


def test_no_parts_left_beside_what_is_fixed() -> None:
    chairs = need("chairs", option("lot1"), option("lot2"), amount=9, parts=1)
    asked = problem(chairs, units={"lot1": 9, "lot2": 9}, fixed=(Match("chairs", "lot1", 4),))
    found = best_of(asked)
    assert (found.why_unserved("chairs"), found.of_taking("chairs", "lot2").kind) == ("no_option", "impossible")


def test_a_need_that_would_lose_is_not_worth_it() -> None:
    found = best_of(problem(need("a", option("hall", score=-101))))
    assert (found.why_unserved("a"), found.of_serving("a")) == ("not_worth_it", Loss("exact", amount=1, to_others=0))


def test_beyond_the_whole_a_loss_is_a_limit(scarce: Problem) -> None:
    exact = losses(scarce, TAKEN).of_taking("b", "hall")
    near = losses(scarce, TAKEN, whole_options=0).of_taking("b", "hall")
    alone = losses(scarce, TAKEN, whole_options=0, most_needs=1).of_taking("b", "hall")

    assert (exact.kind, exact.amount) == ("exact", 5)
    assert (near.kind, near.amount) == ("at_most", 5)
    assert alone == Loss("unknown")  # a stays in the hall, though another plan moves it
    assert sorted([alone, near, Loss("impossible"), exact], key=lambda loss: loss.order)[2:] == [
        alone,
        Loss("impossible"),
    ]


def test_when_time_is_up_the_losses_are_unknown(scarce: Problem) -> None:
    found = losses(scarce, TAKEN, seconds=1e-9)
    assert {found.of_taking("b", "hall"), found.of_serving("c")} == {Loss("unknown")}
    assert found.why_unserved("c") == "unknown"


def test_a_few_in_a_large_market_within_their_time() -> None:
    asked = market(200)
    plan = solve(asked, SolveParams(gap=0.5)).plan
    unserved = sorted({need.id for need in asked.needs} - {match.need for match in plan.matches})
    started = time.monotonic()
    found = losses(asked, plan.matches, seconds=1)
    kinds = {found.of_serving(each).kind for each in unserved[:2]}

    assert time.monotonic() - started < 10
    assert kinds <= {"at_most", "unknown", "impossible"}


def test_an_option_that_claims_the_same_as_a_better_one_can_be_taken() -> None:
    asked = problem(need("a", option("x", claim("hall"), score=-2), option("y", claim("hall"), score=1)))
    assert solve(asked).plan.matches == (Match("a", "y", 1),)
    loss = best_of(asked).of_taking("a", "x")
    assert (loss.kind, loss.amount) == ("exact", 3)


def test_who_moves_falls_and_rises_between_two_plans(scarce: Problem) -> None:
    after = (Match("b", "hall", 1), Match("c", "hall", 1))  # it asks only what is taken, not whether it fits
    assert changes(scarce, TAKEN, after) == (("b",), ("a",), ("c",))
    assert changes(scarce, TAKEN, TAKEN) == ((), (), ())
