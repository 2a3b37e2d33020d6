"""Every question about alerts: who sees them, and what they ask for. Who sees one reads how far it is filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import by_swedish, coordinated
from core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from marketplace.requests.models import Request
from marketplace.surges.calls import answers_for
from marketplace.surges.models import Surge, SurgeCall, SurgeRole
from resources.models import Resource


@dataclass(frozen=True)
class SurgeView:
    """An alert with whose it is."""

    surge: Surge
    organisation: Organisation


def surges_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[SurgeView]:
    """Return the alerts that the actor may see, those that are open first, the last first."""
    found = _views(actor).order_by(col(Surge.state).desc(), col(Surge.id).desc())
    return read_rows(session, found, page, limit).of(lambda rows: [_view(row) for row in rows])


def surge_view(session: Session, actor: Actor, surge_id: UUID) -> SurgeView:
    """Return one alert; NotFound where there is none that the actor may see."""
    row = session.execute(_views(actor).where(col(Surge.id) == surge_id)).one_or_none()
    if row is None:
        raise NotFound("surge", surge_id)
    return _view(row)


def locked_surge(session: Session, surge_id: UUID) -> Surge:
    """Return an alert as it is now, locked until the transaction ends, while answers may still refer to it."""
    return session.get_one(Surge, surge_id, with_for_update={"key_share": True}, populate_existing=True)


def in_area(session: Session, actor: Actor) -> Sequence[Organisation]:
    """Return the organisations for which the actor may raise an alert, by name."""
    own = coordinated(actor, col(Organisation.id))
    return session.scalars(
        select(Organisation).where(own, takes_part()).order_by(by_swedish(col(Organisation.name)))
    ).all()


def in_need(session: Session, surge_id: UUID) -> UUID:
    """Return the organisation that an alert was raised for."""
    return session.scalars(select(col(Surge.organisation_id)).where(col(Surge.id) == surge_id)).one()


def requests_of(session: Session, surge_id: UUID) -> list[UUID]:
    """Return the requests of an alert."""
    roles = select(col(SurgeRole.id)).where(col(SurgeRole.surge_id) == surge_id)
    return list(session.scalars(select(col(Request.id)).where(col(Request.surge_role_id).in_(roles))))


def roles_of_requests(session: Session, surge_id: UUID) -> dict[UUID, UUID]:
    """Return which role each request of an alert is of."""
    found = select(col(Request.id), col(SurgeRole.id)).join(SurgeRole, col(SurgeRole.id) == col(Request.surge_role_id))
    return {key: role for key, role in session.execute(found.where(col(SurgeRole.surge_id) == surge_id))}  # noqa: C416


def _views(actor: Actor) -> Select[Surge]:
    """Return the SELECT of alerts seen by their coordinators, by whom is in need, and where somebody is called."""
    home = col(Surge.organisation_id)
    called = select(col(SurgeCall.surge_id)).join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
    own = col(Surge.id).in_(called.where(answers_for(actor)))
    joined = select(Surge).join(Organisation, col(Organisation.id) == home).add_columns(Organisation)
    return joined.where(or_(home == actor.organisation_id, coordinated(actor, home), own))


def _view(row: Row[Any]) -> SurgeView:
    return SurgeView(row.Surge, row.Organisation)
