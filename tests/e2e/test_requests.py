"""A project lead asks for several things, with and without scripts, and reads what became of it."""

import re
from datetime import timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session

from core.time import clock
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.runs.reasons import outcome_reasons
from tests import builders
from tests.e2e.conftest import WIDE, assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


_MONDAY = clock.today() + timedelta(weeks=5, days=-clock.today().weekday())


def fill_times(page: Page) -> None:
    weekly, period = page.get_by_role("group", name="Delbehov 1: Lokal"), page.get_by_role("group", name="Delbehov 2")
    weekly.get_by_role("radio", name="Samma tider varje vecka").check()
    weekly.get_by_label("tisdag").check()
    weekly.get_by_label("torsdag").check()
    times = weekly.get_by_role("group", name="Samma tider varje vecka")
    times.get_by_label("Från klockan").fill("09:00")
    times.get_by_label("Till klockan").fill("16:00")
    times.get_by_label("Första dag").fill(f"{_MONDAY}")
    times.get_by_label("Sista dag").fill(f"{_MONDAY + timedelta(weeks=12)}")
    period = period.get_by_role("group", name="Hela dagar från en första till en sista")
    period.get_by_label("Första dag").fill("2032-03-01")
    period.get_by_label("Sista dag").fill("2032-05-31")


def go_on(page: Page, step: str) -> None:
    page.get_by_role("button", name=f"Nästa: {step}").click()
    expect(page.get_by_role("heading", level=2, name=re.compile(rf"Steg \d av 5: {step}"))).to_be_visible()


def choose_on_the_map(page: Page) -> None:
    """A municipality, then a point in it; and anywhere again, by the list."""
    page.get_by_text("Välj på kartan").first.click()
    expect(page.locator("[data-place][data-drawn]")).to_have_count(1)
    page.locator("[data-place]").first.scroll_into_view_if_needed()  # else focus moves it between press and release
    place, latitude = page.get_by_label("Kommun").first, page.get_by_label("Latitud").first
    page.locator("[data-place]").first.click(position={"x": 330, "y": 200})
    expect(place).not_to_have_value("")
    expect(latitude).to_have_value("")
    page.get_by_label("exakt den punkt").first.check()
    page.locator("[data-place]").first.click(position={"x": 335, "y": 200})
    expect(latitude).to_have_value(re.compile(r"^6\d,\d{4}$"))
    assert_accessible(page)
    for field in (latitude, page.get_by_label("Longitud").first):
        field.fill("")
    place.select_option("")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_project_lead_asks_for_a_room_and_a_lead(server: str, rows: Session, browser: Browser, scripts: bool) -> None:
    builders.skill(rows, "procurement")
    member = builders.member(rows)
    rows.commit()
    context = browser.new_context(locale="sv-SE", viewport=WIDE, java_script_enabled=scripts)
    page = context.new_page()
    signed_in_as(page, server, member)
    is_accessible = partial(assert_accessible, page) if scripts else lambda: None
    page.goto(f"{server}/requests")
    page.get_by_role("link", name="Lokal").click()
    page.get_by_label("Vad ska behovet heta?").fill("Översyn av e-tjänster")
    go_on(page, "Vad")
    page.get_by_label("Hur många personer").fill("8")
    page.get_by_role("button", name="Personal").click()
    expect(page.get_by_role("group", name="Delbehov 2: Personal")).to_be_visible()
    expect(page.get_by_label("Hur många personer")).to_have_value("8")
    page.get_by_role("button", name="Nästa: Var").click()
    expect(page.locator("#error-summary")).to_contain_text("Delbehov 2, Procent av en heltidstjänst")
    is_accessible()
    page.get_by_label("Procent av en heltidstjänst").fill("50")
    page.get_by_label("Kompetens 1", exact=False).first.select_option("procurement")
    go_on(page, "Var")
    if scripts:
        choose_on_the_map(page)
    page.get_by_label("Kommun").first.select_option("2380")
    page.get_by_role("button", name="Använd samma plats för alla behov").click()
    expect(page.get_by_text("Nu gäller platsen för alla behov.")).to_be_visible()
    expect(page.get_by_label("Kommun").nth(1)).to_have_value("2380")
    go_on(page, "När")
    fill_times(page)
    page.get_by_role("button", name="Visa hur många som är lediga varje dag").first.click()
    expect(page.get_by_role("heading", name="Så många erbjudanden är lediga varje dag")).to_be_focused()
    expect(page.get_by_role("table").locator("td")).to_have_count(14)
    page.get_by_role("table").get_by_role("button").nth(1).click()
    first = page.get_by_role("group", name="Samma tider varje vecka").first.get_by_label("Första dag")
    expect(first).to_have_value(f"{_MONDAY + timedelta(days=1)}")
    expect(page.get_by_role("table").get_by_role("button", pressed=True)).to_have_count(4)
    is_accessible()
    go_on(page, "Se över och skicka")
    expect(page.get_by_role("heading", name="Det här passar just nu")).to_be_visible()
    is_accessible()
    page.go_back()
    expect(first).to_have_value(f"{_MONDAY + timedelta(days=1)}")
    go_on(page, "Se över och skicka")
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
    browser_page.goto(f"{server}/requests/new?step=all")
    for name in ("Lokal", "Möbler", "Fordon", "Utrustning", "Personal"):
        browser_page.get_by_role("button", name=name, exact=True).click()
    expect(browser_page.get_by_role("group", name="Delbehov 5: Personal")).to_be_visible()
    for kind in ("En bestämd tid", "Några timmar inom ett tidsspann", "Samma tider varje vecka"):
        browser_page.get_by_role("radio", name=kind).first.check()
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Ta bort delbehov 1").click()
    expect(browser_page.get_by_role("group", name="Delbehov 1: Möbler")).to_be_visible()
