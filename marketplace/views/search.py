"""Looking for offers that can be had in a time: what is taken is the same as for matching."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page
from core.time.interval import Interval
from marketplace.offers import queries as offers
from marketplace.offers.queries import OfferView
from marketplace.offers.search import OfferSearch
from marketplace.proposals.queries import kept_claims
from resources.availability import Taken
from resources.queries import claims_taken


def search_offers(
    session: Session, actor: Actor | None, search: OfferSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[OfferView]:
    """Return the offers that fit, see `offers.queries.search_offers`, and that nobody has been promised."""
    return offers.search_offers(session, actor, search, page, limit, taken_of=taken)


def taken(session: Session, unit_ids: Collection[UUID], during: Interval) -> Mapping[UUID, Sequence[Taken]]:
    """Return what bookings and closed periods take of units, and what waiting proposals keep from all others."""
    found = claims_taken(session, unit_ids, during)
    for unit_id, each in kept_claims(session, unit_ids, during):
        found[unit_id].append(each)
    return found
