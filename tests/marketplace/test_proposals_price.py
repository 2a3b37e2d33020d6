"""What a loan is told to cost is what planning weighed it with."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platsverket.core.clock import STOCKHOLM
from platsverket.core.interval import Interval
from platsverket.marketplace.offers.models import PriceBasis
from platsverket.marketplace.planning import options
from platsverket.marketplace.proposals.price import cost_sek

START = datetime(2027, 3, 1, 9, tzinfo=STOCKHOLM)


def offer(basis: PriceBasis, price_sek: int = 240) -> Any:
    return SimpleNamespace(price_basis=basis, price_sek=price_sek)


def hours(first: float, last: float) -> Interval:
    return Interval(START + timedelta(hours=first), START + timedelta(hours=last))


@pytest.mark.parametrize(
    ("basis", "during", "sek"),
    [
        (PriceBasis.NONE, [hours(0, 2)], 0),
        (PriceBasis.FIXED, [hours(0, 2), hours(24, 26)], 240),
        (PriceBasis.HOUR, [hours(0, 2), hours(24, 25.5)], 240 * 3.5),
        (PriceBasis.DAY, [hours(0, 2), hours(24, 49)], 240 * (1 + 2)),  # a day that has begun is a whole one
        (PriceBasis.MONTH, [hours(0, 15 * 24)], 240 / 2),  # a month is 30 days
        (PriceBasis.DAY, [Interval(START, None)], None),
        (PriceBasis.FIXED, [Interval(START, None)], 240),
    ],
)
def test_a_price_by_its_basis(basis: PriceBasis, during: list[Interval], sek: float | None) -> None:
    assert cost_sek(offer(basis), during) == sek


@given(
    basis=st.sampled_from(list(PriceBasis)),
    pieces=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5000)), min_size=1, max_size=5),
)
def test_planning_counts_the_same(basis: PriceBasis, pieces: list[tuple[int, int]]) -> None:
    minutes = [(first, first + length) for first, length in pieces]
    during = [Interval(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in minutes]
    assert cost_sek(offer(basis), during) == pytest.approx(options.cost_sek(offer(basis), tuple(minutes)))
