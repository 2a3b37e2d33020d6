"""A lister posts one of each family, with and without scripts, and finds it again."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session

from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.e2e.conftest import NARROW, WIDE, assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


@pytest.fixture
def lister(rows: Session) -> Member:
    builders.skill(rows, "procurement")
    home = builders.organisation(rows)
    builders.site(rows, home, name="Samverket Östersund")
    member = builders.member(rows, home, roles=["lister"])
    rows.commit()
    return member


def fill_space(page: Page) -> None:
    page.get_by_label("Vad är det?").select_option("meeting_room")
    page.locator("#f-seats").fill("8")


def fill_furniture(page: Page) -> None:
    page.get_by_label("Vad är det?").select_option("chair")
    page.get_by_label("Hur många").fill("40")


def fill_vehicle(page: Page) -> None:
    page.get_by_label("Vad är det?").select_option("car")
    page.locator("#f-seats").fill("5")
    page.locator("#f-fuel").select_option("electric")


def fill_staff(page: Page) -> None:
    page.get_by_label("Omfattning, procent av heltid").fill("50")
    page.locator("[id='f-skills.0.code']").select_option("procurement")
    page.get_by_label("Kommuner där arbete på plats går bra").fill("Östersund")


def fill_equipment(page: Page) -> None:
    page.get_by_label("Vad är det?").select_option("field")
    page.get_by_label("Hur många").fill("4")
    page.get_by_label("Kalibrerad till").fill("2030-06-30")
    page.get_by_label("Tillbehör som följer med").fill("stativ, väska")
    page.get_by_label("Kan flyttas dit den ska användas").check()


FAMILIES = {
    "Lokal": fill_space,
    "Möbler": fill_furniture,
    "Fordon": fill_vehicle,
    "Utrustning": fill_equipment,
    "Personal": fill_staff,
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_of_each_family_is_posted(
    server: str, rows: Session, lister: Member, browser: Browser, scripts: bool
) -> None:
    home = rows.get_one(Organisation, lister.organisation_id)
    hr = [builders.member(rows, home, roles=["hr"]) for _ in range(2)]  # no one of them notes all three
    rows.commit()
    context = browser.new_context(locale="sv-SE", viewport=WIDE, java_script_enabled=scripts)
    page = context.new_page()
    signed_in_as(page, server, lister)
    posted = FAMILIES if scripts else {"Möbler": fill_furniture, "Personal": fill_staff}
    for family, fill in posted.items():
        page.goto(f"{server}/offers")
        page.get_by_role("navigation", name="Erbjud något").get_by_role("link", name=family).click()
        page.get_by_role("button", name="Publicera erbjudandet").click()
        expect(page.locator("#error-summary")).to_contain_text("Fyll i vad det heter")
        if scripts:
            assert_accessible(page)
        page.get_by_label("Vad heter det?").fill(f"Provet {family}")
        fill(page)
        page.get_by_role("button", name="Publicera erbjudandet").click()
        expect(page).to_have_url(re.compile(r"/offers/[0-9a-f-]{36}$"))
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Provet {family}")
    expect(page.get_by_role("button", name="Anteckna ett ja")).to_have_count(0)
    card = page.url
    for note, each in enumerate([hr[0], hr[0], hr[1]]):
        signed_in_as(page, server, each)
        page.goto(card)
        page.locator("#f-evidence").fill("Blankett 2027-01-12, dnr 12/2027")
        if scripts and not note:
            assert_accessible(page)
        page.get_by_role("button", name="Anteckna ett ja").click()
        expect(page.get_by_role("cell", name=("Har sagt ja", "Har godkänt", "Har beslutat")[note])).to_have_count(1)
    signed_in_as(page, server, lister)
    page.goto(f"{server}/offers?mine=yes")
    expect(page.get_by_role("table").get_by_role("link")).to_have_count(len(posted))
    context.close()


def test_a_list_is_narrowed_and_shown_on_a_map_on_a_narrow_screen(
    server: str, rows: Session, lister: Member, browser: Browser
) -> None:
    home = rows.get_one(Organisation, lister.organisation_id)
    for name in ("Storsjön", "Lillsjön"):
        builders.offer(rows, builders.space(rows, builders.site(rows, home), name=name))
    rows.commit()
    context = browser.new_context(locale="sv-SE", viewport=NARROW)
    page = context.new_page()
    signed_in_as(page, server, lister)
    page.goto(f"{server}/offers")
    page.locator("summary", has_text="Begränsa listan").click()
    page.get_by_role("navigation", name="Begränsa listan").get_by_role("link", name="Jämtlands län").click()
    expect(page.get_by_role("link", name="Ta bort: Jämtlands län")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Visa på karta").click()
    expect(page.locator("[data-drawn] path.of-shape--4")).to_have_count(1)
    page.get_by_role("link", name="Östersund: 2 erbjudanden").focus()
    expect(page.locator("tr.of-marked")).to_contain_text("Östersund")
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/offers\?municipality=2380$"))
    context.close()
