"""Visitors: announced or invited, asked by mail, within what there is room for, forgotten the day after and counted."""

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, delete, select

from api.mail.visits import visit_message
from core.actor import Actor
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from core.time.opening import to_json
from core.time.opening_text import from_text
from hubs.places.models import Hub, HubOpenHouse, HubPhase
from hubs.presence.models import HubWeek
from hubs.presence.rules import monday_of
from hubs.visits import queries, service
from hubs.visits.links import visit_address
from hubs.visits.models import HubVisit, HubVisitors, VisitKind, VisitState
from hubs.visits.rules import ANSWER_WITHIN, MOST_ASKED_OF_ADDRESS, MOST_INVITED, VisitDraft
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind
from marketplace.mail.service import bounced
from marketplace.organisations.models import Organisation
from resources.models import Site
from tests import builders
from tests.hubs import rows
from tests.racing import at_once, connections

__all__ = ["connections"]

DAY = timedelta(days=1)
SOON = clock.today() + 8 * DAY


def open_hub(session: Session) -> Hub:
    """Add a hub with two seats, which has an open house in eight days."""
    site = builders.site(session)
    made = rows.hub(session, site)
    rows.zone(session, made, builders.space(session, site, seats=2))
    builders.added(session, HubOpenHouse(hub_id=made.id, first=SOON, last=SOON))
    return made


@pytest.fixture
def hub(session: Session) -> Hub:
    """Such a hub."""
    return open_hub(session)


def draft(**values: Any) -> VisitDraft:
    said: dict[str, Any] = {"day": SOON, "first_name": "Kim", "email": "Kim@kommunen.se", "comes_from": "Kommunen"}
    return VisitDraft(**said | values)


def host_of(session: Session, hub: Hub) -> Actor:
    return builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


def member_of(session: Session, hub: Hub) -> Actor:
    member = builders.member(session)
    rows.hub_member(session, hub, member, rows.membership(session, [hub], member), first_name="Alex")
    return builders.actor_of(session, member)


def visits(session: Session) -> list[HubVisit]:
    return list(session.exec(select(HubVisit).order_by(col(HubVisit.email))).all())


def written(session: Session) -> list[str]:
    """The texts of the mails that would go out."""
    found = [(mail, queries.visit_of(session, mail)) for mail in session.exec(select(Mail)).all()]
    return [visit_message(mail, view).get_content() for mail, view in found if view]


def test_who_announces_itself_is_asked_by_mail_and_expected_once_it_says_yes(session: Session, hub: Hub) -> None:
    host = host_of(session, hub)
    service.announce(session, hub.id, draft(), "en")
    [row] = visits(session)
    assert (row.state, row.email) == (VisitState.ASKED, "kim@kommunen.se")
    assert queries.who_comes(session, host, hub.id).items == [], "nobody is told of who has not said so"
    [text] = written(session)
    assert (visit_address(row.id) in text, "open house" in text) == (True, True)
    for _twice in range(2):
        service.answer(session, row.id, comes=True)
    assert [each.visit.first_name for each in queries.who_comes(session, host, hub.id).items] == ["Kim"]
    assert written(session) == [], "a mail that asks what is answered is not sent"
    service.answer(session, row.id, comes=False)
    assert visits(session) == []
    with pytest.raises(Conflict, match="link"):
        service.answer(session, row.id, comes=True)


@pytest.mark.parametrize(
    ("change", "raised"),
    [
        ({"day": SOON + DAY}, BadInput),  # no open house
        ({"phase": HubPhase.CLOSED}, Conflict),
        ({"phase": HubPhase.PREPARE}, NotFound),
    ],
)
def test_anybody_comes_to_an_open_house_alone(
    session: Session, hub: Hub, change: dict[str, Any], raised: type[Exception]
) -> None:
    hub.phase = change.get("phase", hub.phase)
    session.flush()
    with pytest.raises(raised):
        service.announce(session, hub.id, draft(day=change.get("day", SOON)), "sv")
    assert (visits(session), session.exec(select(Mail)).all()) == ([], [])


