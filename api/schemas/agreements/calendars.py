"""Calendars of bookings on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, Name, Wire, limited
from core.limits import LONGEST_NAME
from marketplace.calendars.models import CalendarFeed, FeedScope


class CalendarIn(Wire):
    """Which bookings a calendar shows: what you have asked for or lend, or all of a unit, a site, your organisation."""

    name: Name
    scope: FeedScope
    department: Annotated[
        str | None,
        limited(
            "Of `department`: the unit, to which somebody or something of your organisation belongs.",
            min_length=1,
            max_length=LONGEST_NAME,
            pattern=FILLED_IN,
        ),
    ] = None
    site_id: Annotated[
        UUID | None, Meta(description="Of `site`: one of your organisation's, or that you are host of.")
    ] = None

    @classmethod
    def example(cls) -> Self:
        """Return one of one's own bookings."""
        return cls(name="Outlook på jobbet", scope=FeedScope.OWN)


class CalendarOut(Wire):
    """A calendar, without its address."""

    id: UUID
    name: str
    scope: FeedScope
    department: str | None
    site_id: UUID | None
    created_at: datetime
    revoked_at: datetime | None
    last_fetched_at: Annotated[datetime | None, Meta(description="To within a minute.")]

    @classmethod
    def example(cls) -> Self:
        """Return one that is read."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000081"),
            name="Outlook på jobbet",
            scope=FeedScope.OWN,
            department=None,
            site_id=None,
            created_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            revoked_at=None,
            last_fetched_at=datetime.fromisoformat("2026-11-22T09:40:00Z"),
        )


class CalendarsOut(Wire):
    """Your calendars."""

    items: list[CalendarOut]

    @classmethod
    def example(cls) -> Self:
        """Return one calendar."""
        return cls(items=[CalendarOut.example()])


class CalendarMade(Wire):
    """A calendar with its address, which is shown here and never again."""

    address: str
    details: CalendarOut

    @classmethod
    def example(cls) -> Self:
        """Return one with an address that leads nowhere."""
        return cls(address="https://platsverket.example.se/calendars/plats_….ics", details=CalendarOut.example())


def calendar_out(row: CalendarFeed) -> CalendarOut:
    """Return a calendar as whoever made it may read of it."""
    return CalendarOut(
        id=row.id,
        name=row.name,
        scope=row.scope,
        department=row.department,
        site_id=row.site_id,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_fetched_at=row.last_fetched_at,
    )
