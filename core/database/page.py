"""One page of a list, and how a SELECT becomes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, func
from sqlmodel import Session

from core.errors import BadInput, InvalidParameter

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT = 20
GREATEST_LIMIT = 100


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


def read_page(
    session: Session, statement: Select[Any], page: int = 1, limit: int = DEFAULT_LIMIT, total: int | None = None
) -> Page[Any]:
    """Return the first column or row class of `read_rows`, as `session.scalars` gives it."""
    return read_rows(session, statement, page, limit, total).of(lambda rows: [row[0] for row in rows])


def read_rows(
    session: Session,
    statement: Select[*tuple[Any, ...]],
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
    counted = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    wanted = statement if total is not None else statement.add_columns(counted.correlate(None).scalar_subquery())
    rows = session.execute(wanted.limit(limit).offset((page - 1) * limit)).all()
    if total is None:
        beyond_the_end = not rows and page > 1
        total = session.execute(counted).scalar_one() if beyond_the_end else rows[0][-1] if rows else 0
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
