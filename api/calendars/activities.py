"""What is on at a hub as a calendar that anybody may subscribe to."""

from collections.abc import Iterable

from icalendar import Event

from api.calendars.calendar import begun, subscribed
from api.calendars.timezone import STOCKHOLM
from api.language.i18n import gettext as _
from api.language.labels import label
from core.settings import settings
from hubs.activities.models import ActivityState
from hubs.activities.queries import ActivityView


def activities_calendar(name: str, views: Iterable[ActivityView]) -> bytes:
    """Return what is on at a hub, or of a group, in the reader's language; no member's name is in it."""
    made = begun()
    subscribed(made, name)
    made.add_component(STOCKHOLM)
    for view in views:
        made.add_component(_event(view))
    body: bytes = made.to_ical()
    return body


def _event(view: ActivityView) -> Event:
    row, cancelled = view.activity, view.activity.state is ActivityState.CANCELLED
    made = Event()
    made.add("uid", f"{row.id}@activities.platsverket")
    made.add("sequence", row.version)
    made.add("dtstamp", row.updated_at)
    made.add("last-modified", row.updated_at)
    made.add("dtstart", row.starts)
    made.add("dtend", row.ends)
    made.add("summary", _("Cancelled: %(what)s") % {"what": row.title} if cancelled else row.title)
    made.add("description", "\n".join(part for part in (label(row.form), row.about) if part))
    made.add("location", ", ".join(part for part in (view.zone.name if view.zone else "", view.hub.name) if part))
    made.add("categories", [label(row.form)])
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    made.add("url", f"{settings().address}/activities/{row.id}")
    return made
