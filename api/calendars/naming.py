"""What a calendar is called where it is read, and its address."""

from collections.abc import Mapping
from uuid import UUID

from api.language.labels import label
from core.settings import settings
from marketplace.calendars.models import CalendarFeed

SUFFIX = ".ics"


def title_of(feed: CalendarFeed, site_names: Mapping[UUID, str]) -> str:
    """Return which bookings a calendar shows, in the reader's language."""
    of = feed.department or (site_names.get(feed.site_id, "") if feed.site_id else "")
    return f"{label(feed.scope)}: {of}" if of else label(feed.scope)


def group_address_of(secret: str, root: str) -> str:
    """Return the address of a group's calendar, as `address_of` does."""
    return f"{settings().address_at(root)}/hub-group-calendars/{secret}{SUFFIX}"


def address_of(secret: str, root: str) -> str:
    """Return a calendar's address: where users reach the installation, or else where it is asked at."""
    return f"{settings().address_at(root)}/calendars/{secret}{SUFFIX}"
