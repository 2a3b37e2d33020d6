"""One page of a list, and how a SELECT becomes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Row, Select, bindparam, func
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

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement

    @cached_property
    def rows(self) -> Select[*tuple[Any, ...]]:
        """What reads a page."""
        limit, offset = (bindparam(name, type_=Integer) for name in (_LIMIT, _OFFSET))
        return self._statement.limit(limit).offset(offset)

    @cached_property
    def counted(self) -> Select[int]:
        """What counts the whole list."""
        return self._statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)

    @cached_property
    def rows_with_total(self) -> Select[*tuple[Any, ...]]:
        """What reads a page and counts the whole list."""
        return self.rows.add_columns(self.counted.correlate(None).scalar_subquery())


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
