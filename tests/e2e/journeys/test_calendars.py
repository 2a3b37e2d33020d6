"""Subscribing to a calendar: made, given to a program, read by that without signing in, and revoked."""

import pytest
from playwright.sync_api import Browser
from sqlmodel import Session

from tests import builders
from tests.e2e.journeys.hands import Way, in_every_way, user

pytestmark = pytest.mark.browser


@in_every_way
def test_a_member_subscribes_to_a_feed_and_revokes_it(server: str, rows: Session, browser: Browser, way: Way) -> None:
    member = builders.member(rows)
    rows.commit()
    with user(browser, server, way) as one:
        one.be(member)
        one.go("/my-calendars")
        one.is_accessible()
        one.write("name", "Outlook")
        one.choose("shows", "organisation")
        one.press(one.button("Make the calendar"))
        one.sees("The calendar “%(name)s” has an address", name="Outlook")
        one.is_accessible()
        if way.scripts:
            one.press(one.button("Copy"))
            one.sees("It is copied.")
        address = one.page.locator("#calendar-address").input_value()
        with browser.new_context() as program:
            path = f"{server}/calendars/{address.rpartition('/')[2]}"
            assert "BEGIN:VCALENDAR" in program.request.get(path).text()
            one.press(one.button("Revoke: %(name)s", name="Outlook"))
            one.sees_told("The calendar is revoked. Nothing is read by its address any more.")
            assert program.request.get(path).status == 410
