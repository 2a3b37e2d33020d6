"""Every question about rosters. Who sees one sees how many cards are in it; which these are is for its organisation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, by_swedish, coordinated
from core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.surges.models import Roster, RosterCard
from resources.models import Resource


@dataclass(frozen=True)
class RosterView:
    """A roster with whose it is, and its cards: how many, and what time they have together, in percent of full time."""

    roster: Roster
    organisation: Organisation
    cards: int
    percent: int


def rosters_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[RosterView]:
    """Return the rosters that the actor may see, those in force first, the last made first."""
    found = _views(actor).order_by(col(Roster.state).desc(), col(Roster.id).desc())
    return read_rows(session, found, page, limit).of(lambda rows: [_view(row) for row in rows])


def roster_view(session: Session, actor: Actor, roster_id: UUID) -> RosterView:
    """Return one roster; NotFound where there is none that the actor may see."""
    row = session.execute(_views(actor).where(col(Roster.id) == roster_id)).one_or_none()
    if row is None:
        raise NotFound("roster", roster_id)
    return _view(row)


def roster_views(session: Session, actor: Actor, roster_ids: Collection[UUID]) -> list[RosterView]:
    """Return those of some rosters that the actor may see, by organisation and name."""
    found = _views(actor).where(any_of(col(Roster.id), roster_ids))
    return [_view(row) for row in session.execute(found.order_by(by_swedish(col(Organisation.name)), col(Roster.id)))]


def locked_roster(session: Session, actor: Actor, roster_id: UUID) -> Roster:
    """Return a roster that the actor may see, locked until the transaction ends; else NotFound."""
    found = session.scalars(
        select(Roster)
        .where(col(Roster.id) == roster_id, _seen(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("roster", roster_id)
    return found


def cards_in(session: Session, roster_id: UUID) -> list[UUID]:
    """Return the cards of a roster, by their resources."""
    return list(session.scalars(select(col(RosterCard.resource_id)).where(col(RosterCard.roster_id) == roster_id)))


def cards_of(session: Session, organisation_id: UUID) -> Sequence[Resource]:
    """Return the resources of an organisation that have a capacity card, by name."""
    found = (
        select(Resource)
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(Resource.id))
        .where(col(Resource.organisation_id) == organisation_id)
    )
    return session.scalars(found.order_by(col(Resource.name), col(Resource.id))).all()


def in_other_rosters(session: Session, resource_ids: Collection[UUID], roster_id: UUID) -> list[UUID]:
    """Return those of some cards that are in another roster than this."""
    found = select(col(RosterCard.resource_id)).where(
        any_of(col(RosterCard.resource_id), resource_ids), col(RosterCard.roster_id) != roster_id
    )
    return list(session.scalars(found))


def keeps(actor: Actor) -> bool:
    """Tell whether somebody keeps the rosters of its organisation, and so may read which cards are in them."""
    return actor.may(Permission.KEEP_ROSTERS, actor.organisation_id)


def _seen(actor: Actor) -> ColumnElement[bool]:
    own = col(Roster.organisation_id) == actor.organisation_id if keeps(actor) else false()
    return or_(own, coordinated(actor, col(Roster.organisation_id)))


def _views(actor: Actor) -> Select[Roster]:
    cards = (
        select(
            col(RosterCard.roster_id),
            func.count().label("cards"),
            func.sum(col(StaffCapacity.extent_percent)).label("percent"),
        )
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(RosterCard.resource_id))
        .group_by(col(RosterCard.roster_id))
        .subquery()
    )
    return (
        select(Roster)
        .join(Organisation, col(Organisation.id) == col(Roster.organisation_id))
        .outerjoin(cards, cards.c.roster_id == col(Roster.id))
        .where(_seen(actor))
        .add_columns(
            Organisation,
            func.coalesce(cards.c.cards, 0).label("cards"),
            func.coalesce(cards.c.percent, 0).label("percent"),
        )
    )


def _view(row: Row[Any]) -> RosterView:
    return RosterView(row.Roster, row.Organisation, row.cards, row.percent)
