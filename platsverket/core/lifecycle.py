"""States and how a thing moves between them: one table of moves, one compare-and-swap, one audit entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel

from platsverket.core import clock
from platsverket.core.actor import Actor
from platsverket.core.audit import record
from platsverket.core.errors import NotFound, StateChanged


@dataclass(frozen=True)
class Lifecycle:
    """The moves that a kind of thing may make.

    ``row`` is a table with the columns ``id`` and ``state``; ``moves`` names for each state where it may go.
    """

    entity: str
    row: type[SQLModel]
    moves: Mapping[StrEnum, frozenset[StrEnum]]

    def sources(self, to: StrEnum) -> frozenset[StrEnum]:
        """Return the states from which ``to`` can be reached in one move."""
        return frozenset(state for state, targets in self.moves.items() if to in targets)

    def move(
        self,
        session: Session,
        actor: Actor | None,
        key: UUID,
        to: StrEnum,
        *,
        reason_code: str | None = None,
        words: str | None = None,
        run_id: UUID | None = None,
        **values: Any,
    ) -> None:
        """Move one thing, with further column ``values``, or raise `StateChanged` and write nothing.

        The row is locked by the update, so of two that move it at once exactly one succeeds.
        """
        table = self.row.__table__  # type: ignore[attr-defined]
        old = session.execute(select(table.c.state).where(table.c.id == key).with_for_update()).scalar_one_or_none()
        if old is None:
            raise NotFound(self.entity, key)
        if old not in self.sources(to):
            raise StateChanged(self.entity, key, old.value, to.value)
        session.flush()
        if "version" in table.c:
            values["version"] = table.c.version + 1
        session.execute(
            update(self.row)
            .where(table.c.id == key, table.c.state == old)
            .values(state=to, updated_at=clock.now(), **values)
            .execution_options(synchronize_session="fetch")
        )
        record(
            session,
            actor,
            self.entity,
            key,
            from_state=old.value,
            to_state=to.value,
            reason_code=reason_code,
            words=words,
            run_id=run_id,
        )
