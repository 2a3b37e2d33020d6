"""The yeses to a card: HR says whose it is, the employee agrees, the manager approves by a link, HR decides."""

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.journeys.hands import User, Way, user
from tests.marketplace.loans.agreeing import agreed, lent

pytestmark = pytest.mark.browser
WAYS = [Way("sv", WIDE), Way("en", NARROW, keyboard=True)]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_card_gets_its_three_yeses_and_loses_one(server: str, rows: Session, browser: Browser, way: Way) -> None:
    home = builders.organisation(rows)
    card = builders.staff(rows, home, consented=False, name="Upphandlare A")
    offer = builders.offer(rows, card)
    roles = {"hr": ["hr"], "employee": [], "manager": []}
    people = {name: builders.member(rows, home, roles=held, email=f"{name}@e.se") for name, held in roles.items()}
    reader = builders.member(rows)
    rows.commit()
    page = f"/offers/{offer.id}"
    with user(browser, server, way) as one:
        one.be(people["hr"])
        one.go(page)
        one.unfold("Say whose card it is")
        one.write("person", "employee@e.se")
        one.press(one.button("Note, and ask the employee"))
        one.sees_told("It is noted whose card it is, and the employee is told.")
        agrees(one, people["employee"])
        approves(one, people, page)
        one.be(people["hr"])
        one.go(page)
        one.write("evidence", "Beslut dnr 12/2027")
        one.press(one.button("Note a yes: %(who)s", who="HR"))
        one.sees_told("The yes is noted.")
        one.be(reader)
        one.go(page)
        expect(one.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(one.page.get_by_text("Upphandlare A")).to_have_count(0)
        booking = agreed(rows, lent(rows, person=rows.merge(offer)))
        rows.commit()
        one.be(people["employee"])
        one.go("/my-card")
        one.unfold("Take my yes back")
        one.press(one.button("Take my yes back"))
        one.sees_told("It is noted, and HR is told. The card is shown to nobody else.")
        one.is_accessible()
        one.be(people["hr"])
        one.go(f"/bookings/{booking.id}")
        one.is_accessible()
        one.choose("to", "cancelled")
        one.press(one.button("Decide"))
        one.sees_told("It is decided, and both sides are told.")


def agrees(one: User, employee: Member) -> None:
    one.be(employee)
    one.go("/notices")
    one.press(one.page.get_by_role("main").get_by_role("button").nth(1))
    one.is_accessible()
    one.press(one.button("I agree to be lent: %(card)s", card="Upphandlare A"))
    one.sees_told("You have said yes. HR is told.")


def approves(one: User, people: dict[str, Member], page: str) -> None:
    one.be(people["hr"])
    one.go(page)
    one.write("manager", "manager@e.se")
    one.press(one.button("Ask the manager"))
    one.is_accessible()
    link = one.page.locator("#link-text").input_value()
    one.be(people["manager"])
    one.page.goto(link)
    one.is_accessible()
    one.press(one.button("Approve that the person is lent"))
    one.sees_told("You have approved it. HR decides.")
