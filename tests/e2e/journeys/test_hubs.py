"""Hubs for those who apply, are members, visit or keep them going; by mouse and by keyboard, in both languages."""

from datetime import timedelta
from urllib.parse import urlparse
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, select

from core.settings import settings
from core.time import clock
from hubs.activities.models import ActivityState
from hubs.membership import people
from hubs.membership.models import HubMember, HubMemberState
from hubs.places.models import Hub, HubOpenHouse
from hubs.presence.rules import monday_of
from hubs.visits.links import visit_address
from hubs.visits.models import HubVisit
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.e2e.conftest import SECRET_KEY, assert_accessible
from tests.e2e.journeys.hands import User, user
from tests.e2e.journeys.test_people import WAYS, Way
from tests.hubs import rows as hubs

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", WAYS, ids=str)]
NEXT_MONDAY = monday_of(clock.today() + timedelta(days=7))


@pytest.fixture
def hub(rows: Session) -> Hub:
    """A hub with a zone, a manifesto and an open house."""
    site = builders.site(rows)
    made = hubs.hub(rows, site, name="Samlingen")
    hubs.zone(rows, made, builders.space(rows, site, name="Lägerelden", seats=20))
    hubs.manifesto(rows, made)
    builders.added(rows, HubOpenHouse(hub_id=made.id, first=NEXT_MONDAY, last=NEXT_MONDAY))
    return made


def host_of(rows: Session, hub: Hub) -> Member:
    return builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


def member_of(rows: Session, hub: Hub) -> Member:
    made = builders.member(rows)
    hubs.hub_member(rows, hub, made, hubs.membership(rows, [hub], made), first_name="Alex")
    return made


def test_somebody_applies_is_let_in_and_signs(server: str, rows: Session, browser: Browser, hub: Hub, way: Way) -> None:
    applicant, host = builders.member(rows), builders.actor_of(rows, host_of(rows, hub))
    hubs.membership(rows, [hub], applicant)
    rows.commit()
    with user(browser, server, way) as one:
        one.be(applicant)
        one.go("/hubs")
        one.press(one.page.get_by_role("main").get_by_role("link", name="Samlingen"))
        one.is_accessible()
        one.press(one.link("Become a member"))
        one.write("aims", "Lära av andra")
        one.write("contribution", "Jag kan leda samtal")
        one.press(one.button("Apply"))
        one.sees("it is empty")
        one.is_accessible()
        expect(one.field("aims")).to_have_value("Lära av andra")
        one.write("firstName", "Kim")
        one.press(one.button("Apply"))
        one.sees_told("You have applied. You get a notice of the answer.")
        one.is_accessible()
        people.admit(rows, host, rows.exec(select(HubMember.id)).one())
        rows.commit()
        one.go("/notices")
        one.press(one.page.get_by_role("main").get_by_role("button").nth(1))
        one.press(one.button("Sign the manifesto"))
        one.sees_told("You have signed the manifesto.")
        one.is_accessible()


def test_a_member_says_its_days_registers_and_initiates(
    server: str, rows: Session, browser: Browser, hub: Hub, way: Way
) -> None:
    member = member_of(rows, hub)
    hubs.activity(rows, hub, title="Vid lägerelden")
    rows.commit()
    with user(browser, server, way) as one:
        one.be(member)
        one.go(f"/hubs/{hub.id}/days?monday={NEXT_MONDAY}")
        one.is_accessible()
        one.tick("plans", str(NEXT_MONDAY))
        one.press(one.button("Save my days"))
        expect(one.page.locator(f"main input[name=plans][value='{NEXT_MONDAY}']")).to_be_checked()
        one.go(f"/activities?hub={hub.id}")
        one.is_accessible()
        one.press(one.page.get_by_role("main").get_by_role("link", name="Vid lägerelden"))
        one.press(one.button("Register"))
        one.sees_told("You have registered. Below it says how you stand.")
        one.is_accessible()
        _initiates(one, hub)
        one.press(one.button("Propose it to the host"))
        one.sees_told("The host of the hub has your proposal.")
        one.is_accessible()


def _initiates(one: User, hub: Hub) -> None:
    one.go(f"/activities?hub={hub.id}")
    one.press(one.link("Initiate something"))
    one.is_accessible()
    one.choose("form", "how_do_you")
    one.write("title", "Hur skriver ni klarspråk?")
    one.tick("audience", "members")
    one.write("from", NEXT_MONDAY)
    one.write("fromTime", builders.at(8, 13).astimezone(clock.STOCKHOLM).time())
    one.write("until", NEXT_MONDAY)
    one.write("untilTime", builders.at(8, 14).astimezone(clock.STOCKHOLM).time())
    one.press(one.page.locator("main button[type=submit]").last)
    one.sees_told("It is a draft, which you alone see. Propose it to the host when it is ready.")
    one.is_accessible()


def test_a_visitor_comes_to_an_open_house_and_not_after_all(
    server: str, rows: Session, browser: Browser, hub: Hub, way: Way
) -> None:
    rows.commit()
    with user(browser, server, way) as one:
        one.go(f"/language/{way.language}?next=/hubs/{hub.id}")
        one.press(one.link("Come without being a member"))
        assert_accessible(one.page)
        one.write("firstName", "Robin")
        one.write("email", "robin@kommunen.se")
        one.press(one.button("Say that you come"))
        one.sees("fill this in")
        assert_accessible(one.page)
        one.choose("day", str(NEXT_MONDAY))
        one.press(one.button("Say that you come"))
        one.sees_told("A mail is on its way to that address. Say yes there, and you are expected.")
        one.go(_link(rows.exec(select(HubVisit.id)).one()))
        assert_accessible(one.page)
        one.press(one.button("Yes, I come"))
        one.sees_told("You are welcome.")
        assert_accessible(one.page)
        one.press(one.button("I do not come"))
        one.sees_told("You do not come. What you had said is deleted.")
        assert rows.exec(select(HubVisit)).all() == []


def _link(visit_id: UUID) -> str:
    """Return the path in the mail, signed as the web server signs it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PLATSVERKET_SECRET_KEY", SECRET_KEY)
        settings.cache_clear()
        found = urlparse(visit_address(visit_id)).path
    settings.cache_clear()
    return found


def test_the_community_manager_goes_through_its_week(
    server: str, rows: Session, browser: Browser, hub: Hub, way: Way
) -> None:
    applicant, manager = builders.member(rows), host_of(rows, hub)
    agreed = hubs.membership(rows, [hub], applicant)
    hubs.hub_member(rows, hub, applicant, agreed, state=HubMemberState.APPLIED, first_name="Kim")
    proposed = hubs.activity(rows, hub, state=ActivityState.PROPOSED, set_at=None)
    rows.commit()
    with user(browser, server, way) as one:
        one.be(manager)
        one.go(f"/hubs/{hub.id}")
        one.press(one.link("The desk"))
        one.is_accessible()
        one.press(one.link("Read and answer"))
        one.is_accessible()
        home = rows.get_one(Organisation, applicant.organisation_id)
        one.press(one.button("Admit: %(name)s", name=f"Kim, {home.name}"))
        one.sees_told("The person is a member now, and is told.")
        one.tick("welcomed", "clothes_peg")
        one.press(one.button("Save: %(name)s", name=f"Kim, {home.name}"))
        one.sees_told("It is noted.")
        one.go(f"/activities/{proposed.id}")
        one.press(one.button("Put it into the calendar"))
        one.sees_told("It stands in the calendar.")
        one.is_accessible()
        for path in ("visits", "letters", "figures"):
            one.go(f"/hubs/{hub.id}/{path}")
            one.is_accessible()
