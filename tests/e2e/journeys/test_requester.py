"""A requester's journey: a need from an example, kept and gone on with, answered, changed, taken back; and a search."""

import re
from datetime import time, timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, select

from api.language import i18n
from core.database import db
from core.time import clock
from marketplace.bookings.models import BookingState
from marketplace.organisations.models import Member
from marketplace.searches import service as searches
from marketplace.searches.models import SavedSearch
from tests import builders
from tests.e2e.journeys.hands import User, Way, in_every_way, user

pytestmark = pytest.mark.browser

ROOM, NEW_ROOM, SEARCH = "Bergsrummet", "Bergsrummets granne", "Rum på berget"


@pytest.fixture
def requester(rows: Session) -> Member:
    """A project lead, near one room that fits; another stands 50 km too far away."""
    builders.offer(rows, builders.space(rows, name=ROOM, kind="project_area", equipment=["whiteboard", "screen"]))
    member = builders.member(rows, roles=["requester"])
    rows.commit()
    return member


@in_every_way
def test_a_need_is_filed_answered_changed_and_withdrawn(
    server: str, rows: Session, requester: Member, browser: Browser, way: Way
) -> None:
    with user(browser, server, way) as one:
        one.be(requester)
        file_in_steps(one)
        change_it(one)
        say_that_a_change_would_do(one, rows, requester)
        answer_proposals(one, rows, requester)
        cancel_a_booking(one, rows, requester)
        report_a_problem(one, rows, requester)
        withdraw_it(one)
        search_and_save(one)
        hear_of_what_is_new(one, rows)
        choose_what_comes_by_mail(one)


def file_in_steps(one: User) -> None:
    """Begun with an example, kept without its name, gone on with, a day chosen, looked over and filed."""
    one.go("/")
    one.press(one.link("Say what you need"))
    one.press(one.page.get_by_role("main").get_by_role("link", name=one.label("project_room", "example"), exact=True))
    one.write("title", "")
    _go_on(one, "what")
    expect(one.page.locator("#error-summary")).to_be_visible()
    one.press(one.button("Go on later"))
    one.sees("Drafts that are not sent yet")
    one.press(one.link("Request without a name"))
    one.write("title", "Översyn av e-tjänster")
    one.write("purpose", "Tre dagar i veckan")
    _go_on(one, "what")
    one.write("needs.0.requirements.people", "5")
    _go_on(one, "where")
    one.write("needs.0.maxDistanceKm", "10")
    _go_on(one, "when")
    be_served_at_other_times(one)
    one.press(one.page.get_by_role("table").get_by_role("button").nth(7))
    expect(one.page.get_by_role("table").get_by_role("button", pressed=True).first).to_be_visible()
    one.is_accessible()
    _go_on(one, "send")
    expect(one.page.get_by_role("heading", name=one.words("What fits right now"))).to_be_visible()
    one.sees("Tre dagar i veckan")
    one.is_accessible()
    one.press(one.button("File the request"))
    expect(one.page).to_have_url(re.compile(r"/requests/[0-9a-f-]{36}$"))


def be_served_at_other_times(one: User) -> None:
    """Some hours in a week, then a set time: each is told in the last step. Then weekly again, as before."""
    day = clock.today() + timedelta(days=30)
    one.tick("needs.0.timing.type", "flexible")
    one.write("needs.0.timing.flexible.hours", "4")
    for name, days, clock_time in (("earliest", 0, time(8)), ("latest", 6, time(17))):
        one.write(f"needs.0.timing.flexible.{name}", day + timedelta(days=days))
        one.write(f"needs.0.timing.flexible.{name}Time", clock_time)
    _go_on(one, "send")
    expect(one.page.get_by_role("main")).to_contain_text(re.compile(rf"4\sh .*{day}"))
    one.press(one.button("Back"))
    one.tick("needs.0.timing.type", "fixed")
    for name, clock_time in (("start", time(9)), ("end", time(12))):
        one.write(f"needs.0.timing.fixed.{name}", day)
        one.write(f"needs.0.timing.fixed.{name}Time", clock_time)
    _go_on(one, "send")
    expect(one.page.get_by_role("main")).to_contain_text(re.compile(rf"{day}\s09:00–12:00"))
    one.press(one.button("Back"))
    one.tick("needs.0.timing.type", "weekly")


def _go_on(one: User, step: str) -> None:
    one.press(one.button("Next: %(name)s", name=one.label(step, "request_step")))


def change_it(one: User) -> None:
    one.press(one.link("Change"))
    one.write("needs.0.requirements.people", "0")
    one.press(one.button("Save the change"))
    expect(one.page.locator("#error-summary")).to_be_visible()
    one.write("needs.0.requirements.people", "5")
    one.tick("priority", "exploratory")
    one.press(one.button("Save the change"))
    one.sees_told("The request is changed.")


def say_that_a_change_would_do(one: User, rows: Session, requester: Member) -> None:
    """The coordinator asks about two needs: the one may be farther away, the other may not."""
    for title in ("Får ligga längre bort", "Får det inte"):
        need = builders.need(rows, builders.request(rows, requester, title=title))
        builders.unserved(rows, need)
        builders.inquiry(rows, need)
    rows.commit()
    one.go("/")
    one.press(one.link("Får ligga längre bort"))
    one.press(one.page.get_by_role("button", name=one.words("Yes, change the need")))
    one.sees_told("The need is changed, and we are looking for something now.")
    one.go("/")
    one.press(one.link("Får det inte"))
    one.unfold("No, it would not do")
    one.press(one.button("Answer no"))
    one.sees_told("Your answer is noted, and the coordinator is told.")


