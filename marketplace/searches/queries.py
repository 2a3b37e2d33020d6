"""Every question about saved searches. One is seen by whoever saved it, and by nobody else."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, quiet
from core.errors import NotFound
from core.time import clock
from marketplace.offers import queries as offers
from marketplace.offers.excerpts import OfferExcerpt, excerpts
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import takes_part
from marketplace.searches.models import SavedSearch


def _visible_to(actor: Actor) -> Select[SavedSearch]:
    own = select(SavedSearch).where(col(SavedSearch.member_id) == actor.member_id)
    return own.options(defer(SavedSearch.known))  # type: ignore[arg-type]  # thousands of keys, for sweeps alone


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


def told_offers(session: Session, actor: Actor, searches: Collection[SavedSearch]) -> dict[UUID, OfferExcerpt]:
    """Return the offers that searches last told of, by id: those that are still open, and that the actor still sees."""
    ids = {key for each in searches for key in each.told}
    if not ids:
        return {}
    found = offers.visible_to(actor).where(any_of(col(Offer.id), ids), col(Offer.state) == OfferState.OPEN)
    return {each.offer.id: each for each in excerpts(session, actor, found)}


def of_others(session: Session, actor: Actor, offer_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the offers that the actor's own organisation has not made."""
    foreign = col(Offer.organisation_id) != actor.organisation_id
    return set(session.scalars(select(col(Offer.id)).where(any_of(col(Offer.id), offer_ids), foreign)))


def due(before: datetime, most: int) -> Select[UUID]:
    """Return the SELECT of searches that nobody has looked at since, of members who may still sign in; locked.

    One of each organisation comes first, then the second of each: many searches of one make no other wait. Left out are
    those whose last day has passed.
    """
    last = type_coerce(col(SavedSearch.query), JSONB)["last"].astext
    waits = and_(quiet(col(SavedSearch.looked_at), before), or_(last.is_(None), last >= clock.today().isoformat()))
    turn = func.row_number().over(
        partition_by=col(Member.organisation_id), order_by=(col(SavedSearch.looked_at), col(SavedSearch.id))
    )
    waiting = (
        select(col(SavedSearch.id), turn.label("turn"))
        .join(Member, col(Member.id) == col(SavedSearch.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(waits, col(Member.active), takes_part())
        .subquery()
    )
    return (
        select(col(SavedSearch.id))
        .join(waiting, waiting.c.id == col(SavedSearch.id))
        .where(waits)  # once more, of the row as it stands when it is locked
        .order_by(waiting.c.turn, col(SavedSearch.looked_at))
        .limit(most)
        .with_for_update(of=SavedSearch, skip_locked=True)
    )


def to_look_at(session: Session, search_id: UUID) -> SavedSearch | None:
    """Return a search and lock it, so that what it finds is told once; None where it was removed meanwhile."""
    found = select(SavedSearch).where(col(SavedSearch.id) == search_id).with_for_update()
    return session.scalars(found).one_or_none()
