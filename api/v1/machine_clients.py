"""`/api/v1/organisations/{id}/machine-clients`: programs that an organisation's own identity provider lets in."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.openid.providers import check_issues_for
from api.http.responses import created
from api.schemas.organisations import (
    MachineClientIn,
    MachineClientsOut,
    MemberOut,
    machine_client_out,
    member_out,
)
from core.actor import Actor, Permission, check_may
from marketplace.organisations import machine_clients, queries
from marketplace.organisations.machine_clients import ClientDraft


class MachineClients(Controller):
    """Programs that act as themselves."""

    path = "/organisations/{key:uuid}/machine-clients"
    tags = ("organisations",)

    @get("/", operation_id="listMachineClients", sync_to_thread=True, summary="List programs / Lista program")
    def page(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> MachineClientsOut:
        """List the programs of your organisation. For its own admins."""
        found = machine_clients.clients(session, actor, queries.organisation(session, key).id)
        return MachineClientsOut(items=[machine_client_out(*each) for each in found])

    @post(
        "/",
        operation_id="registerMachineClient",
        sync_to_thread=True,
        summary="Register a program / Registrera ett program",
    )
    def register(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MachineClientIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[MemberOut]:
        """Let a program that your own provider knows act here as itself, a member with roles of its own.

        It shows access tokens of the provider's (RFC 9068, client credentials). For the organisation's own admins.
        """

        def make() -> Response[MemberOut]:
            check_may(actor, Permission.PROVISION, key)
            check_issues_for(queries.organisation(session, key).number, data.issuer)
            client = ClientDraft(data.issuer, data.client_id)
            row = machine_clients.add(session, actor, key, data.draft(), client, reason=data.reason)
            return created(member_out(row), f"/api/v1/members/{row.id}", row.version)

        return idempotency.answer(data, make)
