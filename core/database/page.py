"""One page of a list, and how a SELECT becomes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
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
    """Run an ordered SELECT for one page, with a second query for the total where that is not known yet.

    The items are what `session.scalars` gives: the statement's first column or row class.

    Raises
    ------
    BadInput
        `page` is below 1, or `limit` is outside 1 to `GREATEST_LIMIT`.
    """
    _check(page, limit)
    if total is None:
        total = session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    items = session.scalars(statement.limit(limit).offset((page - 1) * limit)).all()
    return Page(items, page, limit, total)


def page_of(items: Sequence[T], page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[T]:
    """Return one page of a list that is there already; BadInput as `read_page`."""
    _check(page, limit)
    return Page(items[(page - 1) * limit : page * limit], page, limit, len(items))


def _check(page: int, limit: int) -> None:
    wrong = []
    if not 1 <= page <= 1_000_000:
        wrong.append(InvalidParameter("page", page, "it has to be 1 or more"))
    if not 1 <= limit <= GREATEST_LIMIT:
        wrong.append(InvalidParameter("limit", limit, f"it has to be from 1 through {GREATEST_LIMIT}"))
    if wrong:
        raise BadInput.of(wrong)
