"""A wish to try another employer: written, opened, held against needs, and brought to HR and the manager; paused."""

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from core.time import clock
from marketplace.planning import wishing
from tests import builders
from tests.e2e.journeys.hands import user
from tests.e2e.journeys.test_people import WAYS, Way, approves
from tests.marketplace.mobility.wishing import need

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_an_employee_finds_what_to_try_and_asks_hr(server: str, rows: Session, browser: Browser, way: Way) -> None:
    builders.skill(rows)
    home = builders.organisation(rows)
    roles = {"hr": ["hr"], "employee": [], "manager": []}
    people = {name: builders.member(rows, home, roles=held, email=f"{name}@e.se") for name, held in roles.items()}
    for title in ("Upphandlare", "Inköpare"):
        need(rows, builders.organisation(rows, name=f"Myndigheten för {title}"), title=title)
    rows.commit()
    with user(browser, server, way) as one:
        one.be(people["employee"])
        one.go("/my-wishes")
        one.is_accessible()
        one.press(one.link("Write a wish"))
        one.choose("skills.0.code", "procurement")
        one.choose("skills.0.level", "4")
        one.write("extentPercent", "50")
        one.write("months", "3")
        one.write("earliest", clock.today())
        one.tick("countyCodes", "23")
        one.write("words", "Vill lära mig mer")
        one.press(one.button("Open the wish"))
        one.sees_told("The wish is open. You alone see what fits it.")
        one.is_accessible()
        page = one.page.url
        one.press(one.button("Not for me: %(need)s", need="Inköpare"))
        one.sees_told("It is not shown any more.")
        one.unfold("Ask HR about it")
        one.press(one.button("Ask HR: %(need)s", need="Upphandlare"))
        one.sees_told("HR is asked. You get a notice of what comes of it.")
        one.is_accessible()
        one.be(people["hr"])
        one.go("/notices")
        one.press(one.page.get_by_role("main").get_by_role("button").nth(1))
        one.sees("One need alone, which the employee wants to try")
        expect(one.page.get_by_text("Vill lära mig mer")).to_have_count(0)
        one.is_accessible()
        offer = one.page.url.removeprefix(server)
        approves(one, people, offer)
        one.be(people["hr"])
        one.go(offer)
        one.write("evidence", "Beslut dnr 14/2027")
        one.press(one.button("Note a yes: %(who)s", who="HR"))
        one.sees_told("The yes is noted.")
        wishing.follow(rows)
        rows.commit()
        one.be(people["employee"])
        one.page.goto(page)
        expect(one.page.get_by_role("main")).to_contain_text(one.label("offered", "interest_state"))
        one.press(one.button("Pause"))
        one.sees_told("The wish is paused. Nothing is looked for until you open it again.")
        one.is_accessible()
