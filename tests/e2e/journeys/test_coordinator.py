"""A coordinator's journey: a run at a glance, on map and timeline, a change tried, the queue, what nobody got."""

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from marketplace.organisations.models import Member
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.proposals import service as proposals
from tests import builders
from tests.e2e.journeys.hands import User, Way, in_every_way, user
from tests.marketplace.proposals.deals import deal
from tests.marketplace.proposals.test_swapping import with_alternative

pytestmark = pytest.mark.browser

ROOM, ASKED = "Stora salen", ("Först", "Sedan", "För många")


@pytest.fixture
def coordinator(rows: Session) -> Member:
    """A coordinator, with a run: two have asked for one room, a third for what nobody has."""
    builders.offer(rows, builders.space(rows, name=ROOM))
    for title, people in zip(ASKED, (8, 8, 900), strict=True):
        builders.need(rows, builders.request(rows, title=title), requirements={"people": people})
    member = builders.member(rows, roles=["coordinator"])
    rows.commit()
    attempts.run_now(RunDraft(name="Vårens körning", time_limit_s=600))
    return member


@in_every_way
def test_a_run_is_read_changed_for_a_try_and_decided_on(
    server: str, rows: Session, coordinator: Member, browser: Browser, way: Way
) -> None:
    with user(browser, server, way) as one:
        one.be(coordinator)
        read_the_run(one)
        try_a_change(one)
        weigh_anew_and_compare(one)
        decide_in_turn(one, rows)
        decide_on_many(one)
        swap_it(one, rows)
        decide_beside_another(one, rows)
        ask_whether_it_would_do(one, rows)


def read_the_run(one: User) -> None:
    """At a glance, where things go, and what of each thing is taken when: the same in three ways."""
    one.go("/runs")
    one.press(one.page.get_by_role("row", name="Vårens körning").get_by_role("link").first)
    expect(one.page.get_by_role("cell", name=ROOM)).to_be_visible()
    one.press(one.link("At a glance"))
    figures = one.page.get_by_role("table", name=one.words("How good it is"))
    expect(figures.get_by_role("row", name=one.words("Needs served")).first).to_contain_text("1")
    one.press(one.link("What goes where, on a map"))
    expect(one.page.get_by_role("table").first.get_by_role("row", name="Östersund")).to_contain_text("3")
    one.go("/timeline")
    one.press(one.page.locator("main table summary").first)
    one.press(one.page.locator("main details[open] li a").first)
    expect(one.page.get_by_role("heading", level=2, name=ROOM)).to_be_visible()


def try_a_change(one: User) -> None:
    """Without the room, before anything is published: who loses it is named."""
    one.go("/runs")
    one.press(one.page.get_by_role("row", name="Vårens körning").get_by_role("link").first)
    one.press(one.link("Try a change"))
    one.write("name", "Utan salen")
    one.press(one.button("Make the draft"))
    one.press(one.page.get_by_role("link", name=one.words("Offers for %(need)s", need=ASKED[0])))
    one.press(one.page.get_by_role("button", name=f"{one.words('Close')}: {ROOM}"))
    expect(one.page.get_by_role("table").last).to_contain_text(ROOM)
    one.is_accessible()


def weigh_anew_and_compare(one: User) -> None:
    """A second draft by other weights, and both side by side."""
    one.go("/runs")
    one.press(one.page.get_by_role("row", name="Vårens körning").get_by_role("link").first)
    one.press(one.link("Try a change"))
    one.write("name", "Kortare vägar")
    one.press(one.button("Make the draft"))
    one.press(one.link("To the draft: %(name)s", name="Kortare vägar"))
    one.press(one.link("Weigh anew"))
    one.write("distance", "1234")
    one.press(one.button("Try these weights"))
    one.sees_told("A first answer stands below.")
    one.go("/scenarios")
    for box in one.page.locator("main input[name=draft]").all():
        one.tick("draft", box.get_attribute("value") or "")
    one.press(one.button("Compare those that are ticked"))
    table = one.page.get_by_role("table", name=one.words("In all"))
    for name in ("Utan salen", "Kortare vägar"):
        expect(table.get_by_role("columnheader", name=name)).to_be_visible()
    one.is_accessible()


def decide_in_turn(one: User, rows: Session) -> None:
    """Refused by mistake, undone, approved: by single keys where these are used, else by the buttons that have them."""
    for number in range(3):
        deal(rows, approved=False, answer_by=builders.at(2, 0, number))
    rows.commit()
    one.go("/proposals?state=proposed")
    one.press(one.link("Review in turn"))
    _queued(one, 1, 4)
    for keys, left in ((("x", "2"), 3), (("u",), 4), (("g",), 3)):
        for key in keys:
            _decide(one, key)
        _queued(one, 1, left)
    _decide(one, "j")
    _queued(one, 2, 3)


def _queued(one: User, place: int, of: int) -> None:
    told = one.words("%(number)s of %(total)s", number=place, total=of)
    expect(one.page.get_by_text(told, exact=True)).to_be_visible()


def _decide(one: User, key: str) -> None:
    if one.way.keyboard:
        one.page.wait_for_load_state()
        one.page.keyboard.press(key)
    else:
        one.page.locator(f"[data-key='{key}']").click()


def decide_on_many(one: User) -> None:
    """Two at once."""
    one.press(one.link("All in a list"))
    boxes = one.page.locator("main form#decisions input[name=proposal]")
    expect(boxes).to_have_count(3)
    for box in boxes.all()[:2]:
        one.tick("proposal", box.get_attribute("value") or "")
    one.press(one.button("Lock"))
    expect(one.page.get_by_role("table").get_by_text(one.words("Locked"))).to_have_count(2)


def swap_it(one: User, rows: Session) -> None:
    """The next best in the place of what was proposed."""
    other = builders.offer(rows, builders.space(rows, name="Gula rummet"))
    made = with_alternative(rows, other)
    rows.commit()
    one.go(f"/proposals/{made.proposal.id}")
    one.press(one.button("Swap to %(name)s", name="Gula rummet"))
    one.sees_told("The alternative is chosen. You can swap back.")
    expect(one.page.get_by_role("heading", level=1)).to_have_text(made.request.title)


def decide_beside_another(one: User, rows: Session) -> None:
    """Whoever comes second is told, and nothing of the first is overwritten."""
    made = deal(rows, approved=False)
    rows.commit()
    one.go(f"/proposals/{made.proposal.id}")
    proposals.approve(rows, builders.coordinator(rows), made.proposal.id)
    rows.commit()
    one.press(one.button("Approve and ask the parties"))
    expect(one.page.get_by_role("alert")).to_contain_text(one.words("It was not done."))


def ask_whether_it_would_do(one: User, rows: Session) -> None:
    need = builders.need(rows, builders.request(rows, title="Ett rum längre bort"))
    builders.unserved(rows, need, changes=[{"code": "distance", "fartherKm": 12, "distanceKm": 22}])
    rows.commit()
    one.go(f"/requests/{need.request_id}")
    one.press(one.page.get_by_role("button", name=one.words("Ask whether it would do")).first)
    one.sees_told("The requester is asked. You get a notice of the answer.")
    one.go("/waiting")
    expect(one.page.get_by_role("main")).to_contain_text("Ett rum längre bort")
