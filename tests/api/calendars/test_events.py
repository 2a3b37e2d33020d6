"""Bookings as iCalendar: held against a file that was written by hand from RFC 5545, over both changes of the clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlmodel import Session

from api.calendars import events
from api.calendars.calendar import calendar_of
from api.calendars.timezone import STOCKHOLM
from api.language.i18n import speaking
from core.time import clock
from core.time.interval import Interval
from marketplace.bookings.queries import BookingView, booking_view
from marketplace.calendars.rules import CANCELLED_FOR
from marketplace.organisations.queries import actor_for
from tests import builders

GOLDEN = Path(__file__).with_name("series.ics")
MADE = datetime(2026, 10, 1, 8, tzinfo=UTC)
KEY = UUID("01980000-0000-7000-8000-000000000001")


def local(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=clock.STOCKHOLM)


@pytest.fixture
def view(session: Session, monkeypatch: pytest.MonkeyPatch) -> BookingView:
    """A room for two hours on three days, one of them cancelled, and for the day on which clocks go back."""
    monkeypatch.setattr(events, "settings", lambda: SimpleNamespace(address="https://plats.example.se"))
    with clock.frozen(MADE):
        asker = builders.member(session, builders.organisation(session, name="Länsstyrelsen"))
        home = builders.organisation(session, name="Regionen")
        site = builders.site(session, home, name="Huset", address="Kyrkgatan 12", version=2)
        room = builders.space(session, site, name="Storsjön, rum 2")
        need = builders.need(session, builders.request(session, asker, title="Översyn; e-tjänster"), title="Projektrum")
        its = {"offer_id": builders.offer(session, room).id, "lender_id": home.id, "version": 2}
        booking = builders.booking(session, need, id=KEY, **its)
        unit = builders.unit_of(session, room)
        for start, end in (
            (local(10, 30, 9), local(10, 30, 11)),
            (local(10, 23, 9), local(10, 23, 11)),
            (local(10, 25), local(10, 26)),
        ):
            builders.claim(session, unit, Interval(start, end), source="booking", booking_id=booking.id)
        spring = Interval(local(3, 29, 9, 2027), local(3, 29, 11, 2027))
        builders.claim(session, unit, spring, source="booking", booking_id=booking.id, released_at=MADE)
        actor = actor_for(session, asker.id)
        assert actor is not None
        return booking_view(session, actor, booking.id)


def test_a_series_over_both_changes_of_the_clock_is_as_it_was_written_by_hand(view: BookingView) -> None:
    body = calendar_of([view], name="Bokningar", now=MADE)
    assert body.replace(b"\r\n ", b"").decode().splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()
    lines = body.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    starts = [each.decoded("dtstart") for each in Calendar.from_ical(body).walk("VEVENT")]
    # 09:00 is 07:00 UTC in summer, 08:00 in winter; clocks go forward on 28 March 2027.
    assert [each.astimezone(UTC).hour for each in starts if isinstance(each, datetime)] == [7, 8, 7]


def test_a_cancelled_date_is_shown_for_a_month_and_no_longer_and_english_is_english(view: BookingView) -> None:
    with speaking("en"):
        told = calendar_of([view], name="Bookings", now=MADE + CANCELLED_FOR).decode()
        later = calendar_of([view], name="Bookings", now=MADE + CANCELLED_FOR + timedelta(days=1)).decode()
    assert "SUMMARY:Cancelled: Storsjön" in told
    assert "CANCELLED" not in later


def test_the_rules_of_the_clock_are_those_of_sweden() -> None:
    rules = STOCKHOLM.to_tz(lookup_tzid=False)  # what is written in them, not what the machine knows of their name
    for year in range(2025, 2031):
        for month in (3, 10):
            for hour in range(24 * 31):
                here = (datetime(year, month, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(clock.STOCKHOLM)
                assert here.replace(tzinfo=rules).utcoffset() == here.utcoffset(), here
