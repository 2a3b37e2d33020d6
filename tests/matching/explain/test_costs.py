"""What other choices cost, in a market of 500 needs, against solving all of it again with the choice forced."""

import random
from dataclasses import replace

import pytest

from matching.arrays.conversion import arrays_of
from matching.explain.excerpt import excerpt
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.problem.needs import Match
from matching.problem.plan import Plan
from matching.problem.problem import Claim, Interval, Need, Option, Problem, Unit
from matching.solve import solve

DAY = 480
TOWNS, UNITS = 28, 6
"""Nobody looks beyond its own town, so that the whole can be proven best in half a second, again and again."""


@pytest.fixture(scope="module")
def asked() -> Problem:
    """500 needs for rooms (1) and desk pools (12), three for each, over twenty days: most are in each other's way."""
    draw = random.Random(1)
    capacities = [draw.choice((1, 1, 1, 12)) for _ in range(TOWNS * UNITS)]
    return Problem(
        name="towns",
        units=tuple(Unit(f"u{unit}", capacity) for unit, capacity in enumerate(capacities)),
        needs=tuple(_need(draw, number, capacities) for number in range(500)),
    )


def _need(draw: random.Random, number: int, capacities: list[int]) -> Need:
    centre = draw.randrange(len(capacities))
    start = DAY * draw.randrange(20)
    during = (Interval(start, start + DAY * draw.randint(1, 10)),)
    share = draw.choice((0.3, 0.5, 0.8, 1.0))
    first = centre - centre % UNITS
    near = sorted({first + (centre + round(draw.gauss(0, 2))) % UNITS for _ in range(5)})
    return Need(
        id=f"n{number}",
        value=draw.randint(200, 1200),
        amount=1,
        options=tuple(
            Option(
                f"u{unit}", -draw.randint(0, 150), (Claim(f"u{unit}", max(1, round(share * capacities[unit])), during),)
            )
            for unit in near
        ),
    )


@pytest.fixture(scope="module")
def best(asked: Problem) -> Plan:
    """The best plan, proven."""
    plan = solve(asked, SolveParams(seed=1, workers=1)).plan
    assert plan.status == "optimal"
    return plan


@pytest.fixture(scope="module")
def sampled(asked: Problem, best: Plan) -> list[tuple[Match, str]]:
    """Fifty of the options that served needs do not have, each with what the need has instead."""
    others = [
        (match, option.id)
        for match in best.matches
        for option in asked.need_of[match.need].options
        if option.id != match.option
    ]
    return random.Random(2).sample(others, 50)


def test_the_cost_of_an_alternative_is_that_of_solving_all_again(
    asked: Problem, best: Plan, sampled: list[tuple[Match, str]]
) -> None:
    losses = Losses(asked, best.matches, Limits(None), whole_options=400, most_needs=20)
    costs = []
    for match, option in sampled[:25]:
        again = solve(replace(asked, fixed=(Match(match.need, option, 1),)), SolveParams(seed=1, workers=1)).plan
        loss = losses.of_taking(match.need, option)
        # The need itself stays served: it loses the difference of the two scores, and all others the rest.
        own = asked.option_of[match.need, match.option].score - asked.option_of[match.need, option].score
        assert again.status == "optimal"
        assert (loss.kind, loss.amount, loss.to_others) == (
            "exact",
            best.objective - again.objective,
            best.objective - again.objective - own,
        )
        costs.append(best.objective - again.objective - own)
    assert sum(cost > 0 for cost in costs) >= 12, "most alternatives stand in somebody's way"


def test_what_is_found_near_by_is_never_less_than_the_cost(
    asked: Problem, best: Plan, sampled: list[tuple[Match, str]]
) -> None:
    exact = Losses(asked, best.matches, Limits(None), whole_options=400, most_needs=20)
    near = Losses(asked, best.matches, Limits(None), whole_options=0, most_needs=5)
    both = [[each.of_taking(match.need, option) for each in (exact, near)] for match, option in sampled]
    known = [(cost.amount or 0, limit.amount or 0) for cost, limit in both if limit.kind == "at_most"]
    assert {limit.kind for _, limit in both} <= {"at_most", "unknown"}
    assert all(cost <= limit for cost, limit in known)
    assert any(cost < limit for cost, limit in known), "five needs are too few for some: that is why it is a limit"


def test_an_excerpt_has_all_that_a_choice_could_touch_or_says_that_it_has_not(
    asked: Problem, best: Plan, sampled: list[tuple[Match, str]]
) -> None:
    arrays = arrays_of(asked)
    exact = Losses(asked, best.matches, Limits(None), whole_options=400, most_needs=20)
    for match, option in sampled[:5]:
        town = excerpt(arrays, best.matches, [match.need])
        assert town.whole
        assert len(town.problem.option_of) < len(asked.option_of) / 2
        of_town = Losses(town.problem, best.matches, Limits(None), whole_options=4000, most_needs=20)
        assert of_town.of_taking(match.need, option) == exact.of_taking(match.need, option)

        part = excerpt(arrays, best.matches, [match.need], most_options=10, most_needs=5)
        assert not part.whole
        of_part = Losses(part.problem, best.matches, Limits(None), whole_options=0, most_needs=60)
        limit = of_part.of_taking(match.need, option)
        assert limit.kind == "at_most"
        assert (limit.amount or 0) >= (exact.of_taking(match.need, option).amount or 0)


def test_serving_a_need_costs_the_least_of_its_options(asked: Problem, best: Plan) -> None:
    losses = Losses(asked, best.matches, Limits(None), whole_options=400, most_needs=20)
    served = {match.need for match in best.matches}
    lost = [need for need in asked.needs if need.id not in served]
    assert lost
    for need in lost[:3]:
        by_option = [losses.of_taking(need.id, option.id).amount for option in need.options]
        assert losses.of_serving(need.id).amount == min(amount for amount in by_option if amount is not None)
