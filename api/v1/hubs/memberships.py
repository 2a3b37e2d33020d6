"""`/api/v1/hub-memberships`: agreements by which organisations are members of hubs."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.hubs.membership import (
    HubCoverage,
    HubMembershipIn,
    HubMembershipOut,
    HubRefusal,
    HubTerms,
    membership_out,
)
from core.actor import Actor
from hubs.membership import agreements, queries


class HubMemberships(Controller):
    """Ask, agree, refuse, end."""

    path = "/hub-memberships"
    tags = ("hubs",)

    @get("/", operation_id="listHubMemberships", sync_to_thread=True, summary="List agreements / Lista medlemskap")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[HubMembershipOut]:
        """List your organisation's agreements with hubs, the latest first. For admins."""
        found = queries.memberships_of_organisation(session, actor, paging.page, paging.limit)
        return listing(request, found, membership_out)

    @post("/", operation_id="askForHubMembership", sync_to_thread=True, summary="Ask to join / Begär medlemskap")
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[HubMembershipIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubMembershipOut]:
        """Ask for your organisation to join one hub or several by one agreement. For admins."""

        def make() -> Response[HubMembershipOut]:
            row = agreements.ask(session, actor, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/hub-memberships/{row.id}")

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readHubMembership", sync_to_thread=True, summary="Read one / Läs ett")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMembershipOut:
        """Read an agreement of your organisation, or of a hub that you are host of."""
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/agreement",
        operation_id="agreeToHubMembership",
        sync_to_thread=True,
        status_code=200,
        summary="Agree / Avtala",
    )
    def agree(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubTerms],
    ) -> HubMembershipOut:
        """Agree, or agree anew to other terms. For hosts of the hub that keeps the agreement."""
        agreements.agree(session, actor, key, data.terms())
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/coverage",
        operation_id="coverByHubMembership",
        sync_to_thread=True,
        status_code=200,
        summary="Let it cover another hub / Låt det gälla en hubb till",
    )
    def cover(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubCoverage],
    ) -> HubMembershipOut:
        """Agree that an agreement that another host keeps covers your hub, too, as was asked for. For hosts."""
        agreements.cover(session, actor, key, data.hub_id)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/refusal",
        operation_id="refuseHubMembership",
        sync_to_thread=True,
        status_code=200,
        summary="Refuse / Avslå",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubRefusal],
    ) -> HubMembershipOut:
        """Say no to what was asked for. For hosts of the hub that would keep the agreement."""
        agreements.refuse(session, actor, key, data.words)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/withdrawal",
        operation_id="withdrawHubMembership",
        sync_to_thread=True,
        status_code=200,
        summary="Take back / Ta tillbaka",
    )
    def withdraw(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMembershipOut:
        """Take back what your organisation has asked for, before it is answered. For admins."""
        agreements.withdraw(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/ending",
        operation_id="endHubMembership",
        sync_to_thread=True,
        status_code=200,
        summary="End / Avsluta",
    )
    def end(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMembershipOut:
        """End an agreement now, and with it the membership of all its people, who are told."""
        agreements.end(session, actor, key)
        return _out(session, actor, key)


def _out(session: Session, actor: Actor, key: UUID) -> HubMembershipOut:
    return membership_out(queries.membership_view(session, actor, key))
