"""How much one calendar shows at most, whatever there is, and that a revoked address is not asked without end."""

from typing import Any

import pytest
from icalendar import Calendar
from litestar.testing import TestClient
from sqlmodel import Session

from api.calendars import calendar
from core.rate_limits import SEARCHES
from core.time.interval import Interval, to_range
from marketplace.calendars import queries
from marketplace.calendars.models import FeedScope
from resources.models import Resource
from tests import builders
from tests.api.calendars.test_fetching import booked, feed, titles


def test_of_too_many_bookings_and_dates_those_that_begin_first_are_shown(
    client: TestClient[Any], rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = builders.member(rows)
    for number in range(3):
        made = booked(rows, asker, f"Bokning {number}")
        made.during = to_range(Interval(builders.at(7 + number, 9), builders.at(20 + number, 11)))
        unit = builders.unit_of(rows, builders.space(rows))
        later = Interval(builders.at(20 + number, 9), builders.at(20 + number, 11))
        builders.claim(rows, unit, later, source="booking", booking_id=made.id)
    address = feed(rows, asker)
    assert len(titles(client.get(address))) == 6
    monkeypatch.setattr(queries, "MOST_BOOKINGS", 2)
    assert set(titles(client.get(address))) == {"Bokning 0", "Bokning 1"}
    monkeypatch.setattr(calendar, "MOST_EVENTS", 3)
    shown = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert [each.decoded("dtstart") for each in shown] == [builders.at(7, 9), builders.at(7, 9), builders.at(20, 9)]


def test_a_unit_s_and_a_site_s_calendar_show_what_belongs_there(client: TestClient[Any], rows: Session) -> None:
    lister = builders.member(rows, department="Lokaler", roles=["lister"])
    home = rows.get_one(type(builders.organisation(rows)), lister.organisation_id)
    here, there = builders.site(rows, home), builders.site(rows, home)
    for site, title, unit in ((here, "Här", "Lokaler"), (there, "Där", None)):
        room: Resource = builders.space(rows, site, department=unit)
        need = builders.need(rows, builders.request(rows, title=title))
        made = builders.booking(rows, need, offer_id=builders.offer(rows, room).id, lender_id=home.id)
        during = Interval(builders.at(7, 9), builders.at(7, 11))
        builders.claim(rows, builders.unit_of(rows, room), during, source="booking", booking_id=made.id)
    assert titles(client.get(feed(rows, lister, FeedScope.DEPARTMENT, department="Lokaler"))) == ["Här"]
    assert titles(client.get(feed(rows, lister, FeedScope.SITE, site_id=there.id))) == ["Där"]


def test_an_address_that_was_revoked_is_not_asked_without_end(
    client: TestClient[Any], rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = builders.member(rows)
    address = feed(rows, asker)
    asker.active = False
    rows.commit()
    monkeypatch.setattr(SEARCHES, "per_minute", lambda: 2)
    SEARCHES.forget()
    assert [client.get(address).status_code for _ in range(3)] == [410, 410, 429]
    SEARCHES.forget()
