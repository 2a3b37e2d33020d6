"""A lister's journey: a hall with photos, another like it, its facts, its end; and many from a spreadsheet."""

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlmodel import Session, select

from core.time import clock
from marketplace.organisations.models import Member, Organisation
from marketplace.uploads import work
from resources.models import Site
from tests import builders
from tests.e2e.journeys.hands import User, Way, in_every_way, user

pytestmark = pytest.mark.browser

BORROWER = "Sjöstads kommun"
HEADER = "plats;namn;typ;sittplatser;erbjuds från"


@pytest.fixture
def lister(rows: Session) -> Member:
    home = builders.organisation(rows)
    builders.site(rows, home, name="Samverket Östersund")
    member = builders.member(rows, home, roles=["lister"])
    rows.commit()
    return member


@in_every_way
def test_a_hall_is_offered_shown_copied_changed_paused_and_ended(
    server: str, rows: Session, lister: Member, browser: Browser, tmp_path: Path, way: Way
) -> None:
    with user(browser, server, way) as one:
        one.be(lister)
        post_a_hall(one)
        show_it(one, tmp_path)
        change_and_copy_it(one)
        pause_it(one)
        answer_who_asks(one, rows, lister)
        end_what_somebody_has(one, rows, lister)
        read_in_many(one, tmp_path)
        empty_the_building(one, rows)
        offer_what_others_wait_for(one, rows)


def post_a_hall(one: User) -> None:
    one.go("/")
    one.press(one.link("Offer something"))
    one.press(one.page.get_by_role("navigation", name=one.words("Offer something")).get_by_role("link").first)
    one.write("name", "Storsjösalen")
    one.choose("kind", "hall")
    one.press(one.button("Post the offer"))
    expect(one.page.locator("#error-summary")).to_be_visible()
    expect(one.field("name")).to_have_value("Storsjösalen")
    one.write("seats", "80")
    one.unfold("Parts, for a hall that divides")
    for number, name in enumerate(("Norra", "Södra")):
        one.write(f"parts.{number}.name", name)
        one.write(f"parts.{number}.seats", "40")
    one.press(one.button("Post the offer"))
    one.sees_told("The offer is open.")


def show_it(one: User, folder: Path) -> None:
    """Two photos, of which the second then stands first."""
    one.press(one.link("Photos"))
    for name, alt in (("red", "Entrén"), ("blue", "Salen")):
        Image.new("RGB", (400, 300), name).save(folder / f"{name}.png")
        one.hand_in("photo", folder / f"{name}.png")
        one.write("alt", alt)
        one.press(one.button("Add the photo"))
        one.sees_told("The photo is added.")
    place = one.page.locator("main select[name^='place-']").last.get_attribute("name")
    assert place
    one.choose(place, "1")
    one.press(one.page.get_by_role("button", name=re.compile("Salen")).first)
    one.sees_told("The photo is changed.")
    expect(one.page.locator("main .of-photo img").first).to_have_attribute("alt", "Salen")
    one.press(one.link("Back to the offer"))
    expect(one.page.locator("main .of-shown img").first).to_have_attribute("alt", "Salen")


def change_and_copy_it(one: User) -> None:
    """Its seats and its week, with a mistake in it that is told and mended; who sees it; and another like it."""
    one.press(one.link("Change name, facts and place"))
    one.write("seats", "90")
    one.write("openingHours.workingDays", "8-17")
    one.write("openingHours.fr", "8-12, 13")
    one.tick("openingHours.closedOnHolidays")
    one.unfold("Days with other hours")
    one.write("openingHours.0.first", date(2031, 7, 7))
    one.write("openingHours.0.last", date(2031, 7, 25))
    one.press(one.button("Save the change"))
    expect(one.page.locator("#error-summary")).to_be_visible()
    one.write("openingHours.fr", "8-12, 13-16")
    one.press(one.button("Save the change"))
    one.sees_told("It is changed, on all its offers.")
    one.press(one.link("Change name, facts and place"))
    expect(one.field("openingHours.fr")).to_have_value("08:00-12:00, 13:00-16:00")
    expect(one.field("openingHours.mo")).to_have_value("08:00-17:00")
    expect(one.field("openingHours.0.last")).to_have_value("2031-07-25")
    one.press(one.link("Back without changing"))
    one.press(one.link("Change days, price and terms"))
    one.choose("visibility", "region")
    one.unfold("Let more see it from a later date on")
    one.write("widenOn", clock.today() + timedelta(days=9))
    one.choose("widenTo", "all")
    one.press(one.button("Save the change"))
    one.sees_told("The offer is changed.")
    expect(one.page.get_by_role("main")).to_contain_text(f"{clock.today() + timedelta(days=9)}")
    one.press(one.link("Offer another one like it"))
    expect(one.field("seats")).to_have_value("90")
    one.write("name", "Lillsjösalen")
    one.press(one.button("Post the offer"))
    one.sees_told("The offer is open.")


