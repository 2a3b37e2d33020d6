"""The yeses to a card: HR says whose it is, the employee agrees, the manager approves by a link, HR decides; a loan.

And questions, without a loan: through HR to the one who has it, and to the panel of a skill.
"""

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from competence.models import StaffCapacity
from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.journeys.hands import User, Way, user
from tests.marketplace.loans.agreeing import agreed, day, lent
from tests.marketplace.networks import by_the_hour
from tests.marketplace.proposals.deals import accept, begin

pytestmark = pytest.mark.browser
WAYS = [Way("sv", WIDE), Way("en", NARROW, keyboard=True)]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_card_gets_its_three_yeses_and_loses_one(server: str, rows: Session, browser: Browser, way: Way) -> None:
    home = builders.organisation(rows)
    offer = builders.offer(rows, builders.staff(rows, home, consented=False, name="Upphandlare A"))
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
        thanks_for_hours(one, rows)


def thanks_for_hours(one: User, rows: Session) -> None:
    """Two of a network are asked for by an example; who borrowed one for some hours says thank you, and it counts."""
    found = by_the_hour.hourly(rows, by_the_hour.card(rows))
    booking = agreed(rows, found)
    begin(rows, booking)
    rows.commit()
    borrower, lender = (rows.get_one(Member, actor.member_id) for actor in (found.requester, found.lister))
    one.be(borrower)
    one.go("/networks")
    one.is_accessible()
    one.press(one.link("Ask for a facilitator"))
    expect(one.field("title")).to_have_value(one.label("facilitator", "example"))
    one.go(f"/bookings/{booking.id}")
    expect(one.page.get_by_role("main")).to_contain_text(re.compile("3 (timmar|hours)"))
    one.unfold("Say thank you")
    one.is_accessible()
    one.write("thanks", "Tack för en fin dialog!")
    one.press(one.button("Say thank you"))
    one.sees_told("Your thanks have been told.")
    one.be(lender)
    one.go("/networks")
    own = {"name": by_the_hour.NETWORK, "hours": 3}
    one.sees("Your people in the network for %(name)s have given %(hours)s hours to others in a year.", **own)
    one.go(f"/bookings/{booking.id}")
    expect(one.page.get_by_text("Tack för en fin dialog!")).to_be_visible()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_somebody_is_found_borrowed_and_kept_longer_or_less(
    server: str, rows: Session, browser: Browser, way: Way
) -> None:
    """Of one who could be one alone: the employer is told when it is agreed, and who it is to the contact."""
    home = builders.organisation(rows, name="Utlånande verket")
    card = builders.staff(rows, home, name="Upphandlare A", people_meant=1)
    person = builders.member(rows, home, name="Den som lånas", email="lanas@e.se", roles=[])
    rows.get_one(StaffCapacity, card.id).member_id = person.id
    offer = builders.offer(rows, card, builders.days(0, 900))
    borrower = builders.member(rows, roles=["requester"])
    found = lent(rows, days=100, kinds=("state_agency", "municipality"), person=offer, asker=borrower)
    accept(rows, found.lister, found.proposal)
    rows.commit()
    with user(browser, server, way) as one:
        one.be(borrower)
        finds(one)
        borrows(one, found.request.title)
        for told in ("Utlånande verket", "Den som lånas", "lanas@e.se"):
            one.sees(told)
        one.is_accessible()
        booking = one.page.url
        one.press(one.link("The agreement and both sides' papers, to print"))
        one.is_accessible()
        one.page.goto(booking)
        one.unfold("Ask for it to go on")
        one.write("through", day(150))
        one.press(one.button("Ask for the loan to go on"))
        one.sees_told("It is asked for. A coordinator looks at it first, and then both sides agree anew.")
        one.page.goto(booking)
        one.unfold("End it early")
        one.choose("ending", "no_longer_needed")
        one.press(one.button("End the loan early"))
        one.sees_told("The loan ends earlier. The time after is free, and both sides are told.")


