"""Undoing what was done by mistake and cannot be done again in another way: for how long, and whether it still may be.

What was done is read in the audit, which knows when it was and what was before. Nothing that waits for it ends before
the time to undo it is out, so that everything is then as it was.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from core.database.audit import AuditEntry
from core.errors import Conflict
from core.settings import settings
from core.time import clock


def time_to_undo(done_at: datetime | None) -> datetime | None:
    """Return until when what was done may be undone, if it still may."""
    time = timedelta(minutes=settings().undo_minutes)
    if done_at is None or abs(clock.now() - done_at) >= time:  # what somebody tells may be any time, also far ahead
        return None
    return done_at + time


def check_in_time(done_at: datetime) -> None:
    """Refuse to undo what was done too long ago.

    Raises
    ------
    Conflict
        ``undo_too_late``: the time is out.
    """
    if time_to_undo(done_at) is None:
        minutes = settings().undo_minutes
        raise Conflict("undo_too_late", f"It could be undone for {minutes} minutes, which have passed.")


def may_be_undone(entity: str, key: Any, to: StrEnum, now: datetime, reason_code: str | None = None) -> Any:
    """Return the condition that a thing has made a move, for a reason if told, so lately that it may be undone."""
    conditions: list[ColumnElement[bool]] = [
        col(AuditEntry.entity) == entity,
        col(AuditEntry.entity_id) == key,
        col(AuditEntry.to_state) == to.value,
        col(AuditEntry.at) > now - timedelta(minutes=settings().undo_minutes),
    ]
    if reason_code is not None:
        conditions.append(col(AuditEntry.reason_code) == reason_code)
    return select(col(AuditEntry.id)).where(*conditions).exists()
