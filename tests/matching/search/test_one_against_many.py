"""One need of enormous value in the way of many small ones that are worth more: a block of some cannot see that."""

from itertools import pairwise

import pytest

from matching.params.solve import SolveParams
from matching.problem.plan import Plan
from matching.problem.problem import Claim, Interval, Need, Option, Problem, Unit
from matching.solve import solve

MANY = 400


def claim(unit: str, amount: int, start: int, end: int) -> Claim:
    return Claim(unit, amount, (Interval(start, end),))


def asked(name: str, value: int, *claims: Claim) -> Need:
    return Need(name, value, 1, (Option(f"{name}@", 0, claims),))


def planned(name: str, capacities: dict[str, int], needs: list[Need], **groups: tuple[tuple[str, ...], ...]) -> Plan:
    units = tuple(Unit(unit, capacity) for unit, capacity in capacities.items())
    return solve(Problem(name=name, units=units, needs=tuple(needs), **groups), SolveParams(blocks=2)).plan


@pytest.mark.parametrize(("worth", "best"), [(1_000 * MANY - 1, 1_000 * MANY), (1_000 * MANY + 1, 1_000 * MANY + 1)])
class TestOneAgainstMany:
    def test_meetings_one_after_the_other_against_the_room_for_all_of_the_time(self, worth: int, best: int) -> None:
        meetings = [asked(f"m{n}", 1_000, claim("room", 1, n, n + 1)) for n in range(MANY)]
        plan = planned("meetings", {"room": 1}, [asked("all", worth, claim("room", 1, 0, MANY)), *meetings])
        assert (plan.objective, plan.status) == (best, "optimal")

    def test_seats_beside_each_other_against_the_whole_pool(self, worth: int, best: int) -> None:
        seats = [asked(f"s{n}", 1_000, claim("pool", 1, n % 7, 10)) for n in range(MANY)]
        plan = planned("seats", {"pool": MANY}, [asked("all", worth, claim("pool", MANY, 0, 10)), *seats])
        assert (plan.objective, plan.status) == (best, "optimal")

    def test_parts_of_a_hall_against_all_of_them_together(self, worth: int, best: int) -> None:
        halves = {"left": 1, "right": 1}
        halls = [asked(f"h{n}", 1_000, claim(("left", "right")[n % 2], 1, n // 2, n // 2 + 1)) for n in range(MANY)]
        whole = asked("all", worth, *(claim(half, 1, 0, MANY) for half in halves))
        plan = planned("halls", halves, [whole, *halls])
        assert (plan.objective, plan.status) == (best, "optimal")

    def test_pairs_that_go_together_against_a_bundle_of_two(self, worth: int, best: int) -> None:
        names = [f"p{n}" for n in range(MANY)]
        pairs = [asked(name, 1_000, claim(("a", "b")[n % 2], 100, n // 2, n // 2 + 1)) for n, name in enumerate(names)]
        both = [
            asked(f"all-{unit}", worth // 2 + odd, claim(unit, 60, 0, MANY))
            for unit, odd in (("a", 0), ("b", worth % 2))
        ]
        groups = (("all-a", "all-b"), *list(pairwise(names))[::2])
        plan = planned("bundles", {"a": 100, "b": 100}, [*both, *pairs], together=groups)
        assert (plan.objective, plan.status) == (best, "optimal")
