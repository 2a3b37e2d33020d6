"""What is agreed goes out as papers and to a system of one's own; one's own calendar comes in. By keyboard.

A building goes out as offers, and one says what is to come by mail.
"""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader
from sqlmodel import Session, select

from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.papers.jobs import make_paper
from marketplace.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import builders
from tests.e2e.conftest import WIDE
from tests.e2e.journeys.hands import WAYS, User, Way, user
from tests.marketplace.proposals.deals import accept, deal

pytestmark = pytest.mark.browser
WAY = Way("sv", WIDE, keyboard=True)


def test_what_is_agreed_is_on_paper_told_to_a_system_and_kept_free_of_what_else_is_booked(
    server: str, rows: Session, browser: Browser, tmp_path: Path
) -> None:
    room = builders.space(rows, name="Storsjön")
    found = deal(rows, builders.offer(rows, room))
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    lister = rows.get_one(Member, found.lister.member_id)
    admin = builders.member(rows, builders.home_of(rows, found.offers[0]), roles=["admin"])
    rows.commit()
    with user(browser, server, WAY) as one:
        one.be(lister)
        draw_up_the_agreement(one, f"/bookings/{booking.id}", tmp_path)
        cancel_and_read_the_addendum(one, f"/bookings/{booking.id}")
        connect_the_calendar_of(one, room.id)
        one.be(admin)
        have_a_system_told(one, rows)


@pytest.mark.parametrize("way", WAYS[:2], ids=str)
def test_a_building_is_emptied_and_one_says_what_comes_by_mail(
    server: str, rows: Session, browser: Browser, way: Way
) -> None:
    lister = builders.member(rows, roles=["lister"])
    house = builders.site(rows, rows.get_one(Organisation, lister.organisation_id), name="Huset")
    builders.furniture(rows, house, name="Stolar")
    builders.space(rows, house, name="Salen")
    rows.commit()
    with user(browser, server, way) as one:
        one.be(lister)
        choose_what_comes_by_mail(one)
        empty_the_house(one, rows)


def choose_what_comes_by_mail(one: User) -> None:
    """What was chosen stands there again."""
    one.go("/notices")
    one.press(one.link("Notices by mail"))
    one.tick("outcomes", "never")
    one.is_accessible()
    one.press(one.button("Save"))
    one.sees_told("Your choice is saved. It holds for what happens from now on.")
    one.go("/notices/mail-choices")
    expect(one.page.locator("main input[name='outcomes'][value='never']")).to_be_checked()


def empty_the_house(one: User, rows: Session) -> None:
    """Nothing is offered before it was looked through; and then all of it, until that is undone."""
    one.go("/offers")
    one.press(one.link("Empty a building"))
    one.press(one.link("Huset"))
    one.choose("visibility", "region")
    one.press(one.button("Look it through"))
    one.sees("What would be done")
    one.is_accessible()
    assert offers_of(rows) == []
    one.press(one.page.locator("button[name='do'][value='open']"))
    expect(one.button("Undo")).to_be_visible()
    one.is_accessible()
    assert offers_of(rows) == [OfferState.OPEN] * 2
    one.press(one.button("Undo"))
    one.sees_told("It is undone: nothing of it is offered.")
    assert offers_of(rows) == [OfferState.CLOSED] * 2


def offers_of(rows: Session) -> list[OfferState]:
    """Return what has become of all that is offered."""
    rows.rollback()
    return list(rows.exec(select(Offer.state)))


def draw_up_the_agreement(one: User, booking: str, folder: Path) -> None:
    """It is made in a moment, and downloaded."""
    one.go(booking)
    one.unfold("Draw up the agreement")
    one.press(one.button("Draw up the agreement"))
    one.sees("It is made in a moment.")
    one.is_accessible()
    make_paper(one.page.url.rpartition("/")[2])
    one.press(one.link("See whether it is made"))
    one.is_accessible()
    with one.page.expect_download() as sent:
        one.press(one.link("Download it (PDF)"))
    sent.value.save_as(folder / "agreement.pdf")
    assert "Storsjön" in PdfReader(folder / "agreement.pdf").pages[0].extract_text()


def cancel_and_read_the_addendum(one: User, booking: str) -> None:
    """Whoever cancels finds that there is an addendum, and what it says."""
    one.go(booking)
    one.press(one.page.locator("summary", has_text=one.label("cancelled", "use_move")))
    one.choose("code", "no_longer_available")
    one.press(one.page.locator("#cancellation-form button"))
    one.sees_told("The booking is cancelled. What was needed is open again.")
    one.is_accessible()
    one.press(one.page.get_by_role("link", name=one.words("addendum %(n)s", n=1)))
    make_paper(one.page.url.rpartition("/")[2])
    one.page.reload()
    expect(one.link("Download it (PDF)")).to_be_visible()


def connect_the_calendar_of(one: User, room_id: UUID) -> None:
    """A wrong address is refused in words; of what is connected neither address nor password is shown."""
    one.go("/busy-calendars")
    one.is_accessible()
    one.choose("resourceId", str(room_id))
    one.tick("kind", "caldav")
    one.write("address", "https://192.168.1.1/rum")
    one.press(one.button("Add the calendar"))
    expect(one.page.locator("#error-summary")).to_be_visible()
    one.is_accessible()
    one.write("address", "https://kalender.example.se/hemlig")
    one.write("user", "drift")
    one.write("password", "losenordet")
    one.press(one.button("Add the calendar"))
    one.sees_told("The calendar is read within a minute.")
    one.is_accessible()
    assert not [each for each in ("hemlig", "losenordet") if each in one.page.content()]
    one.press(one.button("Read it now: %(name)s", name="Storsjön"))
    one.sees_told("The calendar is read within a minute.")
    one.press(one.button("Remove: %(name)s", name="Storsjön"))
    one.sees_told("The calendar is not read any more, and keeps nothing free for you.")


def have_a_system_told(one: User, rows: Session) -> None:
    """The secret is shown once; what the system did not take is sent again; it is told no more."""
    one.go("/members")
    one.press(one.link("Webhooks"))
    one.is_accessible()
    one.write("address", "https://system.example.se/in")
    one.tick("kinds", "agreed")
    one.press(one.button("Add the webhook"))
    one.sees("The webhook to %(host)s has a secret", host="system.example.se")
    one.is_accessible()
    _not_taken(rows)
    one.press(one.page.get_by_role("link", name="system.example.se"))
    one.is_accessible()
    one.press(one.page.locator("main table button"))
    one.sees_told("It is sent again within a minute.")
    one.press(one.link("All webhooks"))
    one.press(one.button("Remove: %(name)s", name="system.example.se"))
    one.sees_told("The webhook is removed.")


def _not_taken(rows: Session) -> None:
    endpoint = rows.scalars(select(WebhookEndpoint)).one()
    told = rows.scalars(select(Notice).where(Notice.organisation_id == endpoint.organisation_id)).first()
    assert told is not None
    builders.added(rows, WebhookDelivery(endpoint_id=endpoint.id, notice_id=told.id, failed_at=builders.at(0)))
    rows.commit()
