"""What a loan costs as it is priced, for planning as for those who decide."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from marketplace.offers.models import PriceBasis
from marketplace.proposals.price import cost_sek

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


@pytest.mark.parametrize(
    ("first", "last", "dates"),
    [
        ("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 1),  # 25 hours
        ("2026-10-24T00:00+02:00", "2026-10-27T00:00+01:00", 3),
        ("2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00", 1),  # 23 hours
        ("2027-03-01T22:00+01:00", "2027-03-02T01:00+01:00", 2),
    ],
)
def test_a_day_is_a_date_in_sweden(first: str, last: str, dates: int) -> None:
    during = Interval(datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert cost_sek(offer(PriceBasis.DAY), [during]) == 240 * dates


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 90)), max_size=5))
def test_no_date_is_paid_twice(pieces: list[tuple[int, int]]) -> None:
    during = [hours(first, first + length) for first, length in pieces]
    everything = {(START + timedelta(hours=each)).date() for a, length in pieces for each in range(a, a + length)}
    assert cost_sek(offer(PriceBasis.DAY), during) == 240 * len(everything)
