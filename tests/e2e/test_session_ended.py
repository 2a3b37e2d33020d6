"""A session that ends while one writes, and a change of language in the middle of it, lose nothing."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


def test_what_was_typed_stands_there_again(server: str, rows: Session, browser_page: Page) -> None:
    member = builders.member(rows, roles=["requester"])
    rows.commit()
    signed_in_as(browser_page, server, member)
    browser_page.goto(f"{server}/requests/new?family=vehicle")
    browser_page.locator("[name=title]").fill("Bil till mässan")
    browser_page.get_by_role("button", name="English").click()
    expect(browser_page.get_by_role("heading", name="File a request")).to_be_visible()
    expect(browser_page.locator("[name=title]")).to_have_value("Bil till mässan")
    browser_page.get_by_role("button", name="Svenska").click()
    browser_page.locator("[name=purpose]").fill("Visa upp vår verksamhet")
    browser_page.context.clear_cookies(name="platsverket_session")
    browser_page.get_by_role("button", name="Nästa: Vad").click()
    expect(browser_page.locator(".pv-main")).to_contain_text("Du hade blivit utloggad")
    assert_accessible(browser_page)
    browser_page.locator(f"button[name=member][value='{member.id}']").click()
    expect(browser_page.locator("[name=title]")).to_have_value("Bil till mässan")
    expect(browser_page.locator("[name=purpose]")).to_have_value("Visa upp vår verksamhet")
    expect(browser_page.locator(".pv-flash")).to_contain_text("Inget är skickat än")
