"""`/api/v1/hubs/{id}/figures` and `/initiatives`: how a hub does, and what was born there."""

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
from api.schemas.hubs.figures import HubInitiativeIn, HubInitiativeOut, HubQuarterOut, initiative_out, quarter_out
from core.actor import Actor
from hubs.figures import queries, service


class HubFigures(Controller):
    """Read figures; read, note and change initiatives."""

    path = "/hubs/{key:uuid}"
    tags = ("hubs",)

    @get("/figures", operation_id="listHubFigures", sync_to_thread=True, summary="Key figures / Nyckeltal")
    def figures(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubQuarterOut]:
        """List the figures of the quarters that are closed, the last first: for members, hosts, and who answers for it.

        Nothing tells of fewer than five people.
        """
        return listing(request, queries.quarters_page(session, actor, key, paging.page, paging.limit), quarter_out)

    @get("/initiatives", operation_id="listHubInitiatives", sync_to_thread=True, summary="Initiatives / Initiativ")
    def initiatives(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubInitiativeOut]:
        """List what began at a hub, the youngest first."""
        found = queries.initiatives_page(session, actor, key, paging.page, paging.limit)
        return listing(request, found, initiative_out)

    @post("/initiatives", operation_id="noteHubInitiative", sync_to_thread=True, summary="Note one / Anteckna ett")
    def note(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubInitiativeIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubInitiativeOut]:
        """Note that something began at the hub; no more than 500 (`too_many_initiatives`)."""

        def make() -> Response[HubInitiativeOut]:
            row = service.note_initiative(session, actor, key, data.draft())
            return created(initiative_out(row), f"/api/v1/hubs/{key}/initiatives", row.version)

        return idempotency.answer(data, make)

    @put(
        "/initiatives/{initiative:uuid}",
        operation_id="changeHubInitiative",
        sync_to_thread=True,
        summary="Change one / Ändra ett",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        initiative: FromPath[UUID],
        data: JSONBody[HubInitiativeIn],
        if_match: NamedDependency[int | None],
    ) -> Response[HubInitiativeOut]:
        """Replace what is said of it: for who has noted it, and hosts."""
        row = service.change_initiative(session, actor, key, initiative, data.draft(), if_version=if_match)
        return answered(initiative_out(row), row.version)
