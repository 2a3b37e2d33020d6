"""What a loan would cost, so that both sides know before they agree."""

from collections.abc import Sequence

from platsverket.core.interval import Interval, total_minutes
from platsverket.marketplace.offers.models import Offer, PriceBasis

MINUTES_PER_DAY = 24 * 60
DAYS_PER_MONTH = 30


def cost_sek(offer: Offer, during: Sequence[Interval]) -> float | None:
    """Return what the loan costs as the offer prices it, in SEK, as planning weighs it: nothing if it has no end.

    A day that has begun counts as a whole one; a month is 30 days and counts in part.
    """
    if offer.price_basis is PriceBasis.NONE:
        return 0.0
    if offer.price_basis is PriceBasis.FIXED:
        return float(offer.price_sek)
    if any(interval.end is None for interval in during):
        return None
    if offer.price_basis is PriceBasis.DAY:
        return float(offer.price_sek * sum(-(-total_minutes([one]) // MINUTES_PER_DAY) for one in during))
    minutes = 60 if offer.price_basis is PriceBasis.HOUR else MINUTES_PER_DAY * DAYS_PER_MONTH
    return offer.price_sek * total_minutes(during) / minutes
