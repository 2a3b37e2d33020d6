"""Every question about reports of damage. Who may see the thing may see them: see the callers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.actor import Actor
from core.errors import NotFound
from marketplace.damage.models import DamageReport
from resources.queries import resource

MOST_SHOWN = 20


@dataclass(frozen=True)
class Told:
    """A report without its picture, which is read by itself."""

    id: UUID
    at: datetime
    words: str
    has_picture: bool


def reports(session: Session, resource_id: UUID) -> list[Told]:
    """Return the latest reports of a thing, the newest first."""
    columns = (
        col(DamageReport.id),
        col(DamageReport.at),
        col(DamageReport.words),
        col(DamageReport.picture).is_not(None),
    )
    found = select(*columns).where(col(DamageReport.resource_id) == resource_id)
    return [Told(*row) for row in session.execute(found.order_by(col(DamageReport.id).desc()).limit(MOST_SHOWN))]


def reported_since(session: Session, resource_id: UUID, since: datetime) -> int:
    """Count the reports of a thing."""
    found = select(func.count()).select_from(DamageReport)
    return session.scalars(
        found.where(col(DamageReport.resource_id) == resource_id, col(DamageReport.at) > since)
    ).one()


def picture(session: Session, actor: Actor, resource_id: UUID, report_id: UUID) -> bytes:
    """Return the picture of a report of a thing that the actor may see, or NotFound."""
    thing = resource(session, actor, resource_id)
    found = select(col(DamageReport.picture))
    of_it = (col(DamageReport.id) == report_id, col(DamageReport.resource_id) == thing.id)
    body = session.scalars(found.where(*of_it)).one_or_none()
    if body is None:
        raise NotFound("damage_report", report_id)
    return body
