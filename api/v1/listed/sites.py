"""`/api/v1/sites`: addresses where things stand."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.sites import SiteIn, SiteOut, site_listed, site_out
from core.actor import Actor
from resources import queries, service


class Sites(Controller):
    """List the addresses of one's own organisation and keep them right."""

    path = "/sites"
    tags = ("sites",)

    @get("/", operation_id="listSites", sync_to_thread=True, summary="List sites / Lista platser")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[SiteOut]:
        """List your organisation's sites by name; coordinators see all."""
        return listing(request, queries.sites_page(session, actor, paging.page, paging.limit), site_listed)

    @post("/", operation_id="createSite", sync_to_thread=True, summary="Add a site / Lägg till en plats")
    def add(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[SiteIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[SiteOut]:
        """Add an address to your organisation. For listers."""

        def make() -> Response[SiteOut]:
            site = service.create_site(session, actor, data.draft())
            return created(site_out(site), f"/api/v1/sites/{site.id}", site.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readSite", sync_to_thread=True, summary="Read a site / Läs en plats")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[SiteOut]:
        """Read a site of your organisation."""
        site = queries.site(session, actor, key)
        return answered(site_out(site), site.version)

    @put("/{key:uuid}", operation_id="changeSite", sync_to_thread=True, summary="Change a site / Ändra en plats")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[SiteIn],
        if_match: NamedDependency[int | None],
    ) -> Response[SiteOut]:
        """Replace what a site says. For listers."""
        site = service.update_site(session, actor, key, data.draft(), if_version=if_match)
        return answered(site_out(site), site.version)
