"""Writing much at once: services write row by row as ever, and inside `together` what they write is sent in bulk.

Whoever writes them, many rows of one INSERT are copied (COPY), which takes half the time.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, TypeVar
from uuid import UUID

from psycopg import Cursor
from sqlalchemy import Engine, Table, event, inspect
from sqlmodel import Session, SQLModel, col, select

from core.database import db
from core.database.tables import any_of, metadata

T = TypeVar("T", bound=Hashable)
Row = TypeVar("Row", bound=SQLModel)

_BULK = "bulk"
_COPIED_FROM = 50
"""Rows: for fewer than these it gains nothing."""
_PLAIN_INSERT = re.compile(r"INSERT INTO (?P<table>\S+) \((?P<columns>[^()]+)\) VALUES \((?P<values>.+)\)")
_VALUE = re.compile(r"%\((\w+)\)s(?:::[A-Z ]+(?:\[\])?)?")


@event.listens_for(Engine, "do_executemany")
def _copy(cursor: Cursor[Any], statement: str, rows: Sequence[dict[str, Any]], _context: Any) -> bool:
    """Copy the rows of an INSERT that says nothing but their values; return whether that was done."""
    plain = _PLAIN_INSERT.fullmatch(statement) if len(rows) >= _COPIED_FROM else None
    values = [_VALUE.fullmatch(value) for value in plain["values"].split(", ")] if plain else [None]
    names = [value[1] for value in values if value]
    if plain is None or len(names) < len(values):
        return False
    with cursor.copy(f"COPY {plain['table']} ({plain['columns']}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
    return True


@dataclass
class _Later:
    """Things to do something with at once."""

    key: Hashable
    do: Callable[[Sequence[Any]], object]
    things: dict[Any, None] = field(default_factory=dict)


@dataclass
class _Bulk:
    """What is written together: which rows are locked already, and what is done once all rows are sent."""

    locked: set[UUID] = field(default_factory=set)
    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    later: list[_Later] = field(default_factory=list)

    def add(self, key: Hashable, do: Callable[[Sequence[Any]], object], thing: Hashable) -> None:
        for group in reversed(self.later):
            if group.key == key:
                group.things[thing] = None
                return
            if thing in group.things:  # what is done with one thing stays in order
                break
        self.later.append(_Later(key, do, {thing: None}))


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Send what is written inside the block at its end, with about as many statements for many rows as for one.

    Inside, the database has not seen it yet: what the block has to know is read before. Rows that it changes are
    locked before with `lock_all`.

    Raises
    ------
    Conflict, CapacityExceeded, BadInput, Unavailable, StorageFull
        The database refuses some of it.
    """
    bulk = session.info[_BULK] = _Bulk()
    try:
        with session.no_autoflush:
            yield
    finally:
        del session.info[_BULK]
    with db.translated():
        _send(session, bulk)
        for group in bulk.later:
            group.do(list(group.things))


def flush(session: Session, *, now: bool = False) -> None:
    """Send what the session holds, unless it is sent together with more and need not be there `now`."""
    bulk: _Bulk | None = session.info.get(_BULK)
    if now or bulk is None:
        with db.translated():
            _send(session, bulk) if bulk else session.flush()


def add(session: Session, kind: type[SQLModel], /, **values: Any) -> None:
    """Add a row that is not looked at again; inside `together` without the work that an object of it is."""
    bulk: _Bulk | None = session.info.get(_BULK)
    if bulk is None:
        session.add(kind(**values))
    else:
        bulk.rows[kind].append({name: default() for name, default in _defaults(kind) if name not in values} | values)


@cache
def _defaults(kind: type[SQLModel]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """Return what stands in the columns of a row that nothing is said of, but for those that the database fills."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    found = []
    for name, each in kind.model_fields.items():
        if not (each.is_required() or table.c[name].identity):
            factory: Any = each.default_factory or partial(_same, each.default)
            found.append((name, factory))
    return tuple(found)


def _same(value: Any) -> Any:
    return value


def soon(session: Session, key: Hashable, do: Callable[[Sequence[T]], object], thing: T) -> None:
    """Do something with a thing at once; inside `together` at its end, for all things of one key at once."""
    bulk: _Bulk | None = session.info.get(_BULK)
    if bulk is None:
        do([thing])
    else:
        bulk.add(key, do, thing)


def lock(session: Session, row: Any) -> None:
    """Lock a row until the transaction ends and read it as it now is, unless that is done or nobody else has it."""
    bulk: _Bulk | None = session.info.get(_BULK)
    if bulk is None or (inspect(row).persistent and row.id not in bulk.locked):
        session.refresh(row, with_for_update=True)


def lock_all(session: Session, kind: type[Row], ids: Collection[UUID]) -> dict[UUID, Row]:
    """Lock rows until the transaction ends, in the order of their ids, and return them as they now are."""
    key: Any = kind
    found = select(kind).where(any_of(col(key.id), ids)).order_by(col(key.id))
    rows = session.exec(found.with_for_update().execution_options(populate_existing=True)) if ids else ()
    locked = {each.id: each for each in rows}  # type: ignore[attr-defined]
    if bulk := session.info.get(_BULK):
        bulk.locked |= locked.keys()
    return locked


def _send(session: Session, bulk: _Bulk) -> None:
    """Flush rows table by table, those first that others point at, which the session by itself does not know."""
    waiting: dict[Any, list[object]] = defaultdict(list)
    for row in list(session.new):
        session.expunge(row)
        waiting[row.__table__].append(row)
    session.flush()
    rows = {kind.__table__: rows for kind, rows in bulk.rows.items()}  # type: ignore[attr-defined]
    bulk.rows.clear()
    for table in metadata.sorted_tables:
        if table in waiting:
            session.add_all(waiting[table])
            session.flush()
        if table in rows:
            session.execute(table.insert(), rows[table])
