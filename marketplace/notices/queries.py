"""Every question about notices."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlmodel import Session, col

from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_page
from core.database.statements import made_once
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.notices.models import Notice


def visible_to(actor: Actor) -> Select[Notice]:
    """Notices to the actor's own organisation, as far as they are for its roles or for the actor."""
    to_all = and_(col(Notice.permission).is_(None), col(Notice.member_id).is_(None))
    return select(Notice).where(
        col(Notice.organisation_id) == actor.organisation_id,
        or_(to_all, _permitted(actor), col(Notice.member_id) == actor.member_id),
    )


def _permitted(actor: Actor) -> ColumnElement[bool]:
    """Say that a notice is for whoever may do something that the actor may, in the unit that it is about if any."""
    return or_(
        false(),
        *(
            and_(col(Notice.permission).in_(permissions), _about(units) if units is not None else true())
            for units, permissions in _by_reach(actor).items()
        ),
    )


def _by_reach(actor: Actor) -> dict[frozenset[str] | None, list[Permission]]:
    """Return what the actor may do, by the units in which; None: in all of its organisation."""
    found: dict[frozenset[str] | None, list[Permission]] = defaultdict(list)
    for each in Permission:
        if actor.may(each):
            found[actor.departments_for(each)].append(each)
    return found


def _about(units: Collection[str]) -> ColumnElement[bool]:
    return or_(col(Notice.department).is_(None), col(Notice.department).in_(units))


def notices_page(
    session: Session, actor: Actor, *, unread: bool = False, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Notice]:
    """Return notices, newest first; only those not read yet if told."""
    return read_page(session, _listed(actor, unread), page, limit)


def is_visible_to(actor: Actor, notice: Notice) -> bool:
    """Tell of one notice what `visible_to` asks the database, for whoever looks at many members at once."""
    if notice.organisation_id != actor.organisation_id:
        return False
    if notice.member_id == actor.member_id or (notice.permission is None and notice.member_id is None):
        return True
    return any(
        notice.permission in permissions and (units is None or notice.department is None or notice.department in units)
        for units, permissions in _by_reach(actor).items()
    )


@made_once
def _listed(actor: Actor, unread: bool) -> Paged:
    return Paged((_unread if unread else visible_to)(actor).order_by(col(Notice.sequence).desc()))


def notice(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Return one notice.

    Raises
    ------
    NotFound
        It is not to the actor's organisation.
    """
    found = session.scalars(visible_to(actor).where(col(Notice.id) == notice_id)).one_or_none()
    if found is None:
        raise NotFound("notice", notice_id)
    return found


def unread(session: Session, actor: Actor) -> list[Notice]:
    """Return what the actor's organisation has not read."""
    return list(session.scalars(_unread(actor)))


def unread_count(session: Session, actor: Actor) -> int:
    """Return how many notices the actor's organisation has not read."""
    statement, values = _unread_counted(actor)
    return session.scalars(statement, values).one()


def unread_counted(actor: Actor) -> Select[int]:
    """Count the notices that the actor's organisation has not read."""
    return _unread(actor).with_only_columns(func.count(), maintain_column_froms=True)


_unread_counted = made_once(unread_counted)


def _unread(actor: Actor) -> Select[Notice]:
    return visible_to(actor).where(col(Notice.read_at).is_(None))


def unread_of(
    session: Session, organisation_ids: Collection[UUID], code: str, entity: str, entity_id: UUID
) -> list[Notice]:
    """Return the notices of that code about a thing that some organisations have not read."""
    found = select(Notice).where(
        any_of(col(Notice.organisation_id), organisation_ids),
        col(Notice.code) == code,
        col(Notice.entity) == entity,
        col(Notice.entity_id) == entity_id,
        col(Notice.read_at).is_(None),
    )
    return list(session.scalars(found))


def unread_about(session: Session, code: str, entity_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return which organisations have a notice of that code about which of some things, and have not read it."""
    found = select(col(Notice.organisation_id), col(Notice.entity_id)).where(
        col(Notice.code) == code, any_of(col(Notice.entity_id), entity_ids), col(Notice.read_at).is_(None)
    )
    return {(organisation_id, entity_id) for organisation_id, entity_id in session.execute(found)}
