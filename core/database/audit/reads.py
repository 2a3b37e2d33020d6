"""Reads of personal data: who has seen what of whom, once an hour for each reader."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Uuid, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Session, col
from uuid_utils.compat import uuid7

from core.actor import Actor
from core.database.audit.entries import AuditEntry
from core.time import clock

READ = "read"
ONCE_IN = timedelta(hours=1)


def record_reads(session: Session, actor: Actor, entity: str, entity_ids: Collection[UUID], what: str) -> None:
    """Write that somebody was shown personal data, `what` of some things, unless that was written within the hour.

    One statement however many they are, and none for none.
    """
    seen = sorted(set(entity_ids) - {actor.member_id})
    if not seen:
        return
    now = clock.now()
    keys = func.unnest(literal([uuid7() for _ in seen], ARRAY(Uuid)), literal(seen, ARRAY(Uuid)))
    shown = keys.table_valued("id", "entity_id", name="shown").render_derived()
    lately = select(col(AuditEntry.id)).where(
        col(AuditEntry.entity) == entity,
        col(AuditEntry.entity_id) == shown.c.entity_id,
        col(AuditEntry.actor_id) == actor.member_id,
        col(AuditEntry.reason_code) == READ,
        col(AuditEntry.details)["what"].astext == what,
        col(AuditEntry.at) > now - ONCE_IN,
    )
    told = {
        "id": shown.c.id,
        "at": literal(now),
        "actor_id": literal(actor.member_id),
        "entity": literal(entity),
        "entity_id": shown.c.entity_id,
        "reason_code": literal(READ),
        "details": literal({"what": what}, JSONB),
    }
    session.execute(insert(AuditEntry).from_select(list(told), select(*told.values()).where(~lately.exists())))
