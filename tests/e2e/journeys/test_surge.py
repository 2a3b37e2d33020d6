"""A crisis, from the roster to the report: HR, the coordinator, who is called, the lender and the borrower."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, col, select

from competence.models import StaffCapacity
from core.database import db
from core.time import clock
from marketplace.organisations.models import Member
from marketplace.planning import service
from marketplace.proposals.models import Proposal, ProposalState
from tests import builders
from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.journeys.hands import User, Way, user
from tests.marketplace.surges import alerts

pytestmark = pytest.mark.browser
WAYS = [Way("sv", WIDE), Way("en", NARROW, keyboard=True)]
People = dict[str, Member]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_an_alert_from_the_roster_to_the_report(
    server: str, rows: Session, browser: Browser, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SURGE_LIMIT_S", 600.0)
    lender, borrower = builders.organisation(rows), builders.organisation(rows)
    cards = [builders.staff(rows, lender, name=f"Handläggare {n}") for n in (1, 2)]
    for card in cards:
        builders.offer(rows, card)
    people = {
        "hr": builders.member(rows, lender, roles=["hr", "lister"]),
        "employee": builders.member(rows, lender, roles=[]),
        "requester": builders.member(rows, borrower),
        "coordinator": builders.member(rows, roles=["coordinator"]),
    }
    rows.get_one(StaffCapacity, cards[0].id).member_id = people["employee"].id
    rows.commit()
    with user(browser, server, way) as one:
        agree_beforehand(one, people["hr"])
        surge_id = raise_alert(one, people["coordinator"], str(borrower.id))
        alerts.plan(surge_id)  # as the worker would
        answer_as_employee(one, people["employee"])
        answer_as_hr(one, people["hr"], surge_id)
        alerts.plan(surge_id)
        approve(one, people["coordinator"], surge_id)
        agree(one, rows, people)
        stand_down(one, people["coordinator"], surge_id)
        report(one, people["hr"], surge_id)


def agree_beforehand(one: User, hr: Member) -> None:
    one.be(hr)
    one.go("/rosters/new")
    one.write("name", "Mottagning")
    one.tick("occasions", "reception")
    one.write("notice_hours", "24")
    one.write("floor_percent", "50")
    one.write("until", clock.today() + timedelta(days=300))
    for box in one.page.locator("main input[name=cards]").all():
        one.tick("cards", box.get_attribute("value") or "")
    one.press(one.button("Put it in force"))
    one.sees_told("The roster is in force.")


def raise_alert(one: User, coordinator: Member, borrower: str) -> UUID:
    one.be(coordinator)
    one.go("/surges/new")
    one.choose("organisationId", borrower)
    one.choose("occasion", "reception")
    one.write("title", "Många söker skydd")
    one.press(one.button("Add more roles"))
    expect(one.field("title")).to_have_value("Många söker skydd")
    one.write("what", "Tusen har kommit på en vecka.")
    first = clock.today() + timedelta(days=14)
    one.write("first", first)
    one.write("last", first + timedelta(days=13))
    one.write("roles.7.title", "Handläggare")
    one.write("roles.7.number", "2")
    one.choose("roles.7.skill", "procurement")
    one.press(one.button("Call them"))
    one.sees_told("The alert is raised. A first plan comes in seconds.")
    one.sees("Those who are on rosters and fit a role are being called. This takes some seconds.")
    return UUID(one.page.url.rsplit("/", 1)[1].split("?")[0])


def answer_as_employee(one: User, employee: Member) -> None:
    one.be(employee)
    one.go("/")
    one.sees("Can you come? A card of yours is called")
    one.go("/my-card")
    one.sees("You are called: %(alert)s", alert="Många söker skydd")
    one.is_accessible()
    one.press(one.button("I can come"))
    one.sees_told("HR is told, and answers.")


def answer_as_hr(one: User, hr: Member, surge_id: UUID) -> None:
    one.be(hr)
    one.go("/")
    one.sees("Ask the person and answer, so that whoever needs help can count on it.")
    one.go("/notices")
    one.go(f"/surges/{surge_id}")
    one.sees("the person can come, and waits for your answer")
    one.is_accessible()
    box = one.page.get_by_role("checkbox", name="Handläggare 1").get_attribute("value") or ""
    one.tick("call", box)
    one.press(one.button("Send the answer"))
    one.sees_told("The answer counts now, and is planned with in seconds.")
    filled = one.page.get_by_role("row", name="Handläggare").first
    expect(filled).to_contain_text("50")  # one of two has said yes


def approve(one: User, coordinator: Member, surge_id: UUID) -> None:
    """One of two: the floor leaves half of two full posts."""
    one.be(coordinator)
    one.go(f"/surges/{surge_id}")
    one.press(one.link("To the proposals"))
    boxes = one.page.locator("main form#decisions input[name=proposal]")
    expect(boxes).to_have_count(1)
    one.tick("proposal", boxes.first.get_attribute("value") or "")
    one.press(one.button("Approve"))
    expect(boxes).to_have_count(0)


def agree(one: User, rows: Session, people: People) -> None:
    with db.unit_of_work() as session:
        found = select(Proposal.id).where(col(Proposal.state) == ProposalState.APPROVED)
        key = session.exec(found).one()
    for who in ("hr", "requester"):
        one.be(people[who])
        one.go(f"/proposals/{key}")
        for box in one.page.locator("main input[name^='confirmations.']").all():
            one.tick(box.get_attribute("name") or "")
        one.press(one.button("Accept for your organisation"))
        expect(one.button("Accept for your organisation")).to_have_count(0)
    rows.rollback()


def stand_down(one: User, coordinator: Member, surge_id: UUID) -> None:
    one.be(coordinator)
    one.go(f"/surges/{surge_id}")
    one.unfold("End the alert")
    one.tick("endLoans")
    one.is_accessible()
    one.press(one.button("Stand down"))
    one.sees_told("The alert has ended. Those who are called are told.")
    one.sees("The alert has ended. The report tells how each role was answered and filled.")


def report(one: User, hr: Member, surge_id: UUID) -> None:
    one.press(one.link("Report: answers, roles over time, days lent, floors"))
    table = one.page.get_by_role("table", name=one.words("What stayed at ordinary work"))
    expect(table).to_contain_text("Mottagning")
    one.is_accessible()
    one.be(hr)
    one.go(f"/surges/{surge_id}/report")
    one.sees("Who lends")
