"""Use cases of calendars with busy times: added, removed, read."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.database.counting import take_turn
from core.errors import BadInput, Conflict, Faults
from core.limits import LONGEST_NAME, refuse_if
from core.outward.addresses import address_faults
from core.secret.sealing import sealed, unsealed
from core.settings import settings
from core.text import check_text
from core.time import clock
from core.time.interval import Interval, to_range
from marketplace.busy import claiming, queries
from marketplace.busy.models import BusyCalendar
from marketplace.busy.queries import CalendarView
from marketplace.busy.reading import Access, Known, Reading
from marketplace.busy.rules import MOST_OF_RESOURCE, BusyFault, BusyKind, read_again_at, window
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from resources.families import family_of
from resources.models import Resource
from resources.queries import resource as resource_seen

ENTITY = "busy_calendar"
_PURPOSE = "busy calendar"


@dataclass(frozen=True)
class Due:
    """A calendar that is to be read now; nobody can tell where it is when the installation's key is another."""

    calendar_id: UUID
    kind: BusyKind
    access: Access | None
    known: Known
    during: Interval


def add(session: Session, actor: Actor, resource_id: UUID, kind: BusyKind, access: Access) -> BusyCalendar:
    """Let a calendar be read for the busy times of a resource, from the next sweep on.

    Raises
    ------
    BadInput
        No such address may be called, or a person's calendar is meant, which is nobody's to read.
    Conflict
        ``too_many_busy_calendars``: the resource, or the organisation, has as many as it may have.
    NotAllowed, NotFound
        As their names say.
    """
    found = resource_seen(session, actor, resource_id)
    check_may(actor, Permission.OFFER, found.organisation_id, found.department)
    faults = Faults()
    with faults.under():
        if family_of(found.family).anonymous:
            raise BadInput("resourceId", str(resource_id), "a person's calendar is not read")
    with faults.under():
        refuse_if(address_faults("address", access.address))
    for field, text in (("user", access.user), ("password", access.password)):
        with faults.under():
            check_text(field, text, most=LONGEST_NAME)
    faults.refuse()
    _refuse_too_many(session, found)
    access_kept = sealed(_PURPOSE, msgspec.json.encode(access).decode())
    host = urlsplit(access.address).hostname or ""
    made = BusyCalendar(resource_id=found.id, kind=kind, host=host, sealed_access=access_kept)
    session.add(made)
    session.flush()
    record(session, actor, ENTITY, made.id, to_state="added", details={"resource": str(found.id), "kind": kind})
    return made


def _refuse_too_many(session: Session, found: Resource) -> None:
    take_turn(session, "busy calendars", found.organisation_id)
    whole, of_resource = queries.count_of(session, found.organisation_id, found.id)
    most = settings().organisation_busy_calendars
    if of_resource >= MOST_OF_RESOURCE:
        raise Conflict(
            "too_many_busy_calendars",
            f"The resource has {MOST_OF_RESOURCE} calendars that are read, as many as it may have.",
            {"most": MOST_OF_RESOURCE},
        )
    if whole >= most:
        raise Conflict(
            "too_many_busy_calendars",
            f"Your organisation has {most} calendars that are read, as many as it may have. Remove one first, or ask "
            "whoever runs the service to let there be more.",
            {"most": most},
        )


def remove(session: Session, actor: Actor, calendar_id: UUID) -> None:
    """Read a calendar no more, and give up what it has claimed.

    Raises
    ------
    NotAllowed, NotFound
        As their names say.
    """
    view = _own(session, actor, calendar_id)
    session.delete(view.calendar)
    session.flush()
    claiming.claim(session, [view.resource.id])
    details = {"resource": str(view.resource.id), "kind": view.calendar.kind}
    record(session, actor, ENTITY, calendar_id, to_state="removed", details=details)


def read_soon(session: Session, actor: Actor, calendar_id: UUID) -> CalendarView:
    """Let a calendar be read by the next sweep, as when what was wrong with it has been put right.

    Raises
    ------
    NotAllowed, NotFound
        As their names say.
    """
    view = _own(session, actor, calendar_id)
    view.calendar.due_at = clock.now()
    session.flush()
    record(session, actor, ENTITY, calendar_id, reason_code="read_soon")
    return view


def _own(session: Session, actor: Actor, calendar_id: UUID) -> CalendarView:
    view = queries.calendar_view(session, actor, calendar_id)
    check_may(actor, Permission.OFFER, view.resource.organisation_id, view.resource.department)
    session.refresh(view.calendar, with_for_update=True)
    return view


def take_due(session: Session) -> Due | None:
    """Take the calendar that has waited longest. Whoever is killed while reading leaves it to be read the next time."""
    now = clock.now()
    row = queries.next_due(session, now)
    if row is None:
        return None
    row.due_at = read_again_at(row.failures, now)
    session.flush()
    kept = unsealed(_PURPOSE, row.sealed_access)
    access = msgspec.json.decode(kept, type=Access) if kept is not None else None
    is_same_time = row.expanded_on == clock.today()
    return Due(row.id, row.kind, access, Known(row.etag, row.digest) if is_same_time else Known(), window(now))


def note_read(session: Session, calendar_id: UUID, reading: Reading) -> None:
    """Note what was read of a calendar, and claim it: also what is the same, as a booking may have ended meanwhile."""
    row = session.get(BusyCalendar, calendar_id, with_for_update=True)
    if row is None:
        return
    if reading.busy is not None:
        row.busy = [to_range(each) for each in reading.busy]
        row.expanded_on = clock.today()
    row.etag, row.digest = reading.known.etag, reading.known.digest
    row.read_at, row.fault, row.failing_since, row.failures = clock.now(), None, None, 0
    session.flush()
    claiming.claim(session, [row.resource_id])
    _tell_conflicts(session, row)


def note_unread(session: Session, calendar_id: UUID, fault: BusyFault) -> None:
    """Note that a calendar could not be read: what was read before still holds."""
    row = session.get(BusyCalendar, calendar_id, with_for_update=True)
    if row is None:
        return
    now = clock.now()
    row.fault, row.failing_since, row.failures = fault, row.failing_since or now, row.failures + 1
    row.due_at = read_again_at(row.failures, now)
    session.flush()
    claiming.claim(session, [row.resource_id])


def _tell_conflicts(session: Session, row: BusyCalendar) -> None:
    """Tell listers of bookings that a calendar is newly at odds with."""
    found = queries.conflicts(session, [row.id]).get(row.id)
    bookings = sorted({booking for booking, _during in found.first}) if found else []
    new = set(bookings) - set(row.told)
    row.told = bookings
    session.flush()
    if new:
        of = session.get_one(Resource, row.resource_id)
        notify(
            session,
            [of.organisation_id],
            NoticeCode.BUSY_CONFLICT,
            ENTITY,
            row.id,
            permission=Permission.OFFER,
            department=of.department or "",
            resource=of.name,
            bookings=len(new),
        )
