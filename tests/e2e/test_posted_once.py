"""A double click, and going back and sending again, file one thing."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, func, select

from marketplace.offers.models import Offer
from marketplace.requests.models import Request
from tests import builders
from tests.e2e.conftest import signed_in_as

pytestmark = pytest.mark.browser


def fill_request(page: Page, server: str) -> str:
    page.goto(f"{server}/requests/new?family=vehicle&step=all")
    page.locator("[name=title]").fill("Bil till mässan")
    page.locator("[name='needs.0.requirements.seats']").fill("4")
    page.locator("[name='needs.0.timing.type'][value=period]").check()
    page.locator("[name='needs.0.timing.period.first']").fill("2035-03-01")
    page.locator("[name='needs.0.timing.period.last']").fill("2035-03-02")
    return "Registrera behovet"


def fill_offer(page: Page, server: str) -> str:
    page.goto(f"{server}/offers/new/furniture")
    page.locator("[name=name]").fill("Sex stolar")
    page.locator("[name=kind]").select_option("chair")
    page.locator("[name=count]").fill("6")
    page.locator("[name=siteName]").fill("Förrådet")
    page.locator("[name=municipalityCode]").select_option("2380")
    return "Publicera erbjudandet"


@pytest.mark.parametrize("pause_ms", [0, 60])
@pytest.mark.parametrize(("fill", "table"), [(fill_request, Request), (fill_offer, Offer)])
def test_a_double_click_posts_once_and_so_does_going_back(
    server: str, rows: Session, browser_page: Page, fill, table, pause_ms: int
) -> None:
    member = builders.member(rows, roles=["requester", "lister"])
    rows.commit()
    signed_in_as(browser_page, server, member)
    button = fill(browser_page, server)
    form_address = browser_page.url
    box = browser_page.get_by_role("button", name=button)
    if pause_ms:
        box.dblclick(delay=pause_ms, no_wait_after=True)
    else:
        box.evaluate("button => { button.click(); button.click() }")
    expect(browser_page.locator(".pv-flash")).to_be_visible()
    made = browser_page.url
    assert rows.scalar(select(func.count()).select_from(table)) == 1
    browser_page.go_back()
    assert browser_page.url == form_address
    browser_page.get_by_role("button", name=button).click()
    expect(browser_page.locator(".pv-flash")).to_be_visible()
    assert browser_page.url == made
    rows.rollback()
    assert rows.scalar(select(func.count()).select_from(table)) == 1