def answer_proposals(one: User, rows: Session, requester: Member) -> None:
    """No to one with a reason, yes to another; what is wrong with the no is told, and its words are kept."""
    proposed = []
    for title in ("Styrgruppen", "Referensgruppen"):
        need = builders.need(rows, builders.request(rows, requester, title=title))
        proposed.append(builders.approved(rows, (need, builders.offer(rows))))
    rows.commit()
    one.go("/")
    one.press(one.link("Styrgruppen"))
    one.unfold("Refuse")
    one.choose("code", "other")
    one.press(one.button("Refuse the proposal"))
    expect(one.page.locator("#error-summary, .ds-error-summary").first).to_be_visible()
    one.write("words", "Vi har fått rum hos oss.")
    one.press(one.button("Refuse the proposal"))
    one.sees("Vi har fått rum hos oss.")
    one.go("/")
    one.press(one.link("Referensgruppen"))
    one.press(one.button("Accept for your organisation"))
    one.sees_told("You have accepted. The others have not answered yet.")


def cancel_a_booking(one: User, rows: Session, requester: Member) -> None:
    builders.booking(rows, builders.need(rows, builders.request(rows, requester)))
    rows.commit()
    one.go("/bookings")
    one.press(one.page.get_by_role("table").get_by_role("link").first)
    cancel = one.label("cancelled", "use_move")
    one.unfold(cancel)
    one.choose("code", "other")
    one.write("words", "Mötet är inställt.")
    one.press(one.button(cancel))
    one.sees_told("The booking is cancelled. What was needed is open again.")


def report_a_problem(one: User, rows: Session, requester: Member) -> None:
    booking = builders.booking(rows, builders.need(rows, builders.request(rows, requester)))
    booking.state = BookingState.HANDED_OVER
    rows.commit()
    one.go("/bookings")
    one.press(one.page.get_by_role("table").get_by_role("link").first)
    problem = one.label("disputed", "use_move")
    one.unfold(problem)
    one.choose("code", "other")
    one.write("words", "Projektorn är trasig.")
    one.press(one.button(problem))
    one.sees_told("The problem is reported. A coordinator helps to settle it.")


def withdraw_it(one: User) -> None:
    one.go("/requests")
    one.press(one.link("Översyn av e-tjänster"))
    one.write("words", "Projektet är inställt.")
    one.press(one.button("Withdraw the request"))
    one.sees_told("The request is withdrawn.")
    one.is_accessible()
    one.press(one.button("Undo"))
    one.sees_told("It is undone: the request is as it was before.")


def search_and_save(one: User) -> None:
    """By words, then narrowed, on the map and in its table, and saved."""
    one.go("/offers")
    if one.page.locator("main summary", has_text=one.words("Filter")).first.is_visible():
        one.unfold("Filter")
    one.write("text", "bergsrumet")
    one.press(one.button("Show"))
    expect(one.page.get_by_role("link", name=ROOM)).to_be_visible()
    if one.page.locator("main summary", has_text=one.words("Narrow the list")).is_visible():
        one.unfold("Narrow the list")
    one.press(one.page.get_by_role("navigation", name=one.words("Narrow the list")).get_by_role("link").first)
    expect(one.page.get_by_role("link", name=ROOM)).to_be_visible()
    one.press(one.link("Where they are, on a map"))
    one.press(one.page.get_by_role("table").get_by_role("link", name="Östersund"))
    expect(one.page.get_by_role("link", name=ROOM)).to_be_visible()
    one.press(one.link("Save the search, and hear of what is new"))
    one.write("name", SEARCH)
    one.press(one.button("Save the search"))
    one.sees_told("The search is saved. You get a notice when something new fits.")


def hear_of_what_is_new(one: User, rows: Session) -> None:
    """A room comes that the search finds: a notice leads to the searches, and these to the room."""
    builders.offer(rows, builders.space(rows, name=NEW_ROOM))
    search = rows.scalars(select(SavedSearch.id)).one()
    rows.commit()
    with db.unit_of_work() as session:
        searches.tell_new(session, search)
    one.go("/notices")
    with i18n.speaking(one.way.language):
        told = i18n.ngettext(
            "%(n)s new offer fits your search “%(search)s”.", "%(n)s new offers fit your search “%(search)s”.", 1
        )
    one.press(one.page.get_by_role("button", name=told % {"n": 1, "search": SEARCH}))
    one.is_accessible()
    one.press(one.page.get_by_role("link", name=NEW_ROOM))
    expect(one.page.get_by_role("heading", level=1)).to_have_text(NEW_ROOM)


def choose_what_comes_by_mail(one: User) -> None:
    """From the notices; what was chosen stands there again."""
    one.go("/notices")
    one.press(one.link("Notices by mail"))
    one.sees("always at once.")
    one.is_accessible()
    for group, when in (("outcomes", "at_once"), ("searches", "never"), ("answers", "daily")):
        one.tick(group, when)
    one.press(one.button("Save"))
    one.sees_told("Your choice is saved. It holds for what happens from now on.")
    for group, when in (("outcomes", "at_once"), ("searches", "never"), ("answers", "daily"), ("wishes", "never")):
        expect(one.page.locator(f"main input[name='{group}'][value='{when}']")).to_be_checked()
