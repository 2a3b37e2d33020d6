"""What was done by mistake is undone, and what is not ready saved as a draft: in a browser, by mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from marketplace.organisations.models import Organisation
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


def test_a_closing_and_a_withdrawal_are_undone_by_keyboard(server: str, rows: Session, browser_page: Page) -> None:
    page, member = browser_page, builders.member(rows)
    home = rows.get_one(Organisation, member.organisation_id)
    offer = builders.offer(rows, builders.space(rows, builders.site(rows, home), name="Storsjön"))
    request = builders.request(rows, member, title="Lokal till våren")
    builders.need(rows, request)
    rows.commit()
    signed_in_as(page, server, member)
    for path, button, told in (
        (f"/offers/{offer.id}", "Avsluta erbjudandet", "Erbjudandet är avslutat."),
        (f"/requests/{request.id}", "Dra tillbaka behovet", "Behovet är tillbakadraget."),
    ):
        page.goto(server + path)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_contain_text(f"{told} Du kan ångra fram till")
        assert_accessible(page)
        page.get_by_role("button", name="Ångra").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Nu är det ångrat.")
        expect(page.get_by_role("button", name="Ångra")).to_have_count(0)


def test_a_draft_is_saved_listed_gone_on_with_and_discarded(server: str, rows: Session, browser_page: Page) -> None:
    page, member = browser_page, builders.member(rows)
    rows.commit()
    signed_in_as(page, server, member)
    page.goto(f"{server}/requests/new?family=space")
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
