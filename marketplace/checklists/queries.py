"""Every question about checklists. An organisation's own members see its lists."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import by_swedish
from marketplace.checklists.models import Checklist, Step
from marketplace.checklists.rules import Purpose
from resources.models import Resource, Site

Listed = tuple[Checklist, str | None]
"""A list, and what its site is called, if it is for one."""


def checklists(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Listed]:
    """Return the lists of the actor's organisation: those for all of its sites first, then by site."""
    found = (
        select(Checklist, col(Site.name))
        .outerjoin(Site, col(Site.id) == col(Checklist.site_id))
        .where(col(Checklist.organisation_id) == actor.organisation_id)
        .order_by(by_swedish(col(Site.name)).nulls_first(), col(Checklist.family), col(Checklist.step))
    )
    return read_rows(session, found, page, limit).of(lambda rows: [(row.Checklist, row.name) for row in rows])


def checklist(session: Session, organisation_id: UUID, purpose: Purpose) -> Checklist | None:
    """Return the list for just this, if there is one."""
    found = select(Checklist).where(
        col(Checklist.organisation_id) == organisation_id,
        col(Checklist.site_id).is_not_distinct_from(purpose.site_id),
        col(Checklist.family) == purpose.family,
        col(Checklist.step) == purpose.step,
    )
    return session.scalars(found).one_or_none()


def items_of(session: Session, organisation_id: UUID, purpose: Purpose) -> list[str]:
    """Return what stands on the list for just this; nothing where there is none."""
    found = checklist(session, organisation_id, purpose)
    return found.items if found else []


def items_for(session: Session, thing: Resource) -> dict[Step, list[str]]:
    """Return what is gone through of a thing at each step: its site's list, else its organisation's."""
    found = (
        select(Checklist)
        .where(
            col(Checklist.organisation_id) == thing.organisation_id,
            col(Checklist.family) == thing.family,
            or_(col(Checklist.site_id).is_(None), col(Checklist.site_id) == thing.site_id),
        )
        .order_by(col(Checklist.site_id).nulls_first())
    )
    return {each.step: each.items for each in session.scalars(found)}
