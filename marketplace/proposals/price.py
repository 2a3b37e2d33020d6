"""On what terms a loan is put forward and what it would cost, so that both sides know before they agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.time.clock import STOCKHOLM
from core.time.interval import Interval, total_minutes
from marketplace.offers.models import PriceBasis, Terms

MINUTES_PER_MONTH = 30 * 24 * 60


class Deal(Protocol):
    """Whatever says on what terms something is lent: an offer, or the line that it was put forward in."""

    @property
    def terms(self) -> Terms: ...
    @property
    def price_basis(self) -> PriceBasis: ...
    @property
    def price_sek(self) -> int: ...
    @property
    def conditions(self) -> str: ...


def put_forward(deal: Deal) -> dict[str, Any]:
    """Return what a line keeps of its offer, by column."""
    return {
        "terms": deal.terms,
        "price_basis": deal.price_basis,
        "price_sek": deal.price_sek,
        "conditions": deal.conditions,
    }


def cost_sek(deal: Deal, during: Sequence[Interval]) -> float | None:
    """Return what the loan costs as it is priced, in SEK, as planning weighs it: nothing if it has no end.

    A fixed price is for all of it, however much is taken. Every date in Sweden that has some of the loan counts as a
    day; a month is 30 days and counts in part.
    """
    if deal.price_basis is PriceBasis.NONE:
        return 0.0
    if deal.price_basis is PriceBasis.FIXED:
        return float(deal.price_sek)
    if any(interval.end is None for interval in during):
        return None
    if deal.price_basis is PriceBasis.DAY:
        return float(deal.price_sek * _dates(during))
    minutes = 60 if deal.price_basis is PriceBasis.HOUR else MINUTES_PER_MONTH
    return deal.price_sek * total_minutes(during) / minutes


def _dates(during: Sequence[Interval]) -> int:
    """Count the dates in Sweden, which are 23 or 25 hours long when the clocks change."""
    touched: set[int] = set()
    for each in during:
        last = each.limit - timedelta(microseconds=1)
        touched.update(range(_ordinal(each.start), _ordinal(last) + 1))
    return len(touched)


def _ordinal(moment: datetime) -> int:
    return moment.astimezone(STOCKHOLM).toordinal()
