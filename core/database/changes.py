"""Edits of a row: compare versions, write only what is new, remember what was changed."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import bulk
from core.database.audit import record
from core.errors import VersionChanged


class _Versioned(Protocol):
    id: UUID
    version: int


def change(
    session: Session,
    actor: Actor | None,
    entity: str,
    row: _Versioned,
    values: Mapping[str, Any],
    *,
    if_version: int | None = None,
) -> bool:
    """Give a row new values and raise its version; return whether anything was new.

    The row is locked and read again first. Values that stand there already are not written, so that a file imported
    twice changes nothing the second time.

    Raises
    ------
    VersionChanged
        The row is no longer the version that the change was made from.
    Conflict
        There is another row with the same key.
    """
    bulk.lock(session, row)
    if if_version is not None and row.version != if_version:
        raise VersionChanged(entity, row.id)
    changed = sorted(column for column, value in values.items() if getattr(row, column) != value)
    if not changed:
        return False
    for column in changed:
        setattr(row, column, values[column])
    row.version += 1
    bulk.flush(session)
    record(session, actor, entity, row.id, details={"changed": changed})
    return True
