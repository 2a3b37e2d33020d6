"""How a resource is offered, as the columns of its rows."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.importing.cells import kept
from marketplace.offers.models import Offer, OfferState, PriceBasis
from marketplace.offers.rules import widens_of


def offer_rows(offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """Return what rows say of offers that are ahead, in the order of their times; one for a need alone is no row's."""
    told = [each for each in offers if stands(each) and each.for_need_id is None]
    return sorted(map(_row, told), key=lambda row: row["offered_from"])


def stands(offer: Offer) -> bool:
    """Tell whether an offer is not closed, nor over."""
    return offer.state is not OfferState.CLOSED and from_range(offer.during).limit > clock.now()


def days_of(during: Interval) -> tuple[date, date | None]:
    """Return the first and the last day of a time in Sweden; no last one where it has no end."""
    first = during.start.astimezone(clock.STOCKHOLM).date()
    if during.end is None:
        return first, None
    return first, (during.end - timedelta(microseconds=1)).astimezone(clock.STOCKHOLM).date()


def _row(offer: Offer) -> dict[str, Any]:
    first, last = days_of(from_range(offer.during))
    return {
        "offered_from": first,
        "offered_until": last,
        "visibility": offer.visibility,
        "widens": widens_of(offer),
        "terms": offer.terms,
        "price_basis": offer.price_basis,
        "price_sek": None if offer.price_basis is PriceBasis.NONE else offer.price_sek,
        "conditions": kept(offer.conditions),
        "state": offer.state,
    }
