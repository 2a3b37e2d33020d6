"""States and how a thing moves between them: one table of moves, one compare-and-swap, one audit entry."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel

from core.actor import Actor
from core.database import bulk
from core.database.audit import record, record_moves
from core.database.tables import any_of
from core.errors import NotFound, StateChanged
from core.time import clock

UNDONE = "undone"
"""The reason of a move that undoes the one before."""


@dataclass(frozen=True)
class Lifecycle:
    """The moves that a kind of thing may make.

    ``row`` is a table with the columns ``id`` and ``state``; ``moves`` names for each state where it may go, and
    ``undoes`` where it may go back to when its last move is undone, see `core.database.undo`. With ``key_share`` a row
    may be moved while somebody writes rows that refer to it, who then has to look at it last of all.
    """

    entity: str
    row: type[SQLModel]
    moves: Mapping[StrEnum, frozenset[StrEnum]]
    undoes: Mapping[StrEnum, frozenset[StrEnum]] = field(default_factory=dict)
    key_share: bool = False

    def sources(self, to: StrEnum, *, undo: bool = False) -> frozenset[StrEnum]:
        """Return the states from which ``to`` can be reached in one move, or by undoing one."""
        moves = self.undoes if undo else self.moves
        return frozenset(state for state, targets in moves.items() if to in targets)

    def begin(self, session: Session, actor: Actor | None, row: Any, *states: StrEnum) -> None:
        """Let a new row, which nobody else has, come through states to the last of them.

        Each is remembered and is a version, as if the row had been moved.

        Raises
        ------
        StateChanged
            One of them does not lead to the next.
        """
        for before, state in zip((None, *states), states, strict=False):
            if before is not None and before not in self.sources(state):
                raise StateChanged(self.entity, row.id, before.value, state.value)
            row.state = state
            row.version = row.version + 1 if before else 1
            from_state = before.value if before else None
            record(session, actor, self.entity, row.id, from_state=from_state, to_state=state.value)

    def move(
        self,
        session: Session,
        actor: Actor | None,
        key: UUID,
        to: StrEnum,
        *,
        undo: bool = False,
        reason_code: str | None = None,
        words: str | None = None,
        run_id: UUID | None = None,
        **values: Any,
    ) -> None:
        """Move one thing, or ``undo`` its last move, with further column ``values``.

        The row is locked first, so of two that move it at once exactly one succeeds.

        Raises
        ------
        NotFound, StateChanged
            It is missing or not in a state that leads to ``to``. Nothing was written.
        """
        self.move_all(
            session, actor, (key,), to, undo=undo, reason_code=reason_code, words=words, run_id=run_id, **values
        )

    def move_all(
        self,
        session: Session,
        actor: Actor | None,
        keys: Collection[UUID],
        to: StrEnum,
        *,
        undo: bool = False,
        reason_code: str | None = None,
        words: str | None = None,
        run_id: UUID | None = None,
        **values: Any,
    ) -> None:
        """Move many things at once, all or none, with as many statements as for one.

        Raises
        ------
        NotFound, StateChanged
            One of them is missing or not in a state that leads to ``to``. Nothing was written.
        """
        if not keys:
            return
        bulk.flush(session, now=True)
        table = self.row.__table__  # type: ignore[attr-defined]
        rows = session.execute(
            select(table.c.id, table.c.state)
            .where(any_of(table.c.id, keys))
            .order_by(table.c.id)
            .with_for_update(key_share=self.key_share)
        )
        old = {row.id: row.state for row in rows}
        for key in keys:
            if key not in old:
                raise NotFound(self.entity, key)
            if old[key] not in self.sources(to, undo=undo):
                raise StateChanged(self.entity, key, old[key].value, to.value)
        if "version" in table.c:
            values["version"] = table.c.version + 1
        if "updated_at" in table.c:
            values["updated_at"] = clock.now()
        session.execute(
            update(self.row)
            .where(any_of(table.c.id, keys))
            .values(state=to, **values)
            .execution_options(synchronize_session="fetch")
        )
        moves = {key: state.value for key, state in old.items()}
        reason_code = UNDONE if undo else reason_code
        record_moves(session, actor, self.entity, moves, to.value, reason_code=reason_code, words=words, run_id=run_id)
