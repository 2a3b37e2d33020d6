"""One page of a list, and how a SELECT becomes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Alias,
    BinaryExpression,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Join,
    Row,
    Select,
    Table,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.operators import eq
from sqlmodel import Session

from core.database.statements import Made
from core.errors import BadInput, InvalidParameter

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT = 20
GREATEST_LIMIT = 100
_LIMIT, _OFFSET = "page_limit", "page_offset"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list's items: page number `page` from 1, `limit` items a page, `total` in the whole list."""

    items: Sequence[T]
    page: int
    limit: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.limit))

    def of(self, change: Callable[[Sequence[T]], Sequence[U]]) -> "Page[U]":
        """Return the same page with its items made into others, all at once so that no query is made per item."""
        return Page(change(self.items), self.page, self.limit, self.total)


class Paged:
    """A SELECT in parts: what reads one page of it, and what counts it."""

    def __init__(self, statement: Select[*tuple[Any, ...]], *, at_once: bool = False) -> None:
        """Take a SELECT; `at_once`: its order makes the database find all of its rows, so they are counted with it."""
        self._statement = statement
        self._at_once = at_once

    @cached_property
    def rows(self) -> Select[*tuple[Any, ...]]:
        """What reads a page."""
        limit, offset = (bindparam(name, type_=Integer) for name in (_LIMIT, _OFFSET))
        return self._statement.limit(limit).offset(offset)

    @cached_property
    def counted(self) -> Select[int]:
        """What counts the whole list, without what it is only shown with.

        PostgreSQL leaves out an outer join of a table that nothing else asks about, but no inner one, as it looks at no
        foreign keys. So those that leave no row out are made outer ones.
        """
        listed = self._statement
        conditions = () if listed.whereclause is None else (listed.whereclause,)
        sources = (_outer_joined(each)[0] for each in listed.get_final_froms())
        return select(func.count()).select_from(*sources).where(*conditions)

    @cached_property
    def rows_with_total(self) -> Select[*tuple[Any, ...]]:
        """What reads a page and counts the whole list."""
        at_once: ColumnElement[int] = func.count().over()
        return self.rows.add_columns(at_once if self._at_once else self.counted.correlate(None).scalar_subquery())


Listed = Select[*tuple[Any, ...]] | Made[Paged]
"""What a page is read of: a statement, or one that was `made_once` as `Paged`."""


def read_page(
    session: Session,
    statement: Select[Any] | Made[Paged],
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    total: int | None = None,
) -> Page[Any]:
    """Return the first column or row class of `read_rows`, as `session.scalars` gives it."""
    return read_rows(session, statement, page, limit, total).of(lambda rows: [row[0] for row in rows])


def read_rows(
    session: Session,
    statement: Listed,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    total: int | None = None,
    *,
    greatest: int = GREATEST_LIMIT,
) -> Page[Row[Any]]:
    """Run an ordered SELECT for one page, which counts the whole list too where its total is not known yet.

    Nothing in it may be distinct or grouped. After what is selected, rows may have the total.

    Raises
    ------
    BadInput
        `page` is below 1, or `limit` is outside 1 to `greatest`.
    """
    _check(page, limit, greatest)
    paged, values = statement if isinstance(statement, Made) else Made(Paged(statement), {})
    wanted = paged.rows_with_total if total is None else paged.rows
    rows = session.execute(wanted, {**values, _LIMIT: limit, _OFFSET: (page - 1) * limit}).all()
    if total is None:
        beyond_the_end = not rows and page > 1
        total = session.execute(paged.counted, values).scalar_one() if beyond_the_end else rows[0][-1] if rows else 0
    return Page(rows, page, limit, total)


def page_of(items: Sequence[T], page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[T]:
    """Return one page of a list that is there already; BadInput as `read_page`."""
    _check(page, limit)
    return Page(items[(page - 1) * limit : page * limit], page, limit, len(items))


def _check(page: int, limit: int, greatest: int = GREATEST_LIMIT) -> None:
    wrong = []
    if not 1 <= page <= 1_000_000:
        wrong.append(InvalidParameter("page", page, "it has to be 1 or more"))
    if not 1 <= limit <= greatest:
        wrong.append(InvalidParameter("limit", limit, f"it has to be from 1 through {greatest}"))
    if wrong:
        raise BadInput.of(wrong)


def _outer_joined(source: FromClause) -> tuple[FromClause, set[FromClause]]:
    """Return what rows are from, each join by a key that is never null as an outer one; and the tables in each row."""
    if not isinstance(source, Join) or source.full:
        return source, {source}
    left, there = _outer_joined(source.left)
    if source.isouter:
        return Join(left, source.right, source.onclause, isouter=True), there
    whole = _leaves_none_out(source.onclause, source.right, there)
    return Join(left, source.right, source.onclause, isouter=whole), there | {source.right}


def _leaves_none_out(on: ColumnElement[bool] | None, table: FromClause, there: set[FromClause]) -> bool:
    if not isinstance(on, BinaryExpression) or on.operator is not eq:
        return False
    return any(_refers(*pair, table, there) for pair in ((on.left, on.right), (on.right, on.left)))


def _refers(by: ColumnElement[Any], to: ColumnElement[Any], table: FromClause, there: set[FromClause]) -> bool:
    """Tell whether a column that is never null refers to another, of the table that is joined with all of its rows."""
    if not (isinstance(by, Column) and isinstance(to, Column)) or by.nullable:
        return False
    is_of_these = by.table in there and to.table == table and _is_whole(by.table) and _is_whole(table)
    return is_of_these and any(to.shares_lineage(key.column) for key in by.foreign_keys)


def _is_whole(source: FromClause) -> bool:
    """Tell a table, by whatever name, from a SELECT, which may leave rows out and have keys of what is not there."""
    return isinstance(source.element if isinstance(source, Alias) else source, Table)
