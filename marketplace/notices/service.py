"""Use cases of notices: telling organisations, and noting that a notice has been read."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.time import clock
from marketplace.notices import queries
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode


def notify(
    session: Session,
    organisation_ids: Collection[UUID],
    code: NoticeCode,
    entity: str,
    entity_id: UUID,
    *,
    permission: Permission | None = None,
    department: str | None = None,
    member_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Tell each organisation once; `facts` are JSON data that every one of its members may know.

    Where a `permission` or a member is named, only those members who have it, and that one. With a `department` the
    permission is for what belongs to that unit, or where that is empty to the whole organisation.
    """
    for organisation_id in sorted(set(organisation_ids)):
        session.add(
            Notice(
                organisation_id=organisation_id,
                at=clock.now(),
                code=code,
                entity=entity,
                entity_id=entity_id,
                facts=facts,
                permission=permission,
                department=department,
                member_id=member_id,
            )
        )


def mark_read(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Note that the actor's organisation has read a notice; the first reading counts.

    Raises
    ------
    NotFound
        It is not theirs.
    """
    notice = queries.notice(session, actor, notice_id)
    notice.read_at = notice.read_at or clock.now()
    session.flush()
    return notice


def mark_answered(
    session: Session,
    organisation_ids: Collection[UUID],
    code: NoticeCode,
    entity: str,
    entity_id: UUID,
    *,
    department: str | None = None,
    member_id: UUID | None = None,
) -> None:
    """Note that nobody need read a notice of that code about a thing any more; with a `department`, of that unit's,
    with a member, that one alone."""
    for notice in queries.unread_of(session, organisation_ids, code, entity, entity_id):
        if department in {None, notice.department} and member_id in {None, notice.member_id}:
            notice.read_at = clock.now()
    session.flush()


def mark_all_read(session: Session, actor: Actor) -> int:
    """Note that the actor's organisation has read all of its notices; returns how many were unread."""
    unread = queries.unread(session, actor)
    for notice in unread:
        notice.read_at = clock.now()
    session.flush()
    return len(unread)
