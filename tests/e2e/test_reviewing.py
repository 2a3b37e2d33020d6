"""A coordinator goes through the queue: twenty proposals by the keyboard alone, and several at once."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from marketplace.organisations.models import Member
from marketplace.proposals.models import Proposal, ProposalState
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as
from tests.marketplace.proposals.deals import deal

pytestmark = pytest.mark.browser
MANY = 20


def states(rows: Session) -> list[str]:
    rows.expire_all()
    rows.rollback()
    return list(rows.scalars(select(Proposal.state).order_by(Proposal.id)))


def press(page: Page, key: str) -> None:
    """Press a key once the page's scripts listen; its words are there before."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_twenty_proposals_by_keyboard_alone(server: str, rows: Session, browser_page: Page) -> None:
    page = browser_page
    made = [deal(rows, approved=False, answer_by=builders.at(2, 0, number)) for number in range(MANY)]
    rows.commit()
    signed_in_as(page, server, rows.get_one(Member, made[0].coordinator.member_id))
    page.goto(f"{server}/proposals?state=proposed")
    page.get_by_role("link", name="Granska ett i taget").press("Enter")
    expect(page.get_by_text("1 av 20", exact=True)).to_be_visible()

    press(page, "x")
    press(page, "2")  # too far
    expect(page.get_by_text("1 av 19", exact=True)).to_be_visible()
    press(page, "u")
    expect(page.get_by_text("1 av 20", exact=True)).to_be_visible()
    for left in range(MANY - 1, 1, -1):
        press(page, "g")
        expect(page.get_by_text(f"1 av {left}", exact=True)).to_be_visible()
    press(page, "j")
    expect(page.get_by_text("2 av 2", exact=True)).to_be_visible()
    press(page, "k")
    expect(page.get_by_text("1 av 2", exact=True)).to_be_visible()

    page.get_by_label("Besluta med enstaka tangenter").press("Space")
    press(page, "g")
    page.get_by_label("Besluta med enstaka tangenter").press("Space")
    press(page, "l")
    expect(page.get_by_text("2 av 2", exact=True)).to_be_visible()
    press(page, "x")
    press(page, "9")  # something else, which wants words
    expect(page.get_by_role("heading", name="Det här behöver rättas först")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Med egna ord").press_sequentially("glx")
    press(page, "Shift+Tab")
    press(page, "9")
    expect(page.get_by_role("link", name="Granska ett i taget")).to_be_visible()
    assert states(rows) == ["approved"] * 18 + ["proposed", "refused"]

    page.wait_for_load_state()
    page.locator("summary", has_text="Du har nyss beslutat om 19 förslag").press("Enter")
    assert_accessible(page)
    page.get_by_role("checkbox", name="Välj alla", exact=True).press("Space")
    page.get_by_role("button", name="Ångra de valda").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ångrat: 19 förslag")
    page.wait_for_load_state()
    page.get_by_label("Välj alla på sidan").press("Space")
    page.get_by_role("button", name="Godkänn", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("20 förslag är godkända")
    assert set(states(rows)) == {ProposalState.APPROVED}
