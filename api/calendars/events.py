"""The one place that makes a VEVENT of a booking, for whatever way it goes: feeds, downloads, invitations.

Each date of a series is an event of its own, as Outlook opens no dates that follow no rule (RDATE). It is known by the
booking and the start, which stays whatever else is changed; a date that is released is cancelled.

Nobody's name is in it, also not for those who may read it on the page: who reads a calendar nobody knows.
"""

from collections.abc import Iterator
from datetime import datetime

from icalendar import Event

from api.language.i18n import gettext as _
from api.language.labels import label
from core.settings import settings
from marketplace.bookings.dates import Occurrence, uid_of
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import BookingView
from marketplace.calendars.rules import is_forgotten, window
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Request
from resources.families import family_of
from resources.models import Resource, Site


def is_shown(when: Occurrence, now: datetime) -> bool:
    """Tell whether a calendar that is fetched now shows a date."""
    time_shown, cancelled = window(now), when.cancelled_at
    over = when.end is not None and when.end <= time_shown.start
    return not over and when.start < time_shown.limit and not (cancelled and is_forgotten(cancelled, now))


def event_of(view: BookingView, when: Occurrence) -> Event:
    """Return the event for a date of a booking, in the reader's language."""
    booking, cancelled = view.booking, when.cancelled_at is not None
    changed = changed_at(view)
    made = Event()
    made.add("uid", uid_of(booking.id, when.start))
    made.add("sequence", _sequence(view))
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("created", booking.created_at)
    if when.is_whole_days:
        first, after = when.days
        made.add("dtstart", first)
        made.add("dtend", after)
    else:
        made.add("dtstart", _to_the_second(when.start))
        if when.end is not None and _to_the_second(when.end) > _to_the_second(when.start):
            made.add("dtend", _to_the_second(when.end))
    made.add("summary", _("Cancelled: %(what)s") % {"what": _what(view)} if cancelled else _what(view))
    made.add("description", "\n".join(_lines(view)))
    if place := _place(view):
        made.add("location", place)
    made.add("categories", [label(booking.kind)])
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if cancelled or when.is_whole_days else "OPAQUE")
    made.add("url", f"{settings().address}/bookings/{booking.id}")
    return made


def _to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _what(view: BookingView) -> str:
    return f"{_name(view)}: {view.request.title}"


def _name(view: BookingView) -> str:
    lent = view.offered.lent
    return label(view.booking.kind) if lent.family.anonymous else lent.resource.name


def _lines(view: BookingView) -> Iterator[str]:
    resource = view.offered.lent.resource
    if view.need.title:
        yield view.need.title
    yield _("Lender: %(name)s") % {"name": view.lender.name}
    yield _("Borrower: %(name)s") % {"name": view.borrower.name}
    counted = family_of(resource.family)
    if view.booking.amount > 1 and counted.counts(resource.kind) and not counted.anonymous:
        yield _("Amount: %(amount)s") % {"amount": view.booking.amount}


def _place(view: BookingView) -> str:
    """Return where it stands; of a person nothing, who may be anywhere."""
    site = view.offered.lent.site
    if site is None:
        return ""
    towns = (each.name for each in view.offered.municipalities)
    return ", ".join(part for part in (site.name, site.address, *towns) if part)


def _sequence(view: BookingView) -> int:
    """Return a number that every change of what an event shows raises: Google reads no change without."""
    return sum(each.version - 1 for each in _shown(view))


def changed_at(view: BookingView) -> datetime:
    """Return when anything that its events show was changed last."""
    return max(each.updated_at for each in (*_shown(view), *(taken.claim for taken in view.claims)))


def _shown(view: BookingView) -> Iterator[Booking | Request | Resource | Site | Organisation]:
    lent = view.offered.lent
    yield from (view.booking, view.request, view.lender, view.borrower)
    if not lent.family.anonymous:  # of a person nothing is shown, nor that something of it has changed
        yield lent.resource
    if lent.site is not None:
        yield lent.site
