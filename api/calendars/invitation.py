"""One date of a booking as an invitation of one calendar, or as its end (iTIP, RFC 5546)."""

from icalendar import Calendar, vCalAddress

from api.calendars.calendar import begun
from api.calendars.events import event_of
from api.calendars.timezone import STOCKHOLM as ZONE
from core.time.clock import STOCKHOLM
from marketplace.bookings.dates import Occurrence
from marketplace.bookings.models import BookingKind
from marketplace.invitations.queries import Invited

REQUEST, CANCEL = "REQUEST", "CANCEL"


def method_of(invited: Invited) -> str:
    """Return what is asked of the calendar."""
    return CANCEL if invited.invitation.cancelled else REQUEST


def calendar_of_invitation(invited: Invited, organizer: str, name: str) -> str:
    """Return the invitation in the reader's language. Answers go to the organizer's address, which is this one's alone.

    What is lent is taken also where it is for whole days, which in a member's own calendar are free as they were.
    """
    row = invited.invitation
    when = Occurrence(
        row.start.astimezone(STOCKHOLM),
        row.until.astimezone(STOCKHOLM),
        invited.mail.created_at if row.cancelled else None,
    )
    event = event_of(invited.view, when)
    for key in ("sequence", "dtstamp", "last-modified"):
        event.pop(key)
    event.add("sequence", row.sequence)
    event.add("dtstamp", invited.mail.created_at)
    event.add("organizer", _address(organizer, CN=name))
    event.add("attendee", _attendee(invited))
    if row.member_id is None and not row.cancelled:
        event.pop("transp")
        event.add("transp", "OPAQUE")
        event.add("x-microsoft-cdo-busystatus", "BUSY")
    made: Calendar = begun()
    made.add("method", method_of(invited))
    made.add_component(ZONE)
    made.add_component(event)
    body: bytes = made.to_ical()
    return body.decode()


def _attendee(invited: Invited) -> vCalAddress:
    """Return who is invited: a member need not answer, and is read by nobody if it does."""
    if invited.invitation.member_id is not None:
        return _address(invited.address, CUTYPE="INDIVIDUAL", ROLE="OPT-PARTICIPANT", RSVP="FALSE")
    is_room = invited.view.booking.kind is BookingKind.ROOM_USE
    name = invited.view.offered.lent.resource.name
    return _address(
        invited.address,
        CUTYPE="ROOM" if is_room else "RESOURCE",
        ROLE="REQ-PARTICIPANT",
        PARTSTAT="NEEDS-ACTION",
        RSVP="TRUE",
        CN=name,
    )


def _address(address: str, **parameters: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{address}")
    for key, value in parameters.items():
        made.params[key] = value
    return made
