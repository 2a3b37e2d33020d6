"""`/api/v1/organisations`: who takes part."""

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
from api.schemas.organisations import (
    LeavingIn,
    MemberIn,
    MemberOut,
    OrganisationIn,
    OrganisationOut,
    PartnerIn,
    PartnersOut,
    member_out,
    organisation_out,
)
from core.actor import Actor
from marketplace.leaving import service as leaving
from marketplace.organisations import queries, service
from marketplace.organisations.models import OrganisationKind
from marketplace.organisations.queries import OrganisationSearch
from marketplace.views import reads


class Organisations(Controller):
    """The register of public bodies, open to everybody who is signed in."""

    path = "/organisations"
    tags = ("organisations",)

    @get(
        "/", operation_id="listOrganisations", sync_to_thread=True, summary="List organisations / Lista organisationer"
    )
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],  # noqa: ARG002 - asking for it demands a token
        paging: NamedDependency[Paging],
        text: Annotated[str | None, QueryParameter(description="In the name.", max_length=200)] = None,
        kind: Annotated[OrganisationKind | None, QueryParameter(description="Of this kind.")] = None,
        county_code: Annotated[str | None, QueryParameter(name="countyCode", description="With its seat here.")] = None,
    ) -> Listing[OrganisationOut]:
        """List the organisations of the register by name, also those that have left."""
        found = queries.organisations(session, OrganisationSearch(text, kind, county_code), paging.page, paging.limit)
        return listing(request, found, organisation_out)

    @post(
        "/",
        operation_id="createOrganisation",
        sync_to_thread=True,
        summary="Register an organisation / Registrera en organisation",
    )
    def register(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[OrganisationIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[OrganisationOut]:
        """Take a public body into the register. For coordinators."""

        def make() -> Response[OrganisationOut]:
            row = service.register_organisation(session, actor, data.draft())
            return created(organisation_out(row), f"/api/v1/organisations/{row.id}", row.version)

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}",
        operation_id="readOrganisation",
        sync_to_thread=True,
        summary="Read an organisation / Läs en organisation",
    )
    def read(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],  # noqa: ARG002 - asking for it demands a token
        key: FromPath[UUID],
    ) -> Response[OrganisationOut]:
        """Read an organisation."""
        row = queries.organisation(session, key)
        return answered(organisation_out(row), row.version)

    @put(
        "/{key:uuid}",
        operation_id="changeOrganisation",
        sync_to_thread=True,
        summary="Change an organisation / Ändra en organisation",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[OrganisationIn],
        if_match: NamedDependency[int | None],
    ) -> Response[OrganisationOut]:
        """Replace what is said of an organisation. For its admins; kind and number for coordinators."""
        row = service.update_organisation(session, actor, key, data.draft(), if_version=if_match)
        return answered(organisation_out(row), row.version)

    @post(
        "/{key:uuid}/leaving",
        operation_id="letOrganisationLeave",
        sync_to_thread=True,
        status_code=200,
        summary="Let an organisation leave / Låt en organisation lämna",
    )
    def leave(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[LeavingIn],
    ) -> Response[OrganisationOut]:
        """Let an organisation take no part: nobody of it is let in, nothing of it is found or matched.

        What is booked stands, and whoever has something booked or proposed with it is told. For its admins, and who
        coordinates all organisations.
        """
        row = leaving.leave(session, actor, key, data.reason)
        return answered(organisation_out(row), row.version)

    @post(
        "/{key:uuid}/return",
        operation_id="letOrganisationReturn",
        sync_to_thread=True,
        status_code=200,
        summary="Let an organisation come back / Låt en organisation komma tillbaka",
    )
    def come_back(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[LeavingIn],
    ) -> Response[OrganisationOut]:
        """Let an organisation that has left take part again. For who coordinates all organisations."""
        row = leaving.come_back(session, actor, key, data.reason)
        return answered(organisation_out(row), row.version)

    @get(
        "/{key:uuid}/partners",
        operation_id="listPartners",
        sync_to_thread=True,
        summary="List partners / Lista partner",
    )
    def partners(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],  # noqa: ARG002 - asking for it demands a token
        key: FromPath[UUID],
    ) -> PartnersOut:
        """List the organisations with which this one shares what it keeps for partners."""
        found = queries.partners_of(session, queries.organisation(session, key).id)
        return PartnersOut(items=[organisation_out(each) for each in found])

    @post(
        "/{key:uuid}/partners",
        operation_id="makePartners",
        sync_to_thread=True,
        status_code=200,
        summary="Make partners / Knyt partner",
    )
    def make_partners(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[PartnerIn],
    ) -> PartnersOut:
        """Let two organisations see what the other keeps for partners. For coordinators."""
        service.make_partners(session, actor, key, data.partner_id)
        return PartnersOut(items=[organisation_out(each) for each in queries.partners_of(session, key)])

    @get(
        "/{key:uuid}/members", operation_id="listMembers", sync_to_thread=True, summary="List members / Lista medlemmar"
    )
    def members(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[MemberOut]:
        """List the members of your own organisation, or of one that you coordinate."""
        found = queries.members(session, actor, key, paging.page, paging.limit)
        reads.members_read(session, actor, found.items)
        return listing(request, found, member_out)

    @post(
        "/{key:uuid}/members",
        operation_id="addMember",
        sync_to_thread=True,
        summary="Add a member / Lägg till en medlem",
    )
    def add_member(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MemberIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[MemberOut]:
        """Add a person to an organisation. For its admins; only a coordinator makes coordinators."""

        def make() -> Response[MemberOut]:
            row = service.add_member(session, actor, key, data.draft(), data.reason)
            return created(member_out(row), f"/api/v1/members/{row.id}", row.version)

        return idempotency.answer(data, make)
