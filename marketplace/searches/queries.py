"""Every question about saved searches. One is seen by whoever saved it, and by nobody else."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.offers import queries as offers
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import takes_part
from marketplace.searches.models import SavedSearch


def _visible_to(actor: Actor) -> Select[SavedSearch]:
    return select(SavedSearch).where(col(SavedSearch.member_id) == actor.member_id)


def searches_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[SavedSearch]:
    """Return the searches that the actor has saved, the last first."""
    return read_page(session, _visible_to(actor).order_by(col(SavedSearch.id).desc()), page, limit)


def saved_search(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """Return one search that the actor has saved; NotFound where there is none."""
    found = session.scalars(_visible_to(actor).where(col(SavedSearch.id) == search_id)).one_or_none()
    if found is None:
        raise NotFound("saved_search", search_id)
    return found


def count_of(session: Session, actor: Actor) -> int:
    """Return how many searches the actor has saved."""
    found = select(func.count()).where(col(SavedSearch.member_id) == actor.member_id)
    return int(session.execute(found).scalar_one())


def told_offers(session: Session, actor: Actor, searches: Collection[SavedSearch]) -> dict[UUID, OfferView]:
    """Return the offers that searches last told of, by id: those that are still open, and that the actor still sees."""
    ids = {key for each in searches for key in each.told}
    if not ids:
        return {}
    found = offers.visible_to(actor).where(any_of(col(Offer.id), ids), col(Offer.state) == OfferState.OPEN)
    return {view.offer.id: view for view in offers.offer_views(session, actor, found)}


def due(before: datetime, most: int) -> Select[UUID]:
    """Return the SELECT of searches that nobody has looked at since, of members who may still sign in; locked."""
    return (
        select(col(SavedSearch.id))
        .join(Member, col(Member.id) == col(SavedSearch.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(SavedSearch.looked_at) < before, col(Member.active), takes_part())
        .order_by(col(SavedSearch.looked_at))
        .limit(most)
        .with_for_update(of=SavedSearch, skip_locked=True)
    )


def to_look_at(session: Session, search_id: UUID) -> SavedSearch | None:
    """Return a search and lock it, so that what it finds is told once; None where it was removed meanwhile."""
    found = select(SavedSearch).where(col(SavedSearch.id) == search_id).with_for_update()
    return session.scalars(found).one_or_none()
