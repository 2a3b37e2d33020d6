"""The main job in a browser, in Swedish: list, ask, match, decide, accept on both sides, and there is a booking."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as

pytestmark = pytest.mark.browser


@pytest.fixture
def worker(rows: Session, tmp_path: Path) -> Iterator[None]:
    """A real Celery worker on the test database."""
    environment = {**os.environ, "PLATSVERKET_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "api.cli.main", "worker"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    yield
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def post_a_room(page: Page, server: str) -> None:
    page.goto(f"{server}/offers/new/space")
    page.locator("[name=name]").fill("Stora Sjöfallet")
    page.locator("[name=kind]").select_option("meeting_room")
    page.get_by_role("button", name="Publicera erbjudandet").click()
    expect(page.locator("#error-summary")).to_be_visible()  # the seats are missing, and what was typed is kept
    expect(page.locator("[name=name]")).to_have_value("Stora Sjöfallet")
    page.locator("[name=seats]").fill("10")
    page.locator("[name=siteName]").fill("Regionens hus")
    page.locator("[name=municipalityCode]").select_option(label="Östersund")
    page.locator("[name='openingHours.workingDays']").fill("08:00-17:00")
    page.get_by_role("button", name="Publicera erbjudandet").click()
    expect(page).to_have_url(re.compile(r"/offers/[0-9a-f-]{36}$"))


def ask_for_a_room(page: Page, server: str) -> None:
    page.goto(f"{server}/requests")
    page.get_by_role("link", name="Lokal").click()
    page.get_by_label("Vad ska behovet heta?").fill("Styrgrupp för e-arkivet")
    page.get_by_role("button", name="Nästa: Vad").click()
    page.get_by_label("Hur många personer").fill("8")
    for step in ("Var", "När"):
        page.get_by_role("button", name=f"Nästa: {step}").click()
    page.get_by_role("radio", name="En bestämd tid").check()
    monday = builders.at(14 - builders.at(0).weekday())
    for end, hour in (("start", "09:00"), ("end", "11:00")):
        page.locator(f"[name$='fixed.{end}']").fill(f"{monday:%Y-%m-%d}")
        page.locator(f"[name$='fixed.{end}Time']").fill(hour)
    page.get_by_role("button", name="Nästa: Se över och skicka").click()
    page.get_by_role("button", name="Registrera behovet").click()
    expect(page).to_have_url(re.compile(r"/requests/[0-9a-f-]{36}$"))


def match_and_approve(page: Page, server: str) -> str:
    page.goto(f"{server}/runs/new")
    page.get_by_role("button", name="Starta körningen").click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}$"))
    # The page follows the run by itself, and is loaded anew when that is done: only then is there a proposal.
    proposal = page.locator("main table a[href^='/proposals/']").first
    expect(proposal).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1 av 1")).to_have_count(2)  # occasions, and needs
    assert_accessible(page)
    proposal.click()
    expect(page.get_by_text("Stora Sjöfallet").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Godkänn och fråga parterna").click()
    return page.url


def accept(page: Page, proposal: str) -> None:
    page.goto(proposal)
    page.get_by_role("button", name="Acceptera för din organisation").click()
    expect(page.get_by_role("status").first).to_be_visible()


def test_from_a_free_room_to_a_booking(server: str, worker: None, rows: Session, browser_page: Page) -> None:
    lister, requester = builders.member(rows, name="Lokalsamordnare"), builders.member(rows, name="Projektledare")
    coordinator = rows.get_one(Member, builders.coordinator(rows).member_id)
    rows.commit()
    page = browser_page

    signed_in_as(page, server, lister)
    post_a_room(page, server)
    signed_in_as(page, server, requester)
    ask_for_a_room(page, server)
    signed_in_as(page, server, coordinator)
    proposal = match_and_approve(page, server)
    signed_in_as(page, server, lister)
    accept(page, proposal)
    signed_in_as(page, server, requester)
    accept(page, proposal)

    for member in (lister, requester):
        signed_in_as(page, server, member)
        page.goto(f"{server}/bookings")
        page.locator("main table a").first.click()
        expect(page.get_by_text("Stora Sjöfallet").first).to_be_visible()
        expect(page.get_by_text("09:00–11:00").first).to_be_visible()
