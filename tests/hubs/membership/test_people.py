"""People apply to a hub, take the last seat one at a time, sign what is there to be signed, and leave."""

from functools import partial
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from hubs.membership import manifesto, people, queries
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.rules import ApplicationDraft
from hubs.membership.seats import change_hub
from hubs.places.models import Hub, HubPhase
from hubs.places.rules import HubDraft
from marketplace.notices.models import Notice
from marketplace.notices.queries import notices_page
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows
from tests.racing import WRITERS, at_once, connections

__all__ = ["connections"]

SAID = ApplicationDraft(aims="Lära av andra", contribution="Facilitering", first_name="Kim")


def host_of(session: Session, hub: Hub) -> Actor:
    return builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


@pytest.fixture
def hub(session: Session) -> Hub:
    return rows.hub(session)


def applicant(session: Session, hub: Hub, **values: int) -> Actor:
    member = builders.member(session)
    rows.membership(session, [hub], member, **values)
    return builders.actor_of(session, member)


def test_a_person_applies_is_let_in_and_both_sides_are_told(session: Session, hub: Hub):
    actor, host = applicant(session, hub), host_of(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    assert [each.code for each in notices_page(session, host).items] == ["hub_applied"]
    assert not queries.is_member(session, hub.id, actor.member_id)
    people.admit(session, host, row.id)
    assert queries.is_member(session, hub.id, actor.member_id)
    assert [each.code for each in notices_page(session, actor).items] == ["hub_member_moved"]
    with pytest.raises(StateChanged):
        people.refuse(session, host, row.id)


def test_a_hub_has_no_fewer_seats_than_members(session: Session, hub: Hub):
    host = host_of(session, hub)
    for _ in range(2):
        people.admit(session, host, people.apply(session, applicant(session, hub), hub.id, SAID).id)
    people.apply(session, applicant(session, hub), hub.id, SAID)
    with pytest.raises(BadInput) as refused:
        change_hub(session, host, hub.id, HubDraft(name=hub.name, phase=HubPhase.RUN, seats=1))
    assert [each.property for each in refused.value.parameters] == ["seats"]
    assert change_hub(session, host, hub.id, HubDraft(name=hub.name, phase=HubPhase.RUN, seats=2)).seats == 2


@pytest.mark.parametrize("answer", ["admit", "refuse", "end", "leave"])
def test_an_application_is_new_to_hosts_until_it_is_answered(session: Session, hub: Hub, answer: str):
    actor, host = applicant(session, hub), host_of(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    people.apply(session, applicant(session, hub), hub.id, SAID)
    assert notices_page(session, host, unread=True).total == 2
    getattr(people, answer)(session, actor if answer == "leave" else host, row.id)
    assert notices_page(session, host, unread=True).total == 1, "the other's is still new"


def test_a_first_name_is_changed_by_oneself_while_one_belongs(session: Session, hub: Hub):
    actor = applicant(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    assert people.call_oneself(session, actor, row.id, " Kim-Alva ").first_name == "Kim-Alva"
    with pytest.raises(NotFound):
        people.call_oneself(session, host_of(session, hub), row.id, "Bo")
    with pytest.raises(BadInput) as refused:
        people.call_oneself(session, actor, row.id, " ")
    assert [each.property for each in refused.value.parameters] == ["firstName"]
    people.leave(session, actor, row.id)
    with pytest.raises(Conflict, match="no member"):
        people.call_oneself(session, actor, row.id, "Alva")


def test_a_hub_that_is_closed_takes_nobody_in(session: Session, hub: Hub):
    row = people.apply(session, applicant(session, hub), hub.id, SAID)
    hub.phase = HubPhase.CLOSED
    with pytest.raises(Conflict, match="closed"):
        people.apply(session, applicant(session, hub), hub.id, SAID)
    with pytest.raises(Conflict, match="closed"):
        people.admit(session, host_of(session, hub), row.id)
    people.refuse(session, host_of(session, hub), row.id)


def test_only_whose_organisation_is_a_member_applies_and_once(session: Session, hub: Hub):
    with pytest.raises(Conflict, match="no membership"):
        people.apply(session, builders.actor(session), hub.id, SAID)
    actor = applicant(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    with pytest.raises(Conflict, match="already"):
        people.apply(session, actor, hub.id, SAID)
    people.leave(session, actor, row.id)
    assert row.state is HubMemberState.WITHDRAWN
    people.apply(session, actor, hub.id, SAID)


def test_nobody_else_reads_or_answers_an_application(session: Session, hub: Hub):
    actor = applicant(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    home = session.get_one(Organisation, actor.organisation_id)
    strangers = [
        builders.actor(session, home, roles=["admin", "hr", "manager"]),
        builders.coordinator(session),
        host_of(session, rows.hub(session)),
        applicant(session, hub),
    ]
    for each in strangers:
        with pytest.raises(NotFound):
            queries.hub_member(session, each, row.id)
        with pytest.raises(NotFound):
            people.leave(session, each, row.id)
    with pytest.raises(NotAllowed):
        people.admit(session, actor, row.id)


def test_a_person_in_two_organisations_has_two_memberships_and_neither_knows_the_other(session: Session, hub: Hub):
    one, other = applicant(session, hub), applicant(session, hub)
    mine = people.apply(session, one, hub.id, SAID)
    theirs = people.apply(session, other, hub.id, ApplicationDraft(aims="a", contribution="b", first_name="Kim"))
    for actor, row, foreign in ((one, mine, theirs), (other, theirs, mine)):
        assert queries.own(session, actor, hub.id) == row
        with pytest.raises(NotFound):
            queries.hub_member(session, actor, foreign.id)
    people.admit(session, host_of(session, hub), mine.id)
    assert [queries.is_member(session, hub.id, each.member_id) for each in (one, other)] == [True, False]
    people.leave(session, one, mine.id)
    assert theirs.state is HubMemberState.APPLIED


def test_a_seat_at_two_hubs_by_one_agreement_is_one_of_the_organisations(session: Session, hub: Hub):
    also, member, second = rows.hub(session), builders.member(session), None
    agreed = rows.membership(session, [hub, also], member, seats=1)
    second = builders.member(session, session.get_one(Organisation, member.organisation_id))
    for place in (hub, also):
        row = people.apply(session, builders.actor_of(session, member), place.id, SAID)
        people.admit(session, host_of(session, place), row.id)
    assert queries.seats_of_membership(session, agreed.id) == 1
    row = people.apply(session, builders.actor_of(session, second), hub.id, SAID)
    with pytest.raises(Conflict, match="seats of the organisation"):
        people.admit(session, host_of(session, hub), row.id)


def test_the_manifesto_is_signed_as_it_stands_and_a_later_one_anew(session: Session, hub: Hub):
    actor, host = applicant(session, hub), host_of(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    with pytest.raises(NotFound):
        manifesto.sign(session, actor, row.id, 1)
    manifesto.publish(session, host, hub.id, "Vi delar.")
    manifesto.sign(session, actor, row.id, 1)
    first = queries.signed_by(session, [row.id])[row.id]
    manifesto.sign(session, actor, row.id, 1)
    manifesto.publish(session, host, hub.id, "Vi delar och lyssnar.")
    with pytest.raises(Conflict, match="changed since you read it"):
        manifesto.sign(session, actor, row.id, 1)
    assert queries.signed_by(session, [row.id])[row.id] == first
    with pytest.raises(NotFound):
        manifesto.sign(session, host, row.id, 2)
    manifesto.sign(session, actor, row.id, 2)
    signed = queries.signed_by(session, [row.id])[row.id]
    assert (list(signed), signed[1]) == ([1, 2], first[1])
    people.admit(session, host, row.id)
    manifesto.publish(session, host, hub.id, "Vi delar, lyssnar och lånar ut.")
    code = col(Notice.code) == NoticeCode.HUB_MANIFESTO
    told = session.exec(select(Notice).where(code)).one()  # whoever had only applied was not asked
    assert (told.member_id, told.read_at) == (actor.member_id, None)
    manifesto.sign(session, actor, row.id, 3)
    assert told.read_at is not None
    people.leave(session, actor, row.id)
    manifesto.publish(session, host, hub.id, "Vi delar, lyssnar och lånar.")
    with pytest.raises(Conflict, match="no member there"):
        manifesto.sign(session, actor, row.id, 4)


def test_the_host_ticks_off_the_welcome(session: Session, hub: Hub):
    actor, host = applicant(session, hub), host_of(session, hub)
    row = people.apply(session, actor, hub.id, SAID)
    people.welcome(session, host, row.id, ["clothes_peg", "mail"])
    assert row.welcomed == ["mail", "clothes_peg"]
    with pytest.raises(BadInput):
        people.welcome(session, host, row.id, ["party"])
    with pytest.raises(NotAllowed):
        people.welcome(session, actor, row.id, ["mail"])


@pytest.mark.usefixtures("connections")
def test_the_last_seats_are_never_taken_twice():
    """32 applicants of 4 organisations with 5 seats each, 12 seats at the hub: 12 are let in, of none more than 5."""
    with db.unit_of_work() as session:
        hub = rows.hub(session, seats=12)
        host, hub_id = host_of(session, hub), hub.id
        waiting: list[UUID] = []
        for _number in range(4):
            first = builders.member(session)
            home = session.get_one(Organisation, first.organisation_id)
            agreed = rows.membership(session, [hub], first, seats=5)
            people_ = [first, *(builders.member(session, home) for _number in range(WRITERS // 4 - 1))]
            waiting += [
                rows.hub_member(session, hub, each, agreed, state=HubMemberState.APPLIED).id for each in people_
            ]
    came: list[str] = []

    def admit(key: UUID) -> None:
        try:
            with db.unit_of_work() as session:
                people.admit(session, host, key)
        except Conflict as refusal:
            if refusal.code != "no_seat":
                raise
            came.append(refusal.code)
        else:
            came.append("in")

    at_once([partial(admit, key) for key in waiting])
    assert (came.count("in"), came.count("no_seat")) == (12, 20)
    with db.unit_of_work() as session:
        seated = [session.get_one(HubMember, key) for key in waiting]
        by_agreement = [each.membership_id for each in seated if each.state is HubMemberState.ACTIVE]
        assert len(by_agreement) == queries.seats_of_hub(session, hub_id) == 12
        assert max(map(by_agreement.count, by_agreement)) <= 5
