"""psycopg's cursor, which describes the columns of a result to who asks what they are.

SQLAlchemy only asks each time whether there are any: what they are it remembers of each statement. For fifty columns
psycopg's own description takes several times as long as sending the statement.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Column, Cursor
from psycopg.rows import TupleRow


class _Columns(Sequence[Column]):
    """The columns of a cursor's result, described when they are looked at."""

    def __init__(self, cursor: "LaconicCursor") -> None:
        self._cursor = cursor

    def __len__(self) -> int:
        result = self._cursor.pgresult
        return result.nfields if result else 0

    def __getitem__(self, place: Any) -> Any:
        return (self._cursor.described or [])[place]


class LaconicCursor(Cursor[TupleRow]):
    """A cursor whose result is described where somebody looks."""

    @property
    def description(self) -> Any:
        """Return the columns, or nothing where there are none."""
        result = self.pgresult
        return _Columns(self) if result and result.nfields else self.described

    @property
    def described(self) -> list[Column] | None:
        """Return the columns as psycopg describes them."""
        return super().description