def test_a_member_invites_to_any_day_and_its_first_name_is_told(session: Session, hub: Hub) -> None:
    member, other = member_of(session, hub), member_of(session, hub)
    service.invite(session, member, hub.id, draft(day=SOON + DAY), "sv")
    [text] = written(session)
    home = session.get_one(Organisation, member.organisation_id)
    assert f"Alex på {home.name} bjuder in dig" in text
    assert [each.visit.first_name for each in queries.invited(session, member, hub.id).items] == ["Kim"]
    assert queries.invited(session, other, hub.id).items == [], "whom one invites is one's own"
    with pytest.raises(NotAllowed):
        queries.who_comes(session, member, hub.id)
    with pytest.raises(NotAllowed, match="members"):
        service.invite(session, builders.actor(session), hub.id, draft(), "sv")
    for number in range(MOST_INVITED - 1):
        service.invite(session, member, hub.id, draft(email=f"{number}@kommunen.se"), "sv")
    with pytest.raises(Conflict, match="So many"):
        service.invite(session, member, hub.id, draft(email="en.till@kommunen.se"), "sv")


def test_an_address_is_written_to_once_a_day_and_its_mailbox_not_filled(session: Session, hub: Hub) -> None:
    service.announce(session, hub.id, draft(), "sv")
    service.announce(session, hub.id, draft(email="KIM@kommunen.se "), "sv")
    assert len(written(session)) == 1
    member = member_of(session, hub)
    for more in range(1, MOST_ASKED_OF_ADDRESS + 2):
        service.invite(session, member, hub.id, draft(day=SOON + more * DAY), "sv")
    assert len(visits(session)) == len(written(session)) == MOST_ASKED_OF_ADDRESS


def test_no_more_come_than_there_are_seats(session: Session, hub: Hub) -> None:
    plans = member_of(session, hub)
    week = HubWeek(hub_id=hub.id, member_id=plans.member_id, monday=monday_of(SOON), plans=[SOON])
    builders.added(session, week)
    for name in ("ena", "andra"):
        service.announce(session, hub.id, draft(email=f"{name}@kommunen.se"), "sv")
    second, first = visits(session)
    service.answer(session, first.id, comes=True)  # with the member who plans to come both seats are taken
    with pytest.raises(Conflict, match="room"):
        service.answer(session, second.id, comes=True)
    with pytest.raises(Conflict, match="room"):
        service.announce(session, hub.id, draft(email="tredje@kommunen.se"), "sv")
    service.answer(session, first.id, comes=False)
    service.answer(session, second.id, comes=True)


def test_who_is_expected_is_told_once_that_there_is_no_such_day_any_more(session: Session, hub: Hub) -> None:
    for name in ("asked", "comes"):
        service.announce(session, hub.id, draft(email=f"{name}@kommunen.se"), "sv")
    inviter = member_of(session, hub)
    for day, name in ((SOON, "invited"), (SOON + DAY, "later")):
        service.invite(session, inviter, hub.id, draft(day=day, email=f"{name}@kommunen.se"), "sv")
    with pytest.raises(Conflict, match="invited that address"):
        service.invite(session, inviter, hub.id, draft(email="Invited@kommunen.se"), "sv")
    asked, comes, invited, later = visits(session)
    for each in (comes, invited, later):
        service.answer(session, each.id, comes=True)
    service.call_off(session, clock.today())
    assert [each.kind for each in session.exec(select(Mail))] == [MailKind.VISIT] * 4, "all of it is as it was"
    session.exec(delete(HubOpenHouse))
    invited.member_id = None  # as when who has invited is made nameless
    session.flush()
    with pytest.raises(Conflict, match="no visitors"):
        service.answer(session, asked.id, comes=True)
    for _twice in range(2):
        service.call_off(session, clock.today())
    assert visits(session) == [comes, invited, later]
    told = select(Mail.of_id).where(Mail.kind == MailKind.VISIT_CALLED_OFF)
    assert session.exec(told).all() == [comes.id], "who is invited by a member comes on any day"
    [text] = written(session)
    assert "tar ändå inte emot besökare" in text
    with pytest.raises(Conflict, match="no visitors"):
        service.answer(session, comes.id, comes=True)
    site = session.get_one(Site, hub.site_id)
    site.opening_hours = to_json(from_text(f"må-sö 08:00-17:00; {SOON} stängt"))
    session.flush()
    service.call_off(session, clock.today())
    assert {*session.exec(told)} == {comes.id, invited.id}, "the hub is closed that day by now"
    hub.phase = HubPhase.CLOSED
    session.flush()
    service.call_off(session, clock.today())
    assert {*session.exec(told)} == {comes.id, invited.id, later.id}
    service.forget(session, SOON + 2 * DAY, clock.now())
    assert (visits(session), session.exec(select(HubVisitors)).all()) == ([], [])


