"""`/api/v1/saved-searches`: searches of offers that tell when something new fits."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.searching.saved_searches import SavedSearchIn, SavedSearchOut, saved_search_out
from core.actor import Actor
from marketplace.searches import queries, service


class SavedSearches(Controller):
    """Hear of what is new."""

    path = "/saved-searches"
    tags = ("offers",)

    @get(
        "/",
        operation_id="listSavedSearches",
        sync_to_thread=True,
        summary="List saved searches / Lista sparade sökningar",
    )
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[SavedSearchOut]:
        """List the searches that you have saved yourself, the last first."""
        found = queries.searches_page(session, actor, paging.page, paging.limit)
        return listing(request, found, saved_search_out)

    @post("/", operation_id="saveSearch", sync_to_thread=True, summary="Save a search / Spara en sökning")
    def save(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[SavedSearchIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[SavedSearchOut]:
        """Save a search: you get a notice of each offer that newly fits and that you may see, once.

        What fits by now is not told of, nor what your own organisation offers, but where `own` is true. Refused (409)
        when you have as many as there may be (`too_many_searches`).
        """

        def make() -> Response[SavedSearchOut]:
            saved = service.save(session, actor, data.name, data.query.query())
            return created(saved_search_out(saved), f"/api/v1/saved-searches/{saved.id}")

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}",
        operation_id="readSavedSearch",
        sync_to_thread=True,
        summary="Read a saved search / Läs en sparad sökning",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> SavedSearchOut:
        """Read a search of yours."""
        return saved_search_out(queries.saved_search(session, actor, key))

    @delete(
        "/{key:uuid}",
        operation_id="removeSavedSearch",
        sync_to_thread=True,
        summary="Remove a saved search / Ta bort en sparad sökning",
    )
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Remove a search of yours: nothing is told of it any more."""
        service.remove(session, actor, key)
