"""Who changed what from which state to which, when and why: ids, not names, so that nothing of a person stays for good.

The database refuses to change or delete an entry, and chains each as it is committed, see `chain`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlmodel import Field, Session, SQLModel, col
from uuid_utils.compat import uuid7

from core.actor import Actor
from core.database import bulk
from core.database.tables import Identified, Instant, among, sequence
from core.time import clock


class AuditEntry(Identified, SQLModel, table=True):
    """One transition or other action worth remembering."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "entity", "entity_id", "sequence"), Index(None, "actor_id", "sequence"))

    sequence: int = sequence()
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    actor_id: UUID | None = Field(default=None, description="The member, or nothing when the system did it.")
    entity: str
    entity_id: UUID
    from_state: str | None = None
    to_state: str | None = None
    reason_code: str | None = None
    words: str | None = None
    run_id: UUID | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)


def record(
    session: Session,
    actor: Actor | None,
    entity: str,
    entity_id: UUID,
    *,
    from_state: str | None = None,
    to_state: str | None = None,
    reason_code: str | None = None,
    words: str | None = None,
    run_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the session; ``actor`` is nothing when the system itself acts."""
    bulk.add(
        session,
        AuditEntry,
        actor_id=actor.member_id if actor else None,
        entity=entity,
        entity_id=entity_id,
        from_state=from_state,
        to_state=to_state,
        reason_code=reason_code,
        words=words,
        run_id=run_id,
        details=_with_token(actor, details or {}),
    )


def record_moves(
    session: Session,
    actor: Actor | None,
    entity: str,
    moves: Mapping[UUID, str],
    to_state: str,
    *,
    reason_code: str | None = None,
    words: str | None = None,
    run_id: UUID | None = None,
) -> None:
    """Write that things moved, each from a state of its own to the same one, with one statement for all of them."""
    same: dict[str, Any] = {
        "at": clock.now(),
        "actor_id": actor.member_id if actor else None,
        "entity": entity,
        "to_state": to_state,
        "reason_code": reason_code,
        "words": words,
        "run_id": run_id,
        "details": _with_token(actor, {}),
    }
    rows = [{"id": uuid7(), "entity_id": key, "from_state": from_state, **same} for key, from_state in moves.items()]
    session.execute(insert(AuditEntry), rows)


def _with_token(actor: Actor | None, details: dict[str, Any]) -> dict[str, Any]:
    """Name the machine client's token beside the member that it acts for."""
    return details | ({"token": str(actor.token_id)} if actor and actor.token_id else {})


def latest_moves(session: Session, entity: str, entity_ids: Collection[UUID]) -> dict[UUID, AuditEntry]:
    """Return the last move from state to state that each of some things made."""
    found = session.scalars(_LATEST, {"entity": entity, "ids": list(entity_ids)}) if entity_ids else ()
    return {entry.entity_id: entry for entry in found}


_LATEST = (
    select(AuditEntry)
    .where(
        col(AuditEntry.entity) == bindparam("entity"),
        among(col(AuditEntry.entity_id), "ids"),
        col(AuditEntry.to_state).is_not(None),
    )
    .ext(distinct_on(col(AuditEntry.entity_id)))
    .order_by(col(AuditEntry.entity_id), col(AuditEntry.sequence).desc())
)


def history(session: Session, entity: str, entity_id: UUID) -> list[AuditEntry]:
    """Return what happened to one thing, in order. Whether the reader may see the thing is for the caller to know."""
    found = select(AuditEntry).where(col(AuditEntry.entity) == entity, col(AuditEntry.entity_id) == entity_id)
    return list(session.scalars(found.order_by(col(AuditEntry.sequence))))
