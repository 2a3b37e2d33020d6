"""`/api/v1/resources`: what can be lent."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.families import FamilyName
from api.schemas.resources import (
    CapacityIn,
    ClosedPeriodIn,
    ClosedPeriodsOut,
    ConsentIn,
    FreePeriodsOut,
    ResourceIn,
    ResourceOut,
    closed_periods_out,
    free_periods_out,
    resource_out,
)
from competence import queries as competence_queries
from competence.service import describe_staff
from core.actor import Actor, Private
from core.errors import Faults
from core.time import clock
from marketplace.cards import approving
from marketplace.offers.service import change_resource
from marketplace.views import reads
from resources import queries, service
from resources.models import Resource
from resources.queries import Described, ResourceSearch


class Resources(Controller):
    """List what one's own organisation can lend and keep it right."""

    path = "/resources"
    tags = ("resources",)

    @get("/", operation_id="listResources", sync_to_thread=True, summary="List resources / Lista resurser")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        family: Annotated[FamilyName | None, QueryParameter(description="Of this family.")] = None,
        kind: Annotated[str | None, QueryParameter(description="Of this kind.", max_length=40)] = None,
        site_id: Annotated[UUID | None, QueryParameter(name="siteId", description="At this site.")] = None,
    ) -> Listing[ResourceOut]:
        """List your organisation's resources by name; coordinators see all. What others lend is among the offers.

        Capacity cards of staff are listed for your organisation's listers only: everybody else finds them among the
        offers, without a name, while all three say yes.
        """
        search = ResourceSearch(family, kind, site_id)
        found = queries.resources_page(session, actor, search, paging.page, paging.limit)
        reads.cards_read(session, actor, found.items)
        shown = found.of(lambda items: _shown(session, actor, items, in_list=True))
        return listing(request, shown, lambda each: each)

    @post("/", operation_id="createResource", sync_to_thread=True, summary="Add a resource / Lägg till en resurs")
    def add(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[ResourceIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ResourceOut]:
        """Add something that your organisation can lend. Others see it once it is offered. For listers."""

        def make() -> Response[ResourceOut]:
            row = service.create_resource(session, actor, data.draft())
            _describe(session, actor, row, data)
            shown = _read(session, actor, row.id)
            return created(shown, f"/api/v1/resources/{shown.id}", shown.version)

        return idempotency.answer(data, make)

    @get(
        "/{resource:uuid}", operation_id="readResource", sync_to_thread=True, summary="Read a resource / Läs en resurs"
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], resource: FromPath[UUID]
    ) -> Response[ResourceOut]:
        """Read a resource of your organisation with its units."""
        return _answered(session, actor, resource)

    @put(
        "/{resource:uuid}",
        operation_id="changeResource",
        sync_to_thread=True,
        summary="Change a resource / Ändra en resurs",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[ResourceIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ResourceOut]:
        """Replace what a resource says. When a capacity card says something new, the three are asked again."""
        row = change_resource(session, actor, resource, data.draft(), if_version=if_match)
        _describe(session, actor, row, data)
        return _answered(session, actor, resource)

    @put(
        "/{resource:uuid}/capacity",
        operation_id="setResourceCapacity",
        sync_to_thread=True,
        summary="Set the capacity / Sätt kapaciteten",
    )
    def set_capacity(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[CapacityIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ResourceOut]:
        """Let desks, things or percent be fewer or more than the facts say. Refused below what is taken."""
        service.change_capacity(session, actor, resource, data.capacity, if_version=if_match)
        return _answered(session, actor, resource)

    @post(
        "/{resource:uuid}/consents",
        operation_id="recordConsent",
        sync_to_thread=True,
        status_code=200,
        summary="Note a yes to a card / Notera ett ja till ett kort",
    )
    def consent(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[ConsentIn],
    ) -> Response[ResourceOut]:
        """Note that the employee agrees, the manager approves, HR decides. A capacity card is shown while all three do.

        Each yes is to what the card says then, for the time in which it is offered or through `until`.

        For members with the role HR, not for listers, and not all three for the same member: then 409 ``same_person``.
        """
        found = queries.resource(session, actor, resource)
        approving.give(session, actor, found, data.who, data.evidence, until=data.until)
        return _answered(session, actor, resource)

    @post(
        "/{resource:uuid}/consent-withdrawals",
        operation_id="withdrawConsent",
        sync_to_thread=True,
        status_code=200,
        summary="Note a yes taken back / Notera ett återtaget ja",
    )
    def withdraw(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[ConsentIn],
    ) -> Response[ResourceOut]:
        """Note that somebody takes their yes back: the card is hidden, and those asked later are asked again.

        Proposals that wait for an answer end at once.
        """
        approving.withdraw(session, actor, queries.resource(session, actor, resource), data.who)
        return _answered(session, actor, resource)

    @get(
        "/{resource:uuid}/free-periods",
        operation_id="listFreePeriods",
        sync_to_thread=True,
        summary="List free periods / Lista lediga tider",
    )
    def free_periods(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        first: Annotated[date, QueryParameter(description="The first local date.")],
        last: Annotated[date, QueryParameter(description="The last local date, a year later at most.")],
    ) -> FreePeriodsOut:
        """List when, from one local date through another, it is open and not taken, and how much of it."""
        return free_periods_out(queries.free_pieces(session, actor, resource, first, last))

    @get(
        "/{resource:uuid}/closed-periods",
        operation_id="listClosedPeriods",
        sync_to_thread=True,
        summary="List closed periods / Lista stängda tider",
    )
    def closed_periods(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], resource: FromPath[UUID]
    ) -> ClosedPeriodsOut:
        """List the times from now on that the owner keeps."""
        found = queries.closed_periods(session, actor, resource, clock.now())
        noted = queries.reads_notes(session, actor, resource)
        if noted:
            reads.cards_read(session, actor, [queries.described(session, actor, resource)])
        return closed_periods_out(found, noted=noted)

    @post(
        "/{resource:uuid}/closed-periods",
        operation_id="closePeriod",
        sync_to_thread=True,
        summary="Close a period / Stäng en tid",
    )
    def close(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[ClosedPeriodIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ClosedPeriodsOut]:
        """Keep all of a resource for a time. Refused where some of it is taken: the answer says by what."""

        def make() -> Response[ClosedPeriodsOut]:
            claims = service.close_period(session, actor, resource, data.interval(), data.note)
            return created(closed_periods_out(claims, noted=True), f"/api/v1/resources/{resource}/closed-periods")

        return idempotency.answer(data, make)

    @delete(
        "/{resource:uuid}/closed-periods/{period:uuid}",
        operation_id="reopenPeriod",
        sync_to_thread=True,
        summary="Reopen a period / Öppna en tid",
    )
    def reopen(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        period: FromPath[UUID],
    ) -> None:
        """Give up a closed period of a unit. Doing it twice is no harm."""
        service.reopen_period(session, actor, resource, period)


def _describe(session: Session, actor: Actor, resource: Resource, said: ResourceIn) -> None:
    card = said.card()
    if card is not None:
        faults = Faults()
        with faults.under("facts"):
            describe_staff(session, actor, resource, card)
        faults.refuse()


def _shown(session: Session, actor: Actor, found: Sequence[Described], *, in_list: bool = False) -> list[ResourceOut]:
    """Return resources as they go on the wire, with as many queries for many as for one."""
    ids = [each.resource.id for each in found]
    units, parts = queries.units_of(session, ids), queries.parts_of(session, ids)
    cards = competence_queries.held_cards(session, ids)
    noted = {each.resource.id for each in found if _reads_notes(actor, each.resource)}
    reads.persons_read(session, actor, [key for key, card in cards.items() if key in noted and card.row.member_id])

    def out(each: Described) -> ResourceOut:
        key = each.resource.id
        return resource_out(each, units[key], parts.get(key, {}), cards.get(key), noted=key in noted, in_list=in_list)

    return [out(each) for each in found]


def _reads_notes(actor: Actor, resource: Resource) -> bool:
    """Tell whether somebody reads who has said yes to a card, the one whose it is among them."""
    return actor.reads(Private.APPROVAL_NOTE, resource.organisation_id, resource.department)


def _read(session: Session, actor: Actor, key: UUID) -> ResourceOut:
    found = queries.described(session, actor, key)
    reads.cards_read(session, actor, [found])
    return _shown(session, actor, [found])[0]


def _answered(session: Session, actor: Actor, key: UUID) -> Response[ResourceOut]:
    shown = _read(session, actor, key)
    return answered(shown, shown.version)
