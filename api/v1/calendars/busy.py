"""`/api/v1/busy-calendars`: calendars kept elsewhere that are read for when a resource is busy."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.agreements.busy_calendars import BusyCalendarIn, BusyCalendarOut, busy_calendar_out
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.busy import queries, service


class BusyCalendars(Controller):
    """Let what is in use by its owner be nobody else's."""

    path = "/busy-calendars"
    tags = ("resources",)

    @get(
        "/",
        operation_id="listBusyCalendars",
        sync_to_thread=True,
        summary="List calendars with busy times / Lista kalendrar med upptagna tider",
    )
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[BusyCalendarOut]:
        """List the calendars of your organisation's resources, by the names of these."""
        found = queries.calendars_page(session, actor, paging.page, paging.limit)
        return listing(request, found, busy_calendar_out)

    @post(
        "/",
        operation_id="addBusyCalendar",
        sync_to_thread=True,
        summary="Add a calendar with busy times / Lägg till en kalender med upptagna tider",
    )
    def add(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[BusyCalendarIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[BusyCalendarOut]:
        """Let a calendar be read from now on. While it is busy its resource is yours: nothing else is booked then.

        What is booked already stays booked, and is told as a conflict.
        """

        def made() -> Response[BusyCalendarOut]:
            row = service.add(session, actor, data.resource_id, data.kind, data.access())
            view = queries.calendar_view(session, actor, row.id)
            return created(busy_calendar_out(view), f"/api/v1/busy-calendars/{row.id}")

        return idempotency.answer(data, made)

    @get(
        "/{key:uuid}",
        operation_id="readBusyCalendar",
        sync_to_thread=True,
        summary="Read about a calendar with busy times / Läs om en kalender med upptagna tider",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> BusyCalendarOut:
        """Read when it was last read, since when it cannot be, and which bookings it is at odds with."""
        return busy_calendar_out(queries.calendar_view(session, actor, key))

    @delete(
        "/{key:uuid}",
        operation_id="removeBusyCalendar",
        sync_to_thread=True,
        summary="Remove a calendar with busy times / Ta bort en kalender med upptagna tider",
    )
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Read it no more. What it has kept free for you can be booked again."""
        service.remove(session, actor, key)

    @post(
        "/{key:uuid}/reading",
        operation_id="readBusyCalendarSoon",
        sync_to_thread=True,
        status_code=200,
        summary="Read it now / Läs den nu",
    )
    def read_soon(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> BusyCalendarOut:
        """Let it be read within a minute, as when what was wrong with it has been put right."""
        return busy_calendar_out(service.read_soon(session, actor, key))
