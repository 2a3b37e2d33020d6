"""Lists in pages: which page is asked for, and the addresses of its neighbours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Request
from litestar.params import QueryParameter

from api.schemas.base import Links, Listing, Meta
from core.database.page import DEFAULT_LIMIT, GREATEST_LIMIT, Page

T = TypeVar("T")
V = TypeVar("V")

PageNumber = Annotated[int, QueryParameter(ge=1, le=1_000_000, description="Which page, from 1.")]
PageLimit = Annotated[int, QueryParameter(ge=1, le=GREATEST_LIMIT, description="How many items a page has.")]


@dataclass(frozen=True)
class Paging:
    """Which page of a list is asked for."""

    page: int = 1
    limit: int = DEFAULT_LIMIT


def provide_paging(page: PageNumber = 1, limit: PageLimit = DEFAULT_LIMIT) -> Paging:
    """Read `page` and `limit` of the query."""
    return Paging(page, limit)


def listing(request: Request[Any, Any, Any], page: Page[V], out: Callable[[V], T]) -> Listing[T]:
    """Return a page of views as it goes on the wire, with links that keep the rest of the query."""
    return Listing(
        items=[out(view) for view in page.items],
        meta=Meta(page=page.page, limit=page.limit, total=page.total, pages=page.pages),
        links=_links(request, page),
    )


def _links(request: Request[Any, Any, Any], page: Page[Any]) -> Links:
    def to(number: int) -> str:
        return address_of_page(request, number, page.limit)

    return Links(
        this=to(page.page),
        first=to(1),
        last=to(page.pages),
        prev=to(min(page.page - 1, page.pages)) if page.page > 1 else None,
        next=to(page.page + 1) if page.page < page.pages else None,
    )


def address_of_page(request: Request[Any, Any, Any], number: int, limit: int | None = None) -> str:
    """Return this request's address for another page of the same list."""
    query = [(key, value) for key, value in request.query_params.multi_items() if key not in {"page", "limit"}]
    query += [("page", str(number))] + ([("limit", str(limit))] if limit else [])
    return f"{request.url.path}?{urlencode(query)}"