def finds(one: User) -> None:
    """By a word, a skill and a card, which names neither the person nor the employer."""
    one.go("/competence")
    one.write("text", "procurement")
    one.press(one.button("Show"))
    one.press(one.page.get_by_role("region", name=one.words("Which of these?")).get_by_role("link").first)
    one.is_accessible()
    one.press(one.page.get_by_role("region", name=one.words("Cards that you may see")).get_by_role("link").first)
    one.sees("Jämtlands län")
    nobody_is_named(one)


def borrows(one: User, title: str) -> None:
    """What the rules of the loan ask for is confirmed, after it was forgotten."""
    one.go("/")
    one.press(one.link(title))
    nobody_is_named(one)
    one.press(one.button("Accept for your organisation"))
    expect(one.page.locator("#error-summary, .ds-error-summary").first).to_be_visible()
    one.is_accessible()
    for box in one.page.locator("#acceptance-form input[type=checkbox]").all():
        one.tick(box.get_attribute("name") or "")
    one.press(one.button("Accept for your organisation"))
    expect(one.page).to_have_url(re.compile("/bookings"))


def nobody_is_named(one: User) -> None:
    for hidden in ("Utlånande verket", "Upphandlare A", "Den som lånas"):
        expect(one.page.get_by_text(hidden)).to_have_count(0)


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


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_question_is_answered_through_hr_and_by_a_panel(
    server: str, rows: Session, browser: Browser, way: Way
) -> None:
    home = builders.organisation(rows)
    builders.skill(rows)
    person = builders.member(rows, home, name="Konsten A", roles=[])
    card = builders.staff(rows, home)
    rows.get_one(StaffCapacity, card.id).member_id = person.id
    builders.offer(rows, card)
    hr, asker, adviser = builders.member(rows, home, roles=["hr"]), builders.member(rows), builders.member(rows)
    rows.commit()
    with user(browser, server, way) as one:
        through_hr(one, asker, hr, person)
        by_panel(one, asker, adviser, reader=hr)


def through_hr(one: User, asker: Member, hr: Member, person: Member) -> None:
    one.be(asker)
    one.go("/competence?skill=procurement")
    one.press(one.link("Ask through HR: %(card)s", card="procurement"))
    one.is_accessible()
    ask(one, "Hur frågar ni flera?")
    one.sees_told("HR has your question.")
    one.be(hr)
    one.go("/notices")
    one.press(one.page.get_by_role("main").get_by_role("button").nth(1))
    one.is_accessible()
    one.press(one.button("Pass it on to the one whose card it is"))
    one.sees_told("The one whose card it is has the question now.")
    one.be(person)
    one.go("/questions?whose=for_me")
    one.press(one.link("Hur frågar ni flera?"))
    one.tick("named")
    answer(one, "Vi ringer tre.")
    one.be(asker)
    one.go("/questions?whose=mine")
    one.press(one.link("Hur frågar ni flera?"))
    expect(one.page.get_by_role("main")).to_contain_text("Konsten A")
    one.is_accessible()
    one.press(one.button("It is answered"))
    one.sees_told("The question is marked as answered.")


def by_panel(one: User, asker: Member, adviser: Member, reader: Member) -> None:
    one.be(adviser)
    one.go("/advising")
    one.choose("skill", "procurement")
    one.press(one.button("Answer questions about it"))
    one.sees_told("You are asked about it from now on.")
    one.is_accessible()
    one.be(asker)
    one.go("/competence?skill=procurement")
    one.press(one.link("Ask its panel"))
    ask(one, "Hur dokumenterar ni?")
    one.sees_told("Your question is put to the panel.")
    one.be(adviser)
    one.go("/questions?whose=for_me")
    one.press(one.link("Hur dokumenterar ni?"))
    answer(one, "I en tjänsteanteckning.")
    one.be(reader)
    one.go("/competence?skill=procurement")
    one.press(one.link("Hur dokumenterar ni?"))
    expect(one.page.get_by_role("main")).to_contain_text("I en tjänsteanteckning.")


def ask(one: User, title: str) -> None:
    one.write("title", title)
    one.write("words", "Vi vill veta hur ni gör.")
    one.press(one.button("Ask"))


def answer(one: User, words: str) -> None:
    one.write("words", words)
    one.press(one.button("Send the answer"))
    one.sees_told("Your answer is there, and whoever asked is told.")
