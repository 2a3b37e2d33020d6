"""A project lead asks for several things, with and without scripts, and reads what became of it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session

from core.time import clock
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.runs.reasons import outcome_reasons
from tests import builders
from tests.e2e.conftest import WIDE, assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


def fill_space(page: Page) -> None:
    page.get_by_label("Vad ska behovet heta?").fill("Översyn av e-tjänster")
    page.get_by_label("Hur många personer").fill("8")
    page.get_by_role("radio", name="Samma tider varje vecka").check()
    page.get_by_label("tisdag").check()
    page.get_by_label("torsdag").check()
    weekly = page.get_by_role("group", name="Samma tider varje vecka")
    weekly.get_by_label("Från klockan").fill("09:00")
    weekly.get_by_label("Till klockan").fill("16:00")
    weekly.get_by_label("Första dag").fill("2032-03-01")
    weekly.get_by_label("Sista dag").fill("2032-05-31")


def fill_staff(page: Page) -> None:
    page.get_by_label("Procent av en heltidstjänst").fill("50")
    page.get_by_label("Kompetens 1", exact=False).first.select_option("procurement")
    period = page.get_by_role("group", name="Hela dagar från en första till en sista").last
    period.get_by_label("Första dag").fill("2032-03-01")
    period.get_by_label("Sista dag").fill("2032-05-31")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_project_lead_asks_for_a_room_and_a_lead(server: str, rows: Session, browser: Browser, scripts: bool) -> None:
    builders.skill(rows, "procurement")
    member = builders.member(rows)
    rows.commit()
    context = browser.new_context(locale="sv-SE", viewport=WIDE, java_script_enabled=scripts)
    page = context.new_page()
    signed_in_as(page, server, member)
    page.goto(f"{server}/requests")
    page.get_by_role("link", name="Lokal").click()
    fill_space(page)
    page.get_by_role("button", name="Personal").click()
    expect(page.get_by_role("group", name="Delbehov 2: Personal")).to_be_visible()
    expect(page.get_by_label("Hur många personer")).to_have_value("8")
    page.get_by_role("button", name="Registrera behovet").click()
    summary = page.locator("#error-summary")
    expect(summary).to_contain_text("Delbehov 2, Procent av en heltidstjänst")
    if scripts:
        assert_accessible(page)
    fill_staff(page)
    page.get_by_role("button", name="Visa hur många som är lediga varje dag").first.click()
    expect(page.get_by_role("heading", name="Så många erbjudanden är lediga varje dag")).to_be_focused()
    expect(page.get_by_role("table").locator("td")).to_have_count(14)
    expect(page.get_by_label("Hur många personer")).to_have_value("8")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Se vad som passar nu").click()
    expect(page.get_by_role("heading", name="Det här passar just nu")).to_be_focused()
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Registrera behovet").click()
    expect(page).to_have_url(re.compile(r"/requests/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Översyn av e-tjänster")
    expect(page.get_by_text("tisdag, torsdag 09:00–16:00")).to_be_visible()
    page.goto(f"{server}/requests")
    expect(page.get_by_role("link", name="Översyn av e-tjänster")).to_be_visible()
    context.close()


def test_every_kind_of_need_and_an_outcome_are_accessible(server: str, rows: Session, browser_page: Page) -> None:
    member = builders.member(rows)
    request = builders.request(rows, member)
    need = builders.need(rows, request)
    run = builders.matching_run(rows, state=RunState.DONE, finished_at=clock.now())
    reasons = {
        "steps": [{"step": "kind", "left": 14, "seen": 14}, {"step": "place", "left": 0, "seen": 0}],
        "emptiedBy": "place",
        "changes": [{"code": "distance", "fartherKm": 12, "distanceKm": 22}],
    }
    values = {"served": False, "code": "no_option", "reasons": outcome_reasons(reasons)}
    builders.added(rows, NeedOutcome(run_id=run.id, need_id=need.id, **values))
    rows.commit()
    signed_in_as(browser_page, server, member)
    browser_page.goto(f"{server}/requests/{request.id}")
    browser_page.get_by_text("Hur många erbjudanden som fanns kvar").click()
    expect(browser_page.get_by_text("12 km längre bort")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto(f"{server}/requests/new")
    for name in ("Lokal", "Möbler", "Fordon", "Utrustning", "Personal"):
        browser_page.get_by_role("button", name=name, exact=True).click()
    expect(browser_page.get_by_role("group", name="Delbehov 5: Personal")).to_be_visible()
    for kind in ("En bestämd tid", "Några timmar inom ett tidsspann", "Samma tider varje vecka"):
        browser_page.get_by_role("radio", name=kind).first.check()
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Ta bort delbehov 1").click()
    expect(browser_page.get_by_role("group", name="Delbehov 1: Möbler")).to_be_visible()
