"""Who hands over a thing at a counter scans its label with a telephone: hand over, take some back, read what is out."""

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from core.actor import Actor
from marketplace.damage.models import DamageReport
from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as
from tests.marketplace.proposals.deals import accept, begin, deal

pytestmark = pytest.mark.browser

TELEPHONE = {"width": 390, "height": 844}


def test_things_are_handed_over_by_their_label(server: str, rows: Session, browser_page: Page, tmp_path) -> None:
    page = browser_page
    place = builders.site(rows, name="Regionens hus")
    chairs = builders.furniture(rows, place, name="Stolar i foajén")
    found = deal(rows, builders.offer(rows, chairs), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    rows.commit()
    _be(page, server, rows, found.lister)

    page.goto(f"{server}/labels?first=3")
    assert_accessible(page)
    page.locator(".lb-label").screenshot(path=tmp_path / "label.png")
    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "label.png"))
    page.set_viewport_size(TELEPHONE)
    page.goto(read.text)
    assert_accessible(page)
    page.get_by_role("button", name="Notera utlämning: 12 stycken").click()
    expect(page.get_by_role("status")).to_contain_text("Det är noterat.")
    assert_accessible(page)
    page.locator("summary", has_text="Notera återlämning").click()
    page.locator("#in-form").get_by_label("Hur många").fill("5")
    page.locator("#in-form").get_by_label("Skick").fill("En stol har en repa.")
    page.locator("#in-form").get_by_role("button").click()
    expect(page.get_by_role("table", name="Det som har lämnats ut")).to_contain_text("En stol har en repa.")
    page.locator("summary", has_text="Notera återlämning").click()
    page.locator("#in-form").get_by_label("Hur många").fill("8")
    page.locator("#in-form").evaluate("form => { form.noValidate = true }")
    page.locator("#in-form").get_by_role("button").click()
    expect(page.get_by_role("link", name="det ska vara mellan 1 och 7")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("sv", ("Anmäl en skada utan att logga in", "Vad är fel?", "Foto", "Skicka anmälan", "Tack!")),
        ("en", ("Report damage without signing in", "What is wrong?", "Photo", "Send the report", "Thank you.")),
    ],
)
def test_a_stranger_who_scans_reports_damage(
    server: str, rows: Session, browser_page: Page, tmp_path, language: str, names: tuple[str, ...]
) -> None:
    page = browser_page
    chairs = builders.furniture(rows, name="Stolar i foajén")
    rows.commit()
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "leg.jpg")
    page.set_viewport_size(TELEPHONE)
    page.goto(f"{server}/language/{language}?next=/things/{chairs.id}")
    assert_accessible(page)
    leads_on, words, photo, send, thanks = names
    page.get_by_role("link", name=leads_on).click()
    page.get_by_role("button", name=send).click()
    expect(page.get_by_label(words)).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.get_by_label(words).fill("Ett ben är av.")
    page.get_by_label(photo).set_input_files(tmp_path / "leg.jpg")
    page.get_by_role("button", name=send).click()
    expect(page.get_by_role("status")).to_contain_text(thanks)
    assert_accessible(page)
    (kept,) = rows.exec(select(DamageReport).where(DamageReport.resource_id == chairs.id)).all()
    assert kept.words == "Ett ben är av."
    assert kept.picture is not None


def _be(page: Page, server: str, rows: Session, actor: Actor) -> None:
    signed_in_as(page, server, rows.get_one(Member, actor.member_id))
