"""What the optimiser gets in arrays is what the options say one by one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from core.time.timing import Flexible, Period, Weekly
from marketplace.planning.candidates.possible_times import spread
from marketplace.planning.encoding.build import Demand
from marketplace.planning.options.options import RANKS_PER_TURN, Option, best_and_diverse
from marketplace.planning.snapshot.snapshot import Snapshot
from matching.problem import problem as matching
from resources.families.furniture import FurnitureFacts
from resources.families.space import SpaceFacts, SpaceRequirements
from tests.marketplace.planning.snapshots import at, built, need, offer, snapshot

MONDAYS = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12))
APRIL = Period(date(2027, 4, 1), date(2027, 4, 30))


def various() -> Snapshot:
    """Series, dates apart, flexible starts, lots, desks and a hall of two halves, with something taken."""
    a, b = uuid7(), uuid7()
    pool = offer(kind="desk_pool", facts=SpaceFacts(seats=12))
    offers = [
        offer(units=((a, 1), (b, 1))),
        offer(units=((b, 1),)),
        pool,
        *(offer("furniture", facts=FurnitureFacts(count=count, condition=4)) for count in (30, 25)),
    ]
    needs = [
        need(timing=MONDAYS),
        need(timing=replace(MONDAYS, same_resource=False)),
        need(timing=Flexible(at(7, 8), at(7, 17), duration_min=120, step_min=30)),
        need(kind="desk_pool", amount=5, requirements=SpaceRequirements(people=5)),
        need("furniture", amount=40, parts=2, timing=APRIL),
        need("furniture", amount=7, timing=APRIL),
        need("vehicle"),
    ]
    taken = {a: [(at(14, 8), at(14, 10), 1)], pool.units[0][0]: [(at(3), at(4), 5)]}
    return snapshot(needs, offers, taken=taken)


def one_by_one(demand: Demand, option: Option) -> matching.Option:
    during = tuple(matching.Interval(start, end) for start, end in option.during)
    return matching.Option(
        id=option.key,
        score=demand.score(option),
        max=option.most if option.most < demand.amount else None,
        claims=tuple(matching.Claim(str(unit), amount, during) for unit, amount in option.takings),
    )


def test_needs_options_and_claims() -> None:
    found = built(various())
    demands = list(found.demand_of.values())
    assert len(demands) == 1 + 4 + 1 + 1 + 1 + 1, "of the series one, of the dates apart four; nothing for the vehicle"
    assert found.problem.needs == tuple(
        matching.Need(
            id=demand.key,
            value=demand.value,
            amount=demand.amount,
            parts=demand.parts,
            options=tuple(one_by_one(demand, option) for option in demand.options),
        )
        for demand in demands
    )


def test_an_option_is_found_by_its_name_and_no_two_have_the_same() -> None:
    for demand in built(various()).demand_of.values():
        assert [option.key for option in demand.options] == demand.options.keys
        assert len(set(demand.options.keys)) == len(demand.options)
        assert all(demand.options.named(option.key).during == option.during for option in demand.options)
        assert [each.key for each in demand.options[1:]] == demand.options.keys[1:]
        with pytest.raises(ValueError, match="not in list"):
            demand.options.named("another")


@given(st.lists(st.integers(1, 30), max_size=12), st.integers(1, 6), st.integers(1, 24))
def test_the_best_and_the_diverse_are_chosen_as_turn_by_turn(counts: list[int], starts: int, most: int) -> None:
    ranks, times = best_and_diverse(np.array(counts, np.int64), starts, most)
    assert list(zip(ranks.tolist(), times.tolist(), strict=True)) == turn_by_turn(counts, starts, most)


def turn_by_turn(counts: Sequence[int], starts: int, most: int) -> list[tuple[int, int]]:
    turns = []
    for rank, count in enumerate(counts):
        few = min(count, starts)
        for turn in range(few):
            [nth] = spread(*(np.array([number]) for number in ((rank + turn) % few, starts, count))).tolist()
            turns.append((rank + RANKS_PER_TURN * turn, turn, (rank, nth)))
    turns.sort()
    best, rest = turns[: most - most // 2], turns[most - most // 2 :]
    rest.sort(key=lambda each: each[1] > 0)
    return [time_ for _, _, time_ in best + rest[: most // 2]]
