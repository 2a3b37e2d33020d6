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
from api.schemas.emptying import EmptyingIn, EmptyingOut, EmptyingUndoIn, EmptyingUndoOut, emptying_out
from api.schemas.sites import SiteIn, SiteOut, site_listed, site_out
from core.actor import Actor
from marketplace.emptying import service as emptying
from marketplace.offers.models import OfferState
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

    @post(
        "/{key:uuid}/emptying",
        operation_id="emptySite",
        sync_to_thread=True,
        status_code=200,
        summary="Empty a building / Töm en byggnad",
    )
    def empty(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[EmptyingIn],
    ) -> EmptyingOut:
        """Offer what stands at a site of yours in one go, or only tell what would be offered; see `dryRun` and `seal`.

        Offers that are there stay as they are. At most 500 things at a time, what is not offered yet first.
        """
        draft = data.draft()
        if data.dry_run:
            return emptying_out(emptying.plan(session, actor, key, draft))
        state = OfferState.OPEN if data.open else OfferState.DRAFT
        return emptying_out(*emptying.empty(session, actor, key, draft, state, seal=data.seal))

    @post(
        "/{key:uuid}/emptying/undoing",
        operation_id="undoEmptying",
        sync_to_thread=True,
        status_code=200,
        summary="Undo an emptying / Ångra en tömning",
    )
    def undo(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[EmptyingUndoIn],
    ) -> EmptyingUndoOut:
        """Close all that you have offered in one go, some minutes ago at most. Done twice it is as once."""
        return EmptyingUndoOut(closed=emptying.take_back(session, actor, key, data.made_at))
