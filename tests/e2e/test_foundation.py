"""Start, sign-in, language, accessibility statement: what every visit goes through."""

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.e2e.conftest import NARROW, assert_no_sideways_scroll, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def member(rows):
    home = builders.organisation(rows, name="Länsstyrelsen i Jämtlands län")
    found = builders.member(rows, home, name="Karin Lokalsamordnare")
    builders.member(rows, home, name="Samordnare vid hubben", roles=["coordinator", "lister"])
    builders.member(
        rows, builders.organisation(rows, name="Mittuniversitetet"), name="Projektledare", roles=["requester"]
    )
    rows.commit()
    return found


def test_signing_in_and_out(server, member, browser_page):
    sign_in(browser_page, server, member)
    expect(browser_page.get_by_text("Länsstyrelsen i Jämtlands län")).to_be_visible()
    browser_page.get_by_role("button", name="Logga ut").click()
    expect(browser_page.get_by_role("status")).to_have_text("Du är utloggad.")
    expect(browser_page.get_by_role("banner").get_by_role("link", name="Logga in")).to_be_visible()


def test_choosing_a_language_stays_on_the_page(server, member, browser_page):
    browser_page.goto(f"{server}/accessibility?x=1")
    browser_page.get_by_role("link", name="English").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Accessibility statement")
    expect(browser_page.locator("html")).to_have_attribute("lang", "en")
    assert browser_page.url == f"{server}/accessibility?x=1"
    browser_page.goto(server)
    expect(browser_page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_skips_to_the_content(server, browser_page: Page):
    browser_page.goto(server)
    browser_page.keyboard.press("Tab")
    skip = browser_page.get_by_role("link", name="Hoppa till innehållet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.closest('main') !== null")


def test_it_works_without_scripts(server, member, browser):
    context = browser.new_context(locale="sv-SE", java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    sign_in(page, server, member)
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_text("Du är utloggad.")).to_be_visible()
    context.close()


def test_text_at_twice_the_size_does_not_scroll_sideways(server, member, browser_page):
    sign_in(browser_page, server, member)
    browser_page.set_viewport_size({"width": 640, "height": 900})  # 1280 px at 200 %
    assert_no_sideways_scroll(browser_page)


def test_nothing_is_loaded_from_elsewhere(server, member, browser_page):
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    sign_in(browser_page, server, member)
    assert asked
    assert [url for url in asked if not url.startswith((server, "data:"))] == []


def test_who_has_to_sign_in_comes_back_to_the_page_asked_for(server, member, browser_page):
    browser_page.goto(f"{server}/bookings")
    browser_page.get_by_role("button", name="Karin").click()
    expect(browser_page).to_have_url(f"{server}/bookings")


def test_the_start_page_tells_what_is_waiting(server, rows, member, browser_page):
    builders.request(rows, member, title="Rum för åtta")
    rows.commit()
    sign_in(browser_page, server, member)
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Det här väntar på dig")
    expect(browser_page.get_by_role("link", name="Rum för åtta")).to_be_visible()
