"""What is told of every alternative adds up to the objective's own difference, found by trying every plan."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from core.time.timing import Flexible, Period, Weekly
from marketplace.planning.encoding.build import Built
from marketplace.planning.encoding.decode import DraftLine
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Earlier, OpenOffer, Snapshot
from marketplace.requests.models import Priority
from marketplace.runs.reasons import LineReasons, StoredAlternative
from matching.problem import checker
from matching.problem.needs import Claim, Match, Option
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.problem.units import Interval, Piece
from resources.families.furniture import FurnitureFacts
from resources.families.space import SpaceFacts, SpaceRequirements
from tests.marketplace.planning.reasons.test_reasons import explained
from tests.marketplace.planning.snapshots import OSTERSUND, SUNDSVALL, at, built, fixed, need, offer, snapshot
from tests.matching import brute

MONTH = Period(date(2027, 4, 1), date(2027, 4, 30))
MONDAYS = Weekly(date(2027, 3, 8), date(2027, 3, 15), (0,), time(9), time(11), same_resource=False)


def rooms(draw: random.Random) -> tuple[list[OpenNeed], list[OpenOffer]]:
    """Rooms for a few at the same time, some of them near, some with a price; now and then a bundle or a choice."""
    offers = [
        offer(
            facts=SpaceFacts(seats=draw.choice((6, 8, 20))),
            positions=(draw.choice((OSTERSUND, SUNDSVALL)),),
            price_sek=draw.choice((0, 2_000)),
        )
        for _ in range(draw.randint(2, 3))
    ]
    priorities = (Priority.ORDINARY, Priority.ORDINARY, Priority.EXPLORATORY)
    needs = [
        need(
            timing=draw.choice((fixed(7, 9, 11), fixed(7, 10, 12), Flexible(at(7, 9), at(7, 11), 60, 60))),
            requirements=SpaceRequirements(people=draw.choice((4, 6, 8))),
            priority=draw.choice(priorities),
        )
        for _ in range(draw.randint(2, 4))
    ]
    if draw.random() < 0.4:
        group: dict[str, Any] = draw.choice(({"together": True}, {"alternative_group": 1}))
        request_id = uuid7()
        needs[:2] = [replace(each, request_id=request_id, position=n, **group) for n, each in enumerate(needs[:2])]
    return needs, offers


def dates(draw: random.Random) -> tuple[list[OpenNeed], list[OpenOffer]]:
    """Two series, served date by date, and who wants a room on one of the dates."""
    needs, offers = rooms(draw)
    return [replace(need(), timing=MONDAYS), *needs[: draw.randint(1, 2)]], offers


def lots(draw: random.Random) -> tuple[list[OpenNeed], list[OpenOffer]]:
    """Chairs in lots, which few may put together."""
    counts = [draw.randint(1, 4) for _ in range(3)]
    offers = [
        offer("furniture", facts=FurnitureFacts(n, 4), positions=(draw.choice((OSTERSUND, SUNDSVALL)),)) for n in counts
    ]
    needs = [need("furniture", amount=draw.randint(1, 4), parts=draw.choice((1, 2)), timing=MONTH) for _ in range(2)]
    return needs, offers


def with_earlier(draw: random.Random, market: Snapshot) -> Snapshot:
    """What was proposed earlier, at random, so that staying as it was is worth something."""
    found = built(market)
    chosen = [
        (demand, draw.choice(list(demand.options)))
        for each in found.considered
        for demand in each.demands
        if demand.parts == 1 and draw.random() < 0.7
    ]
    earlier = [Earlier(demand.need.need_id, demand.on, option.key, option.amount) for demand, option in chosen]
    return replace(market, earlier=earlier)


def compressed(problem: Problem) -> Problem:
    """The same problem with as few minutes as keep the order of all that begins or ends."""
    claims = [claim for each in problem.needs for option in each.options for claim in option.claims]
    pieces = [piece for unit in problem.units for piece in unit.available or ()]
    ends = {at for claim in claims for one in claim.during for at in (one.start, one.end)}
    rank = {at: n for n, at in enumerate(sorted(ends | {at for one in pieces for at in (one.start, one.end)}))}

    def option(each: Option) -> Option:
        during = [tuple(Interval(rank[one.start], rank[one.end]) for one in claim.during) for claim in each.claims]
        return replace(each, claims=tuple(Claim(c.unit, c.amount, d) for c, d in zip(each.claims, during, strict=True)))

    return replace(
        problem,
        needs=tuple(replace(each, options=tuple(map(option, each.options))) for each in problem.needs),
        units=tuple(
            unit
            if unit.available is None
            else replace(unit, available=tuple(Piece(rank[p.start], rank[p.end], p.capacity) for p in unit.available))
            for unit in problem.units
        ),
    )


def told(found: Built) -> Iterator[tuple[DraftLine, LineReasons, StoredAlternative, Plan]]:
    """Every alternative that is shown of every line."""
    plan, reasons, lines = explained(found)
    for line in lines:
        of_line = reasons.of_line(line)
        assert sum(of_line.by_term.values()) == line.score, "the terms of a line are its score"
        for each in of_line.alternatives or ():
            assert sum(each.by_term.values()) == each.score
            yield line, of_line, each, plan


@pytest.mark.parametrize("seed", range(50))
def test_the_parts_add_up_to_the_difference_of_the_objective(seed: int) -> None:
    draw = random.Random(seed)
    needs, offers = draw.choice((rooms, rooms, dates, lots))(draw)
    market = with_earlier(draw, snapshot(needs, offers))
    found = built(market, draw.choice(("balanced", "steady")))
    problem = compressed(found.problem)
    every = list(brute.plans(problem))
    for line, reasons, other, plan in told(found):
        apart = reasons.difference(line.score, other)
        key, several = line.demand.key, line.demand.parts > 1
        wanted = Match(key, other.option, other.amount if several else 1)
        taking = [matches for matches in every if wanted in matches]
        if other.cost.kind == "impossible":
            assert not taking
            continue
        best = max(brute.worth(problem, matches) for matches in taking)
        now = brute.worth(problem, plan.matches)
        assert apart.total is not None, "so little is always worked out"
        assert apart.total <= best - now
        assert apart.is_limit or apart.total == best - now
        parts = apart.own, apart.rest or 0, apart.others or 0
        assert sum(parts) == apart.total
        assert plan.status != "optimal" or apart.total <= 0, "nothing is better than the best"
        if not several and line.demand.on is None:
            swapped = tuple(wanted if match.need == key else match for match in plan.matches)
            was, then = (checker.worth_by_need(problem, matches)[key].total for matches in (plan.matches, swapped))
            assert apart.own == then - was, "its own part is what its own worth changes by"
            assert apart.rest == 0


def test_some_of_all_kinds_is_told() -> None:
    """The markets above have what they are meant to have: stability, limits, what costs others, and who they are."""
    kinds: set[str] = set()
    for seed in range(50):
        draw = random.Random(seed)
        needs, offers = draw.choice((rooms, rooms, dates, lots))(draw)
        found = built(with_earlier(draw, snapshot(needs, offers)), draw.choice(("balanced", "steady")))
        for line, reasons, other, _ in told(found):
            difference = reasons.difference(line.score, other)
            kinds |= {other.cost.kind} | ({"stability"} if difference.stability else set())
            kinds |= ({"others"} if difference.others else set()) | ({"rest"} if difference.rest else set())
            kinds |= {"named"} if other.cost.fell or other.cost.moved else set()
        if kinds >= {"exact", "at_most", "stability", "others", "rest", "named"}:
            return
    raise AssertionError(kinds)
