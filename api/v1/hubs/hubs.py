"""`/api/v1/hubs`: places where people of several organisations meet."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.hubs.membership import HubMemberOut, HubMembershipOut, hub_member_out, membership_out
from api.schemas.hubs.places import (
    HubChange,
    HubIn,
    HubInShort,
    HubOut,
    ManifestoIn,
    ManifestoOut,
    hub_listed,
    hub_out,
    manifesto_out,
)
from core.actor import Actor
from core.database.page import page_of
from hubs.membership import manifesto
from hubs.membership.models import HubMemberState
from hubs.membership.queries import memberships_of_hub, people_page
from hubs.membership.reading import hub_told
from hubs.membership.seats import change_hub
from hubs.places import queries, service
from marketplace.views.reads import members_read


class Hubs(Controller):
    """Describe a hub, read it, and see who belongs to it."""

    path = "/hubs"
    tags = ("hubs",)

    @get("/", operation_id="listHubs", sync_to_thread=True, summary="List hubs / Lista hubbar")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[HubInShort]:
        """List all hubs by name; those that are being prepared for their hosts alone."""
        return listing(request, queries.hubs_page(session, actor, paging.page, paging.limit), hub_listed)

    @post("/", operation_id="createHub", sync_to_thread=True, summary="Make a hub / Skapa en hubb")
    def make(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[HubIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubOut]:
        """Let a site that you are host of be a hub."""

        def make() -> Response[HubOut]:
            row = service.create(session, actor, data.site_id, data.draft())
            return created(hub_out(hub_told(session, actor, row.id)), f"/api/v1/hubs/{row.id}", row.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readHub", sync_to_thread=True, summary="Read a hub / Läs en hubb")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[HubOut]:
        """Read a hub: its zones, who is a member, its manifesto and when all may come."""
        told = hub_told(session, actor, key)
        return answered(hub_out(told), told.view.hub.version)

    @put("/{key:uuid}", operation_id="changeHub", sync_to_thread=True, summary="Change a hub / Ändra en hubb")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubChange],
        if_match: NamedDependency[int | None],
    ) -> Response[HubOut]:
        """Replace all that is said of a hub, its zones, roles and open houses too. For hosts."""
        row = change_hub(session, actor, key, data.draft(), if_version=if_match)
        return answered(hub_out(hub_told(session, actor, key)), row.version)

    @get(
        "/{key:uuid}/manifestos",
        operation_id="listManifestos",
        sync_to_thread=True,
        summary="List versions of the manifesto / Lista manifestets versioner",
    )
    def versions(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[ManifestoOut]:
        """List all versions of what members sign, the latest first."""
        view = queries.hub_view(session, actor, key)
        found = page_of(queries.manifestos(session, view.hub.id), paging.page, paging.limit)
        return listing(request, found, manifesto_out)

    @post(
        "/{key:uuid}/manifestos",
        operation_id="publishManifesto",
        sync_to_thread=True,
        status_code=200,
        summary="Publish a manifesto / Publicera ett manifest",
    )
    def publish(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ManifestoIn],
    ) -> ManifestoOut:
        """Have a new version that members are asked to sign; the words that stand already are none. For hosts."""
        return manifesto_out(manifesto.publish(session, actor, key, data.words))

    @get(
        "/{key:uuid}/members",
        operation_id="listHubMembers",
        sync_to_thread=True,
        summary="List members of a hub / Lista en hubbs medlemmar",
    )
    def people(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
        in_state: Annotated[
            HubMemberState, QueryParameter(name="state", description="In this state.")
        ] = HubMemberState.ACTIVE,
    ) -> Listing[HubMemberOut]:
        """List who is a member of a hub, or has applied, with what was answered. For hosts."""
        queries.hosted_hub(session, actor, key)
        found = people_page(session, key, in_state, paging.page, paging.limit)
        members_read(session, actor, [each.member for each in found.items])
        return listing(request, found, lambda each: hub_member_out(each.row, each.signed))

    @get(
        "/{key:uuid}/memberships",
        operation_id="listMembershipsOfHub",
        sync_to_thread=True,
        summary="List agreements of a hub / Lista en hubbs avtal",
    )
    def memberships(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubMembershipOut]:
        """List the agreements that cover a hub or are to, those that wait for an answer first. For hosts."""
        queries.hosted_hub(session, actor, key)
        return listing(request, memberships_of_hub(session, key, paging.page, paging.limit), membership_out)
