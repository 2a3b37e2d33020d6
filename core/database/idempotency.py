"""Rows that remember the answer to a request with an ``Idempotency-Key``, so that sending it again changes nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped
from sqlmodel import Field, Session, SQLModel, col

from core.actor import Actor, Role
from core.database.tables import Instant
from core.errors import NotAllowed
from core.settings import settings
from core.time import clock

RIGHTS_LOST = "This was done already, but you may do less now than then: the answer is not told again."
_AREA = "area "
NOT_ANSWERED = 0
"""The status of a key that was claimed by something that had no answer to keep: it may be claimed again."""


class IdempotentAnswer(SQLModel, table=True):
    """What was answered to a member's key, a digest of what was asked, and what the member might do then."""

    __tablename__ = "idempotent_answer"

    member_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str
    rights: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    status: int
    body: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    location: str | None = None
    at: datetime = Field(sa_type=Instant, nullable=False, index=True)


def claim(session: Session, actor: Actor, key: str, digest: str) -> IdempotentAnswer | None:
    """Claim a key for the request in hand; return what was answered before if there was one.

    Waits for another request with the same key that is being worked on. Keys older than the setting
    `idempotency_hours` are forgotten.

    Raises
    ------
    NotAllowed
        It was answered before, to somebody who might do more than the member may now.
    """
    member_id, rights = actor.member_id, _rights(actor)
    oldest = clock.now() - timedelta(hours=settings().idempotency_hours)
    session.execute(delete(IdempotentAnswer).where(_member() == member_id, col(IdempotentAnswer.at) < oldest))
    new = insert(IdempotentAnswer).values(
        member_id=member_id,
        key=key,
        request_digest=digest,
        rights=sorted(rights),
        status=NOT_ANSWERED,
        body={},
        at=clock.now(),
    )
    claimed = session.execute(
        new.on_conflict_do_update(
            index_elements=("member_id", "key"),
            set_={name: new.excluded[name] for name in ("request_digest", "rights", "at")},
            where=col(IdempotentAnswer.status) == NOT_ANSWERED,
        ).returning(col(IdempotentAnswer.key))
    ).one_or_none()
    if claimed is not None:
        return None
    said = select(IdempotentAnswer).where(_member() == member_id, col(IdempotentAnswer.key) == key)
    answer: IdempotentAnswer = session.execute(said).scalar_one()
    lost = set(answer.rights) - rights
    if any(not right.startswith(_AREA) for right in lost) or (lost and not actor.coordinates_all):
        raise NotAllowed("rights_lost", RIGHTS_LOST)
    return answer


def _rights(actor: Actor) -> set[str]:
    """Return what an actor may do, as far as it can be taken away: its roles, and what it coordinates."""
    roles = {_role(actor, role) for role in actor.roles}
    if actor.coordinates_all:
        return {*roles, "everywhere"}
    area = sorted(map(str, actor.area.organisation_ids)) if actor.coordinates and actor.area else []
    return {*roles, *([f"{_AREA}{_digest(area)}"] if area else [])}


def _role(actor: Actor, role: Role) -> str:
    """Return a role with what it is limited to, if it is."""
    limits = sorted(actor.departments.get(role, ())) or (
        sorted(map(str, actor.site_ids)) if role is Role.HUB_HOST else []
    )
    return f"{role} {_digest(limits)}" if limits else role.value


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def remember(
    session: Session, member_id: UUID, key: str, *, status: int, body: dict[str, Any], location: str | None
) -> None:
    """Keep the answer to a claimed key, in the transaction that did the work."""
    session.execute(
        update(IdempotentAnswer)
        .where(_member() == member_id, col(IdempotentAnswer.key) == key)
        .values(status=status, body=body, location=location)
    )


def forget_old(session: Session) -> None:
    """Forget all answers that are older than the setting `idempotency_hours`, whoever's they are."""
    oldest = clock.now() - timedelta(hours=settings().idempotency_hours)
    session.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.at) < oldest))


def _member() -> Mapped[UUID]:
    return col(IdempotentAnswer.member_id)
