"""No plan breaks a floor, and needs that are alike get options enough between them, whatever is asked for."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.time.timing import Period
from marketplace.planning.encoding.decode import lines_of
from marketplace.planning.options.options import best_apart
from marketplace.surges.rules import lendable_percent
from tests.marketplace.planning.snapshots import NOW, built, need, offer, snapshot, solved

ROSTER = UUID(int=7)
LENT = uuid5(ROSTER, "lent")


@settings(max_examples=25, deadline=None)
@given(
    percents=st.lists(st.sampled_from([40, 70, 100]), min_size=1, max_size=5),
    asked=st.lists(
        st.tuples(st.sampled_from([30, 50, 100]), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=6
    ),
    floor=st.integers(0, 100),
    lent=st.sampled_from([0, 40]),
)
def test_no_plan_takes_more_than_the_floor_leaves(
    percents: list[int], asked: list[tuple[int, int, int]], floor: int, lent: int
) -> None:
    share = lendable_percent(sum(percents), floor)
    shared = ((ROSTER, 1),)
    cards = [replace(offer("staff"), shared=shared) for _ in percents]
    capacities = {unit: percent for card, percent in zip(cards, percents, strict=True) for unit, _ in card.units}
    today = (NOW + timedelta(hours=12)).date()
    needs = [
        need(
            "staff", amount=amount, timing=Period(today + timedelta(days=first), today + timedelta(days=first + length))
        )
        for amount, first, length in asked
    ]
    away = {ROSTER: [(NOW, NOW + timedelta(days=3), lent)]} if lent else {}
    made = replace(snapshot(needs, cards, {**capacities, ROSTER: share}, away), alike=True)
    problem = built(made)
    days: dict[int, int] = {}
    for line in lines_of(problem, solved(problem).matches):
        for start, end in line.option.during:
            for minute in range(start, end, 24 * 60):
                days[minute] = days.get(minute, 0) + line.amount
    until = made.calendar.ceil(NOW + timedelta(days=3))
    assert all(taken + (lent if minute < until else 0) <= max(share, lent) for minute, taken in days.items())
    assert all(taken <= share for taken in days.values())


def test_alike_needs_have_every_card_between_them() -> None:
    # 50 needs of 6 options each beside 200 cards: 3 neighbours of the 100 best, and each 66th of all, shifted.
    cards, needs, most = 200, 50, 6
    rank, turn = np.tile(np.arange(cards), needs), np.repeat(np.arange(needs), cards)
    chosen = best_apart(rank, np.full(len(rank), cards), turn, needs, most)
    of_each = chosen.reshape(needs, cards).sum(axis=1)
    assert of_each.max() <= most + 2
    assert of_each.min() >= most // 2
    assert set(rank[chosen]) >= set(range(100))
    few = best_apart(np.arange(3), np.full(3, 3), np.zeros(3, np.int64), 1, most)
    assert few.all()
