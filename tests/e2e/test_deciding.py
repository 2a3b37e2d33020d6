"""The coordinator reviews and approves, both sides accept, the lender hands over: in a browser, page by page."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from core.actor import Actor
from marketplace.bookings.models import Booking
from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as
from tests.marketplace.proposals.deals import Deal, begin, deal
from tests.marketplace.proposals.test_swapping import alternative

pytestmark = pytest.mark.browser


@pytest.fixture
def found(rows: Session) -> Deal:
    """A suggested bundle of a room and chairs, with reasons and an alternative."""
    place = builders.site(rows, name="Regionens hus", address="Kyrkgatan 12")
    room = builders.offer(rows, builders.space(rows, place, name="Storsjön"), price_basis="hour", price_sek=100)
    chairs = builders.offer(rows, builders.furniture(rows, place, name="Kontorsstol"))
    other = builders.offer(rows, builders.space(rows, name="Gula rummet"))
    reasons = {
        "terms": {"fit": -1500, "distance": -750, "wishes": 3000, "give_and_take": 200},
        "distanceM": 4700.0,
        "missing": [{"date": "2027-01-12", "code": "taken"}],
        "alternatives": [alternative(rows, other)],
    }
    made = deal(rows, room, chairs, approved=False, reasons=reasons)
    rows.commit()
    return made


def be(page: Page, server: str, rows: Session, actor: Actor) -> None:
    signed_in_as(page, server, rows.get_one(Member, actor.member_id))


def test_from_review_to_hand_over(server: str, rows: Session, found: Deal, browser_page: Page) -> None:
    page, title = browser_page, found.request.title
    be(page, server, rows, found.coordinator)
    page.goto(f"{server}/proposals")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_text("Avböj", exact=True).click()
    assert_accessible(page)
    page.get_by_role("button", name="Lås inför senare matchningar").click()
    expect(page.get_by_role("status")).to_contain_text("låst")
    page.get_by_role("button", name="Godkänn och fråga parterna").click()
    expect(page.get_by_role("status").first).to_contain_text("Parterna har fått frågan")
    expect(page.get_by_role("heading", name="Vad som har hänt")).to_be_visible()

    be(page, server, rows, found.lister)
    page.goto(f"{server}/notices")
    page.get_by_role("button", name="Läs och öppna").click()
    page.get_by_role("button", name="Acceptera för din organisation").click()
    expect(page.get_by_text("Din organisation har accepterat.")).to_be_visible()

    be(page, server, rows, found.requester)
    page.goto(f"{server}/proposals/{found.proposal.id}")
    expect(page.get_by_role("region", name="Vad det kostar")).to_contain_text("200")
    page.get_by_role("button", name="Acceptera för din organisation").click()
    expect(page.get_by_role("status")).to_contain_text("2 bokningar")
    assert_accessible(page)

    for booking in rows.scalars(select(Booking)):
        begin(rows, booking)
    rows.commit()
    be(page, server, rows, found.lister)
    page.goto(f"{server}/bookings?part=lender")
    with page.expect_navigation():
        page.get_by_role("link", name="Storsjön").click()
    page.locator("summary", has_text="Notera att det har börjat").click()
    expect(page.get_by_text("Efter det går bokningen inte att avboka.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Notera att det har börjat").click()
    expect(page.get_by_role("status")).to_contain_text("Det är noterat")
