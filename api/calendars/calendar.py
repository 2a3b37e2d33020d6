"""A whole calendar of bookings, as it is fetched or downloaded."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar

from api.calendars.events import event_of, is_shown
from api.calendars.timezone import STOCKHOLM
from api.language import i18n
from marketplace.bookings.dates import occurrences
from marketplace.bookings.queries import BookingView

MEDIA_TYPE = "text/calendar"
REFRESHED_EVERY = timedelta(hours=1)
BACK = timedelta(days=90)
"""How long what is over stands in a calendar of activities."""
MOST_EVENTS = 2000
"""Of more dates the last are left out."""
_PRODUCT = "-//Platsverket//Calendars//{}"


def begun() -> Calendar:
    """Return a calendar in the reader's language with nothing in it yet."""
    made = Calendar()
    made.add("prodid", _PRODUCT.format(i18n.language().upper()))
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    return made


def subscribed(made: Calendar, name: str) -> None:
    """Let a calendar say what it is called, and that it is fetched again and again."""
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", str(STOCKHOLM["tzid"]))
    made.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")


def calendar_of(views: Iterable[BookingView], *, name: str = "", now: datetime | None = None) -> bytes:
    """Return bookings as a calendar in the reader's language; with a `name` as one that is fetched again and again.

    `now`: with the dates that such a one shows then alone. It has no METHOD: it is what stands, and invites nobody.
    """
    made = begun()
    if name:
        subscribed(made, name)
    made.add_component(STOCKHOLM)
    dates = [
        (each, view)
        for view in views
        for each in occurrences(taken.claim for taken in view.claims)
        if now is None or is_shown(each, now)
    ]
    for when, view in sorted(dates, key=lambda pair: (pair[0].start, pair[1].booking.id))[:MOST_EVENTS]:
        made.add_component(event_of(view, when))
    body: bytes = made.to_ical()
    return body
