"""`/api/v1/calendar-feeds`: calendars of bookings that programs fetch by an address."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.calendars.naming import address_of
from api.schemas.agreements.calendars import CalendarIn, CalendarMade, CalendarOut, CalendarsOut, calendar_out
from core.actor import Actor
from marketplace.calendars import queries, service


class CalendarFeeds(Controller):
    """Let a calendar program show bookings."""

    path = "/calendar-feeds"
    tags = ("bookings",)

    @get("/", operation_id="listCalendars", sync_to_thread=True, summary="List your calendars / Lista dina kalendrar")
    def page(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor]) -> CalendarsOut:
        """List your calendars: those that hold, and then those that were revoked lately."""
        return CalendarsOut(items=[calendar_out(each) for each in queries.feeds(session, actor)])

    # Not 201, as of tokens: an answer that may be asked for again would have to be kept, and an address never is.
    @post(
        "/",
        operation_id="makeCalendar",
        sync_to_thread=True,
        status_code=200,
        summary="Make a calendar / Skapa en kalender",
    )
    def make(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[CalendarIn],
    ) -> CalendarMade:
        """Make a calendar. Its address is in this answer and never shown again: whoever has it reads without a token.

        It shows what you may see whenever it is fetched, and no names of people. Of more than 20 none is made
        (`too_many_calendars`).
        """
        secret, made = service.make(
            session, actor, data.name, data.scope, department=data.department, site_id=data.site_id
        )
        return CalendarMade(address=address_of(secret, str(request.base_url)), details=calendar_out(made))

    @get(
        "/{key:uuid}", operation_id="readCalendar", sync_to_thread=True, summary="Read a calendar / Läs om en kalender"
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> CalendarOut:
        """Read what a calendar of yours shows, and when it was last fetched."""
        return calendar_out(queries.feed(session, actor, key))

    @post(
        "/{key:uuid}/renewal",
        operation_id="renewCalendar",
        sync_to_thread=True,
        status_code=200,
        summary="Another address / En ny adress",
    )
    def renew(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
    ) -> CalendarMade:
        """Revoke a calendar, and make one like it with another address, which is in this answer alone."""
        secret, made = service.renew(session, actor, key)
        return CalendarMade(address=address_of(secret, str(request.base_url)), details=calendar_out(made))

    @post(
        "/{key:uuid}/revocation",
        operation_id="revokeCalendar",
        sync_to_thread=True,
        status_code=200,
        summary="Revoke a calendar / Återkalla en kalender",
    )
    def revoke(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> CalendarOut:
        """Let nothing be read by a calendar's address any more: from now on it answers 410.

        One of yours, or of a member that you administer.
        """
        return calendar_out(service.revoke(session, actor, key))
