"""Calendars with busy times on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import KEPT, Wire, limited
from core.limits import LONGEST_NAME
from core.outward.addresses import LONGEST_ADDRESS
from marketplace.busy.queries import CalendarView
from marketplace.busy.reading import Access
from marketplace.busy.rules import BusyFault, BusyKind

_Secret = Annotated[str, limited("If the server asks for it.", max_length=LONGEST_NAME, pattern=KEPT)]


class BusyCalendarIn(Wire):
    """A calendar of a resource that is kept elsewhere. Address, user and password are kept sealed, and never shown."""

    resource_id: UUID
    kind: Annotated[BusyKind, Meta(description="`feed`: an iCalendar file; `caldav`: a collection of a CalDAV server.")]
    address: Annotated[str, limited(min_length=1, max_length=LONGEST_ADDRESS, pattern=r"^https?://\S+$")]
    user: _Secret = ""
    password: _Secret = ""

    @classmethod
    def example(cls) -> Self:
        """Return a feed."""
        return cls(
            resource_id=UUID("01980000-0000-7000-8000-000000000021"),
            kind=BusyKind.FEED,
            address="https://kalender.example.se/rum/storsjon.ics",
        )

    def access(self) -> Access:
        """Return where it is, and what its server asks for."""
        return Access(self.address, self.user, self.password)


class BusyConflictOut(Wire):
    """A booking while the calendar is busy."""

    booking_id: UUID
    start: datetime
    end: datetime | None


class BusyCalendarOut(Wire):
    """A calendar that is read, how it went, and which bookings it is at odds with."""

    id: UUID
    resource_id: UUID
    resource: str
    kind: BusyKind
    host: Annotated[str, Meta(description="The server alone: the address is not shown.")]
    times: Annotated[int, Meta(description="At how many times it was busy, in a year ahead, when it was last read.")]
    read_at: Annotated[datetime | None, Meta(description="When it was last read; what it said then holds.")]
    fault: Annotated[BusyFault | None, Meta(description="Why it cannot be read, if it cannot.")]
    failing_since: datetime | None
    next_read_at: datetime
    conflict_count: int
    conflicts: Annotated[list[BusyConflictOut], Meta(description="The first 20, by when they begin.")]

    @classmethod
    def example(cls) -> Self:
        """Return one whose server is away."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000091"),
            resource_id=UUID("01980000-0000-7000-8000-000000000021"),
            resource="Storsjön",
            kind=BusyKind.FEED,
            host="kalender.example.se",
            times=212,
            read_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            fault=BusyFault.UNREACHABLE,
            failing_since=datetime.fromisoformat("2026-11-21T08:40:00Z"),
            next_read_at=datetime.fromisoformat("2026-11-21T09:20:00Z"),
            conflict_count=1,
            conflicts=[
                BusyConflictOut(
                    booking_id=UUID("01980000-0000-7000-8000-000000000061"),
                    start=datetime.fromisoformat("2026-12-01T08:00:00Z"),
                    end=datetime.fromisoformat("2026-12-01T11:00:00Z"),
                )
            ],
        )


def busy_calendar_out(view: CalendarView) -> BusyCalendarOut:
    """Return a calendar as whoever sees its resource may read of it."""
    row = view.calendar
    return BusyCalendarOut(
        id=row.id,
        resource_id=view.resource.id,
        resource=view.resource.name,
        kind=row.kind,
        host=row.host,
        times=len(row.busy),
        read_at=row.read_at,
        fault=row.fault,
        failing_since=row.failing_since,
        next_read_at=row.due_at,
        conflict_count=view.conflicts.count,
        conflicts=[
            BusyConflictOut(booking_id=booking, start=during.start, end=during.end)
            for booking, during in view.conflicts.first
        ],
    )
