"""`/api/v1/hub-members`: a person at a hub, from the application to the end."""

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
    HubApplication,
    HubFirstName,
    HubMemberOut,
    HubRefusal,
    HubSignatureIn,
    HubWelcome,
    hub_member_out,
)
from core.actor import Actor
from hubs.membership import manifesto, people, queries
from hubs.membership.models import HubMember
from marketplace.organisations.queries import member
from marketplace.views.reads import members_read


class HubMembers(Controller):
    """Apply, be let in, sign, be welcomed, leave."""

    path = "/hub-members"
    tags = ("hubs",)

    @get("/", operation_id="listOwnHubMemberships", sync_to_thread=True, summary="List your own / Lista dina egna")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[HubMemberOut]:
        """List the hubs that you have applied to, the latest first."""
        found = queries.own_page(session, actor, paging.page, paging.limit)
        signed = queries.signed_by(session, [each.id for each in found.items])
        return listing(request, found, lambda row: hub_member_out(row, signed[row.id]))

    @post("/", operation_id="applyToHub", sync_to_thread=True, summary="Apply to a hub / Ansök till en hubb")
    def apply(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[HubApplication],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubMemberOut]:
        """Apply to a hub that your organisation is a member of. A host answers."""

        def make() -> Response[HubMemberOut]:
            row = people.apply(session, actor, data.hub_id, data.draft())
            return created(_out(session, row), f"/api/v1/hub-members/{row.id}")

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readHubMember", sync_to_thread=True, summary="Read one / Läs en")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMemberOut:
        """Read your own application or membership, or as a host one of your hub."""
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/admission",
        operation_id="admitHubMember",
        sync_to_thread=True,
        status_code=200,
        summary="Let in / Släpp in",
    )
    def admit(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMemberOut:
        """Give an applicant a seat; refused (409 `no_seat`) where none is left. For hosts."""
        people.admit(session, actor, key)
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/refusal",
        operation_id="refuseHubMember",
        sync_to_thread=True,
        status_code=200,
        summary="Do not let in / Släpp inte in",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubRefusal],
    ) -> HubMemberOut:
        """Say no to an applicant, who is told that. Why is for the history alone. For hosts."""
        people.refuse(session, actor, key, data.words)
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/ending",
        operation_id="endHubMember",
        sync_to_thread=True,
        status_code=200,
        summary="End somebody's membership / Avsluta någons medlemskap",
    )
    def end(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMemberOut:
        """End a person's membership, who is told. For hosts."""
        people.end(session, actor, key)
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/leaving",
        operation_id="leaveHub",
        sync_to_thread=True,
        status_code=200,
        summary="Leave / Lämna hubben",
    )
    def leave(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubMemberOut:
        """Leave a hub, or take your application back."""
        return _out(session, people.leave(session, actor, key))

    @post(
        "/{key:uuid}/first-name",
        operation_id="changeHubFirstName",
        sync_to_thread=True,
        status_code=200,
        summary="Change your first name / Ändra ditt förnamn",
    )
    def call_oneself(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubFirstName],
    ) -> HubMemberOut:
        """Have another first name on the clothes-peg, as one who has applied or is a member."""
        return _out(session, people.call_oneself(session, actor, key, data.first_name))

    @post(
        "/{key:uuid}/signature",
        operation_id="signManifesto",
        sync_to_thread=True,
        status_code=200,
        summary="Sign the manifesto / Skriv under manifestet",
    )
    def sign(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubSignatureIn],
    ) -> HubMemberOut:
        """Sign the latest version; refused (409 `manifesto_changed`) where you have read an earlier one."""
        return _out(session, manifesto.sign(session, actor, key, data.number))

    @post(
        "/{key:uuid}/welcome",
        operation_id="welcomeHubMember",
        sync_to_thread=True,
        status_code=200,
        summary="Note how somebody is welcomed / Anteckna välkomnandet",
    )
    def welcome(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubWelcome],
    ) -> HubMemberOut:
        """Note which steps of the welcome are done: all of them each time. For hosts."""
        people.welcome(session, actor, key, data.welcomed)
        return _read(session, actor, key)


def _read(session: Session, actor: Actor, key: UUID) -> HubMemberOut:
    row = queries.hub_member(session, actor, key)
    members_read(session, actor, [member(session, row.member_id)])
    return _out(session, row)


def _out(session: Session, row: HubMember) -> HubMemberOut:
    return hub_member_out(row, queries.signed_by(session, [row.id])[row.id])
