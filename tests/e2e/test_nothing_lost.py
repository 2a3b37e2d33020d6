"""What was done by mistake is undone, and what is not ready saved as a draft: in a browser, by mouse and keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from api.http.request_context import LANGUAGE_COOKIE
from marketplace.organisations.models import Organisation
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


def test_a_draft_is_saved_listed_gone_on_with_and_discarded(server: str, rows: Session, browser_page: Page) -> None:
    page, member = browser_page, builders.member(rows)
    rows.commit()
    signed_in_as(page, server, member)
    page.goto(f"{server}/requests/new?family=space&step=all")
    page.locator("[name=title]").fill("Lokal till våren")
    page.get_by_role("button", name="Spara som utkast").click()
    expect(page.get_by_role("heading", name="Utkast som inte är skickade än")).to_be_visible()
    page.locator("summary", has_text="saker").click()
    expect(page.get_by_role("table")).to_contain_text("Hur många personer")
    assert_accessible(page)
    page.get_by_role("link", name="Lokal till våren").click()
    expect(page.locator("[name=title]")).to_have_value("Lokal till våren")
    page.locator("[name='needs.0.title']").fill("Sal för trettio")
    page.get_by_role("button", name="Ta bort delbehov 1").click()
    expect(page.get_by_text("Delbehovet är borttaget.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Lägg tillbaka det").click()
    expect(page.locator("[name='needs.0.title']")).to_have_value("Sal för trettio")
    page.get_by_role("button", name="Spara som utkast").click()
    page.get_by_role("button", name="Ta bort utkastet: Lokal till våren").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Utkastet är borttaget.")
    assert_accessible(page)
    page.get_by_role("link", name="Ångra: öppna det igen").click()
    expect(page.locator("[name='needs.0.title']")).to_have_value("Sal för trettio")


def test_an_organisation_leaves_and_returns_by_keyboard_in_english(
    server: str, rows: Session, browser_page: Page
) -> None:
    page, booking = browser_page, builders.booking(rows, builders.need(rows, builders.request(rows)))
    leaving = rows.get_one(Organisation, booking.lender_id)
    borrower = rows.get_one(Organisation, booking.borrower_id)
    coordinator = builders.member(rows, roles=["coordinator"])
    rows.commit()
    signed_in_as(page, server, coordinator)
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": server}])
    page.goto(f"{server}/organisations/{leaving.id}/leaving")
    expect(page.get_by_role("row", name=borrower.name)).to_have_text(re.compile(r"\s1\s+0\s*$"))
    expect(page.get_by_role("link", name=leaving.name)).to_be_visible()
    for button, told in (("leave", "takes no part any longer"), ("Let it return", "takes part again")):
        page.get_by_role("button", name=button).press("Enter")
        expect(page.locator(".ds-error-summary")).to_be_focused()
        assert_accessible(page)
        page.get_by_label("Why").focus()
        page.keyboard.type("The agreement")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"{leaving.name} {told}")
        assert_accessible(page)
