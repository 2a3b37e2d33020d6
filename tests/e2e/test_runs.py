"""A coordinator starts a run, sees it live, and reads what came out."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from core.time import clock
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.runs.models import RunState
from marketplace.scenarios import service as scenarios
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


@pytest.fixture
def coordinator(rows):
    """A coordinator, with two who ask for one room and a third who asks for what nobody has."""
    builders.offer(rows, builders.space(rows, name="Stora salen"))
    for title in ("Först", "Sedan"):
        builders.need(rows, builders.request(rows, title=title))
    builders.need(rows, builders.request(rows, title="För många"), requirements={"people": 900})
    member = builders.member(rows, roles=["coordinator"])
    rows.commit()
    return member


def test_a_run_from_the_form_to_its_result(server, rows, coordinator, browser_page):
    signed_in_as(browser_page, server, coordinator)
    browser_page.goto(f"{server}/runs")
    with browser_page.expect_navigation():
        browser_page.get_by_role("link", name="Starta en körning").first.click()
    browser_page.get_by_role("radio", name="Korta vägar: Avståndet").check()
    browser_page.get_by_label("Sekunder tills förslagen finns").fill("0")
    browser_page.get_by_role("button", name="Starta körningen").click()
    expect(browser_page.locator("#error-summary")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.get_by_label("Sekunder tills förslagen finns").fill("5")
    browser_page.get_by_role("button", name="Starta körningen").click()
    expect(browser_page.locator("#progress")).to_contain_text("I kö")
    assert_accessible(browser_page)

    attempts.execute(UUID(browser_page.url.rpartition("/")[2]))
    expect(browser_page.get_by_role("heading", name="Resultat")).to_be_visible()  # the page noticed by itself
    expect(browser_page.get_by_text("Bevisat bäst")).to_be_visible()
    expect(browser_page.get_by_role("cell", name="Stora salen")).to_be_visible()
    run = browser_page.url
    browser_page.goto(f"{run}/map")
    sign = browser_page.get_by_role("link", name="Östersund: 1 av 3 behov tillgodosedda")
    expect(sign).to_have_text("1/3")

    # The board by keyboard alone: at a glance, what is taken when, and what waits.
    browser_page.get_by_role("link", name="I korthet").press("Enter")
    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("i korthet")
    browser_page.goto(f"{server}/timeline")
    browser_page.locator("main summary").first.press("Enter")
    expect(browser_page.locator("main details[open] li").first).to_be_visible()
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="dagar senare").press("Enter")
    expect(browser_page).to_have_url(re.compile("first="))
    browser_page.goto(f"{server}/waiting")
    browser_page.locator("main table a").first.press("Enter")
    expect(browser_page).to_have_url(re.compile("/proposals/"))
    browser_page.goto(run)
    _what_if_the_room_were_closed(server, browser_page)


def _what_if_the_room_were_closed(server, page):
    """Before anything is published: by the keyboard, from the run to who loses, and beside another draft."""
    page.get_by_role("link", name="Pröva en ändring").press("Enter")
    page.get_by_label("Namn").fill("Utan salen")
    page.get_by_label("Namn").press("Enter")
    page.get_by_role("link", name="Erbjudanden för Först").press("Enter")
    expect(page.get_by_text("Det som körningen gav")).to_be_visible()
    page.get_by_role("button", name="Stäng: Stora salen").press("Enter")
    expect(page.get_by_role("cell", name="Förlorar det som det fick", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Ändra vikter").press("Enter")
    page.get_by_role("button", name="Pröva vikterna").press("Enter")
    page.get_by_role("button", name="Räkna ut allt på nytt").press("Enter")
    expect(page.locator("#progress")).to_contain_text("Den börjar")
    scenarios.work_on(UUID(page.url.rpartition("/")[2]))
    expect(page.get_by_text("Allt är avgjort på nytt")).to_be_visible()  # the page noticed by itself
    page.goto(f"{server}/scenarios")
    page.get_by_role("checkbox", name="Jämför: Utan salen").press("Space")
    page.get_by_role("button", name="Jämför de markerade").press("Enter")
    expect(page.get_by_role("heading", name="Utkast sida vid sida")).to_be_visible()
    assert_accessible(page)


def test_progress_is_shown_while_it_runs(server, rows, coordinator, browser_page):
    progress = {"step": "solving", "value": 1200, "bound": 1500, "served": 3, "needs": 9, "seconds": 1.5}
    run = builders.matching_run(rows, state=RunState.RUNNING, started_at=clock.now(), progress=progress)
    rows.commit()
    signed_in_as(browser_page, server, coordinator)
    browser_page.goto(f"{server}/runs/{run.id}")
    expect(browser_page.locator("#progress")).to_contain_text("3 av 9")
    run.progress = progress | {"served": 7}
    rows.add(run)
    rows.commit()
    expect(browser_page.locator("#progress")).to_contain_text("7 av 9")
    browser_page.get_by_role("button", name="Avbryt körningen").click()
    expect(browser_page.locator("#progress")).to_contain_text("Avbruten")
    assert_accessible(browser_page)


def test_a_long_result_and_a_failed_run_are_accessible(server, rows, coordinator, browser_page):
    for _ in range(25):
        builders.need(rows, builders.request(rows), requirements={"people": 500})
    failed = builders.matching_run(rows, state=RunState.FAILED, failure_code="worker_lost")
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    signed_in_as(browser_page, server, coordinator)
    browser_page.goto(f"{server}/runs/{run_id}?show=unserved&page=2")
    expect(browser_page.get_by_role("navigation", name="Sidor")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto(f"{server}/runs/{failed.id}")
    expect(browser_page.get_by_text("Körningen avbröts flera gånger")).to_be_visible()
    assert_accessible(browser_page)


def test_in_a_narrow_list_the_label_stands_over_its_value(server, rows, coordinator, browser_page):
    builders.matching_run(rows, state=RunState.DONE, needs=36, served=29)
    rows.commit()
    browser_page.set_viewport_size({"width": 320, "height": 640})
    signed_in_as(browser_page, server, coordinator)
    browser_page.goto(f"{server}/runs")
    for cell in browser_page.locator("tbody td[data-label]").all():
        shown = cell.evaluate("e => [getComputedStyle(e).display, getComputedStyle(e, '::before').display]")
        assert shown == ["block", "block"]
        assert cell.evaluate("e => getComputedStyle(e).textAlign") == "start"
    tag, box = (browser_page.locator(each).first.bounding_box() for each in ("tbody .pv-state", "tbody tr"))
    assert box["x"] < tag["x"]
    assert tag["x"] + tag["width"] < box["x"] + box["width"]


def test_the_form_has_one_choice_a_line_and_labels_as_wide_as_the_form(server, coordinator, browser_page):
    signed_in_as(browser_page, server, coordinator)
    browser_page.goto(f"{server}/runs/new")
    lefts = {each.bounding_box()["x"] for each in browser_page.get_by_role("radio").all()}
    assert len(lefts) == 1
    field = browser_page.locator(".pv-field--short").first
    assert field.locator("input").bounding_box()["width"] < field.bounding_box()["width"] / 2
