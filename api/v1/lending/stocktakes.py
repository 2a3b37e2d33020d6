"""`/api/v1/stocktakes`: counting what is there."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.agreements.stocktakes import (
    CountedThingOut,
    StockCountIn,
    StockCountOut,
    StocktakeClosingIn,
    StocktakeIn,
    StocktakeOut,
    counted_thing_out,
    stock_count_out,
    stocktake_out,
)
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.stocktakes import queries
from marketplace.stocktakes.service import Scope, begin, close, count


class Stocktakes(Controller):
    """Open, count, close."""

    path = "/stocktakes"
    tags = ("bookings",)

    @get("/", operation_id="listStocktakes", sync_to_thread=True, summary="List stocktakes / Lista inventeringar")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[StocktakeOut]:
        """List the stocktakes of what you may list: open ones first, then the latest."""
        return listing(request, queries.stocktakes(session, actor, paging.page, paging.limit), stocktake_out)

    @post("/", operation_id="openStocktake", sync_to_thread=True, summary="Open a stocktake / Öppna en inventering")
    def begin(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        idempotency: NamedDependency[Idempotency],
        data: JSONBody[StocktakeIn],
    ) -> Response[StocktakeOut]:
        """Begin to count things that are carried away, at a site, in a unit, or one alone. For who lists them."""

        def make() -> Response[StocktakeOut]:
            row = begin(session, actor, Scope(data.site_id, data.department or None, data.resource_id))
            view = queries.stocktake(session, actor, row.id)
            return created(stocktake_out(view), f"/api/v1/stocktakes/{row.id}", row.version)

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}",
        operation_id="readStocktake",
        sync_to_thread=True,
        summary="Read a stocktake / Läs en inventering",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[StocktakeOut]:
        """Read what is counted, and whether it still is."""
        view = queries.stocktake(session, actor, key)
        return answered(stocktake_out(view), view.stocktake.version)

    @get(
        "/{key:uuid}/things",
        operation_id="listCountedThings",
        sync_to_thread=True,
        summary="List what is counted / Lista det som inventeras",
    )
    def things(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[CountedThingOut]:
        """List the things that are to be counted by name, what is expected of each and what was counted."""
        row = queries.stocktake(session, actor, key).stocktake
        return listing(request, queries.things(session, row, paging.page, paging.limit), counted_thing_out)

    @post(
        "/{key:uuid}/counts",
        operation_id="countStock",
        sync_to_thread=True,
        summary="Note how many there are / Anteckna hur många som finns",
    )
    def count(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        idempotency: NamedDependency[Idempotency],
        key: FromPath[UUID],
        data: JSONBody[StockCountIn],
    ) -> Response[StockCountOut]:
        """Note how many of a thing are there. What is expected is reckoned in that instant.

        409 `counted_meanwhile` where somebody counted whom you do not know of: read what they found, and add to it.
        `moved_meanwhile` where something went out or came back since you began: count it anew.
        """

        def make() -> Response[StockCountOut]:
            known: dict[str, Any] = {"adds": data.adds, "seen": data.seen, "expected": data.expected}
            made = count(session, actor, key, data.resource_id, data.amount, **known)
            return created(stock_count_out(made), f"/api/v1/stocktakes/{key}/things")

        return idempotency.answer(data, make)

    @post(
        "/{key:uuid}/closing",
        operation_id="closeStocktake",
        sync_to_thread=True,
        status_code=200,
        summary="Close a stocktake / Avsluta en inventering",
    )
    def close(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[StocktakeClosingIn],
    ) -> Response[StocktakeOut]:
        """Decide what becomes of each difference, and count no more.

        What is lost or written off nobody can be lent from now on. Where it is promised already its borrower is asked
        what is to be done. What is found can be lent again.
        """
        row = close(session, actor, key, {each.resource_id: each.kind for each in data.decisions})
        return answered(stocktake_out(queries.stocktake(session, actor, key)), row.version)
