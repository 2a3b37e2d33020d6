"""Whose turn it is: a network's load is shared as evenly as it can be, and nobody goes without for it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from ortools.sat.python import cp_model

from benchmarks.networks.market import loads, network, unevenness
from benchmarks.networks.rotation import WITH, WITHOUT, planned
from marketplace.networks.rules import gini
from marketplace.planning.encoding.decode import DraftLine, lines_of
from marketplace.planning.snapshot.snapshot import Snapshot
from matching.params.solve import SolveParams
from matching.solve import solve
from tests.marketplace.planning.snapshots import built, solved

EVEN = 0.2


def test_gini() -> None:
    assert gini([]) == gini([0, 0]) == gini([3, 3, 3]) == 0
    assert gini([0, 4]) == pytest.approx(0.5)  # all differences, 2 * 4, by 2 * 2 * 4
    assert gini([1, 2, 3]) == pytest.approx(2 / 9)  # 2 * (1 + 1 + 2) by 2 * 3 * 6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("cards", "needs", "before"), [(10, 30, 0), (10, 30, 10), (20, 60, 20)])
def test_the_load_is_shared_and_as_many_are_served(seed: int, cards: int, needs: int, before: int) -> None:
    market = network(seed, cards, needs, lent_before=before)
    (served, even), (others, uneven) = planned(market, WITH), planned(market, WITHOUT)
    assert served == others == needs
    assert even <= EVEN < uneven


@pytest.mark.parametrize("seed", range(6))
def test_it_is_as_even_as_it_can_be_where_few_may_be_lent_everywhere(seed: int) -> None:
    market = network(seed, 5, 10, may_be_remote=0.1)
    problem = built(market)
    lines = lines_of(problem, solved(problem).matches)
    assert unevenness(market, lines) <= max(EVEN, _least(lines) + 0.03)


def _least(lines: Sequence[DraftLine]) -> float:
    """Return the least Gini coefficient of any plan that serves all that is served, of five who were never lent.

    All of the differences between two loads, each once, by the sum of all loads and the number of people: exactly.
    """
    model = cp_model.CpModel()
    loads: dict[str, Any] = {}
    taken: dict[str, list[tuple[int, int, Any]]] = {}
    for line in lines:
        chosen = {option.part.key: model.new_bool_var("") for option in line.demand.options}
        model.add_exactly_one(chosen.values())
        for option in line.demand.options:
            [(start, end)] = option.during
            loads[option.part.key] = loads.get(option.part.key, 0) + (end - start) * chosen[option.part.key]
            taken.setdefault(option.part.key, []).append((start, end, chosen[option.part.key]))
    for of_card in taken.values():
        spans = [
            model.new_optional_fixed_size_interval_var(first, last - first, var, "") for first, last, var in of_card
        ]
        model.add_no_overlap(spans)
    total = sum(end - start for line in lines for start, end in line.option.during)
    gaps = []
    for one, other in combinations([*loads.values(), *[0] * (5 - len(loads))], 2):
        gaps.append(model.new_int_var(0, total, ""))
        model.add(gaps[-1] >= one - other)
        model.add(gaps[-1] >= other - one)
    model.minimize(sum(gaps))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return solver.objective_value / (5 * total)


def test_nobody_is_asked_for_more_hours_of_a_month_than_agreed() -> None:
    """Four hours of each of four in March and April, for fifteen loans of two to four hours: not all can be served."""
    market = network(1, 4, 15, hours=4)
    problem = built(market)
    lines = lines_of(problem, solved(problem).matches)
    assert 0 < len(lines) < 15
    taken: dict[object, int] = {}
    for line in lines:
        [(start, end)] = line.option.during
        month = (line.option.offer.offer_id, market.calendar.instant(start).month)
        taken[month] = taken.get(month, 0) + end - start
    assert max(taken.values()) <= 4 * 60
    assert len(lines) >= _served(market)


def _served(market: Snapshot) -> int:
    return planned(market, WITHOUT)[0]


def test_who_has_been_asked_least_is_first_and_the_points_say_it() -> None:
    market = network(3, 2, 1, may_be_remote=1)
    asked = replace(market.needs[0], requirements=replace(market.needs[0].requirements, remote_ok=True))
    one, other = (offer.units[0][0] for offer in market.offers)
    before = network(3, 2, 1, lent_before=0)
    for busy, idle in ((one, other), (other, one)):
        lent = {busy: network(3, 1, 1, lent_before=200).lent.popitem()[1]}
        problem = built(replace(before, needs=[asked], offers=market.offers, capacities=market.capacities, lent=lent))
        [line] = lines_of(problem, solve(problem.problem, SolveParams()).plan.matches)
        assert line.option.offer.units[0][0] == idle
        turns = {option.offer.units[0][0]: option.terms["rotation"] for option in line.demand.options}
        assert turns == {idle: 0, busy: -12_000}  # more than the eight hours that cost all points
        assert min(loads(problem.snapshot, [line])) > 0