def test_what_comes_back_is_shown_to_who_has_invited_and_what_calls_off_to_the_host(session: Session, hub: Hub) -> None:
    host, member = host_of(session, hub), member_of(session, hub)

    def comes_back(visit: HubVisit, kind: MailKind) -> None:
        mail = session.exec(select(Mail).where(Mail.of_id == visit.id, Mail.kind == kind)).one()
        mail.sent_at = clock.now()
        assert bounced(session, mail.id, "550 No such user")

    service.announce(session, hub.id, draft(email="comes@kommunen.se"), "sv")
    service.invite(session, member, hub.id, draft(email="invited@kommunen.se"), "sv")
    comes, invited = visits(session)
    service.answer(session, comes.id, comes=True)
    assert [each.unreached for each in queries.invited(session, member, hub.id).items] == [False]
    comes_back(invited, MailKind.VISIT)
    assert [each.unreached for each in queries.invited(session, member, hub.id).items] == [True]
    session.exec(delete(HubOpenHouse))
    service.call_off(session, clock.today())
    assert queries.who_comes(session, host, hub.id).items == []
    comes_back(comes, MailKind.VISIT_CALLED_OFF)
    [told] = queries.who_comes(session, host, hub.id).items
    assert (told.visit.id, told.unreached) == (comes.id, True)


def test_who_was_told_announces_itself_anew_where_the_day_is_put_back(session: Session, hub: Hub) -> None:
    service.announce(session, hub.id, draft(), "sv")
    service.answer(session, visits(session)[0].id, comes=True)
    session.exec(delete(HubOpenHouse))
    service.call_off(session, clock.today())
    builders.added(session, HubOpenHouse(hub_id=hub.id, first=SOON, last=SOON))
    service.announce(session, hub.id, draft(), "sv")
    session.expire_all()
    [row] = visits(session)
    assert row.state is VisitState.ASKED
    [text] = written(session)
    assert visit_address(row.id) in text, "that it is called off is not sent any more"


@pytest.mark.usefixtures("connections")
def test_of_eight_who_say_yes_at_once_two_get_the_two_seats() -> None:
    with db.unit_of_work() as session:
        hub = open_hub(session)
        for number in range(8):
            service.announce(session, hub.id, draft(email=f"{number}@kommunen.se"), "sv")
        ids = [each.id for each in visits(session)]
    came: list[str] = []

    def say_yes(visit_id: UUID) -> None:
        try:
            with db.unit_of_work() as session:
                service.answer(session, visit_id, comes=True)
        except Conflict as refusal:
            if refusal.code != "no_room":
                raise
            came.append(refusal.code)
        else:
            came.append("comes")

    at_once([partial(say_yes, each) for each in ids])
    assert (came.count("comes"), came.count("no_room")) == (2, 6)


def test_the_day_after_a_visitor_is_a_number(session: Session, hub: Hub) -> None:
    for name in ("ena", "andra", "inte"):
        service.announce(session, hub.id, draft(email=f"{name}@kommunen.se"), "sv")
    for each in visits(session)[:2]:
        service.answer(session, each.id, comes=True)
    service.forget(session, SOON, clock.now())
    assert len(visits(session)) == 3, "on the day itself the host knows who comes"
    service.forget(session, SOON, clock.now() + ANSWER_WITHIN + timedelta(minutes=1))
    assert len(visits(session)) == 2, "who has not said yes in time is forgotten"
    assert queries.visitors(session, hub.id, SOON, date.max) == (), "who is to come has not come"
    builders.added(session, HubVisitors(hub_id=hub.id, day=clock.today() - DAY, visitors=3))
    yesterday = HubVisit(
        hub_id=hub.id, day=clock.today() - DAY, first_name="Kim", email="sen@kommunen.se", language="sv"
    )
    yesterday.kind = VisitKind.OPEN_HOUSE
    yesterday.state = VisitState.COMES
    builders.added(session, yesterday)
    counted = ((clock.today() - DAY, 4),)
    assert queries.visitors(session, hub.id, clock.today() - DAY, SOON) == counted, "with who is yet to be counted"
    for _twice in range(2):
        service.forget(session, SOON + DAY, clock.now())
    assert queries.visitors(session, hub.id, clock.today() - DAY, SOON) == counted
    assert visits(session) == []
    kept = session.exec(select(HubVisitors).order_by(col(HubVisitors.day)))
    assert [(each.day, each.visitors) for each in kept] == [*counted, (SOON, 2)]


def test_all_that_is_wrong_with_a_visit_is_told_at_once() -> None:
    with pytest.raises(BadInput) as told:
        VisitDraft(day=clock.today() - DAY, first_name=" ", email="ingen adress", comes_from="x" * 300)
    assert [each.property for each in told.value.parameters] == ["day", "firstName", "comesFrom", "email"]