def pause_it(one: User) -> None:
    one.press(one.button("Pause the offer"))
    one.sees_told("The offer is paused: nobody else sees it until you open it.")
    one.press(one.button("Open the offer"))
    one.sees_told("The offer is open.")


def answer_who_asks(one: User, rows: Session, lister: Member) -> None:
    """From start: what is used and what stands idle, unit by unit; then what somebody wants of it, and a yes."""
    home = rows.get_one(Organisation, lister.organisation_id)
    offer = builders.offer(rows, builders.space(rows, builders.site(rows, home), name="Bergsalen"))
    builders.approved(rows, (builders.need(rows, builders.request(rows, title="Styrgruppen")), offer))
    rows.commit()
    one.go("/")
    one.press(one.link("What of ours is used, and what stands idle"))
    expect(one.page.get_by_role("main")).to_contain_text("Bergsalen")
    one.is_accessible()
    one.go("/")
    one.press(one.link("Styrgruppen"))
    one.press(one.button("Accept for your organisation"))
    one.sees_told("You have accepted. The others have not answered yet.")


def end_what_somebody_has(one: User, rows: Session, lister: Member) -> None:
    """What is booked: the page names the borrower before it is ended, and undoes it."""
    home = rows.get_one(Organisation, lister.organisation_id)
    offer = builders.offer(rows, builders.vehicle(rows, builders.site(rows, home)))
    borrower = builders.member(rows, builders.organisation(rows, name=BORROWER))
    need = builders.need(rows, builders.request(rows, borrower))
    builders.booking(rows, need, offer_id=offer.id, lender_id=home.id)
    rows.commit()
    one.go(f"/offers/{offer.id}")
    concerned = one.page.get_by_role("table", name=one.words("Whom it concerns"))
    expect(concerned.get_by_role("row", name=BORROWER)).to_contain_text(one.words("The booking stays"))
    one.write("words", "Såld")
    one.press(one.button("Close the offer"))
    one.sees_told("The offer is closed.")
    one.is_accessible()
    one.press(one.button("Undo"))
    one.sees_told("It is undone: the offer is as it was before.")


def read_in_many(one: User, folder: Path) -> None:
    """A workbook, first with a cell that is wrong, then mended: looked through, and read in."""
    file = folder / "lokaler.xlsx"
    one.go("/offers")
    one.press(one.link("Many at once, from a spreadsheet"))
    for seats in ("många", 8):
        book = Workbook()
        book.worksheets[0].append(HEADER.split(";"))
        book.worksheets[0].append(["Samverket Östersund", "Ur filen", "mötesrum", seats, clock.today()])
        book.save(file)
        one.hand_in("file", file)
        one.press(one.button("Look through the file"))
        expect(one.page).to_have_url(re.compile(r"/uploads/[0-9a-f-]{36}$"))
        _worked_on(one)
        if seats == 8:
            one.sees("What the file would do")
            one.press(one.button("Read it in"))
            expect(one.button("Read it in")).to_have_count(0)
            _worked_on(one)
            one.sees("What the file has done")
        else:
            one.sees("This has to be put right")
            expect(one.page.get_by_role("row", name="sittplatser")).to_contain_text("många")
            one.is_accessible()
            one.press(one.link("Send it again"))


def empty_the_building(one: User, rows: Session) -> None:
    """What is not offered yet is looked through, offered, and taken back."""
    house = rows.exec(select(Site).where(Site.name == "Samverket Östersund")).one()
    builders.furniture(rows, house, name="Stolarna")
    rows.commit()
    one.go("/offers")
    one.press(one.link("Empty a building"))
    one.press(one.page.get_by_role("link", name="Samverket Östersund"))
    one.choose("visibility", "region")
    one.press(one.button("Look it through"))
    one.sees("What would be done")
    one.is_accessible()
    one.press(one.page.locator("button[value='open']"))
    expect(one.button("Undo")).to_be_visible()
    one.press(one.button("Undo"))
    one.sees_told("It is undone: nothing of it is offered.")


def offer_what_others_wait_for(one: User, rows: Session) -> None:
    """Three organisations of the county want a car: start says so, and leads to the form of one."""
    for _ in range(3):
        builders.need(rows, builders.request(rows), family="vehicle", kind="car")
    rows.commit()
    one.go("/")
    wanted = one.page.get_by_role("region", name=one.words("What others near you wait for"))
    one.press(wanted.get_by_role("link", name=one.label("car", "vehicle_kind"), exact=True))
    expect(one.field("kind")).to_have_value("car")


def _worked_on(one: User) -> None:
    """Let the worker's part be done, and load the page again, sooner than it does so by itself where scripts run."""
    work.work_on(UUID(one.page.url.rpartition("/")[2]))
    one.page.reload()
