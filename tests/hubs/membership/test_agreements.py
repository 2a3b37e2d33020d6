"""Organisations join hubs and leave them, which reaches all their people."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from hubs.membership import agreements, people, queries
from hubs.membership.models import HubMembershipState, HubMemberState
from hubs.membership.rules import MembershipDraft, Terms
from hubs.places.models import Hub, HubPhase
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.hubs import rows

DAY = timedelta(days=1)
_S = HubMembershipState


def host_of(session: Session, hub: Hub) -> Actor:
    return builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


def admin(session: Session) -> Actor:
    return builders.actor(session, roles=["admin"])


def draft(*hubs: Hub, **values: Any) -> MembershipDraft:
    said: dict[str, Any] = {"employees": 300, "starts": clock.today(), "signatory": "Generaldirektören"}
    return MembershipDraft(hub_ids=tuple(each.id for each in hubs), **(said | values))


def told(session: Session, organisation_id: Any, member_id: Any = None) -> list[tuple[str, Any]]:
    found = select(Notice).where(Notice.organisation_id == organisation_id, Notice.member_id == member_id)
    return [(each.code, each.facts.get("to")) for each in session.exec(found.order_by(col(Notice.sequence)))]


def test_an_organisation_asks_the_host_agrees_and_both_are_told(session: Session):
    hub, boss = rows.hub(session), admin(session)
    row = agreements.ask(session, boss, draft(hub))
    assert queries.membership_at(session, boss.organisation_id, hub.id) is None
    agreements.agree(session, host_of(session, hub), row.id, Terms(fee_sek=60_000, seats=5))
    found = queries.membership_at(session, boss.organisation_id, hub.id)
    assert found is not None
    assert (found.state, found.fee_sek, found.seats) == (_S.AGREED, 60_000, 5)
    assert told(session, hub.organisation_id) == [("hub_membership_asked", None)]
    assert told(session, boss.organisation_id) == [("hub_membership_moved", "agreed")]
    assert [each.id for each in queries.organisations_of(session, hub.id)] == [boss.organisation_id]


def test_only_an_admin_asks_and_only_a_host_answers(session: Session):
    hub, boss = rows.hub(session), admin(session)
    with pytest.raises(NotAllowed):
        agreements.ask(session, builders.actor(session), draft(hub))
    row = agreements.ask(session, boss, draft(hub))
    with pytest.raises(NotAllowed):
        agreements.agree(session, boss, row.id, Terms(fee_sek=0))
    for stranger in (builders.actor(session), host_of(session, rows.hub(session)), admin(session)):
        with pytest.raises(NotFound):
            agreements.refuse(session, stranger, row.id)
        with pytest.raises(NotFound):
            agreements.end(session, stranger, row.id)


def test_an_organisation_has_one_agreement_for_a_hub_at_a_time(session: Session):
    hub, also, boss = rows.hub(session), rows.hub(session), admin(session)
    row = agreements.ask(session, boss, draft(hub, also))
    with pytest.raises(Conflict, match="already"):
        agreements.ask(session, boss, draft(also))
    agreements.withdraw(session, boss, row.id)
    with pytest.raises(StateChanged):
        agreements.agree(session, host_of(session, hub), row.id, Terms(fee_sek=0))
    agreements.ask(session, boss, draft(also))


def test_a_closed_hub_takes_nobody_in_and_one_in_preparation_is_not_known(session: Session):
    boss = admin(session)
    with pytest.raises(Conflict, match="closed"):
        agreements.ask(session, boss, draft(rows.hub(session, phase=HubPhase.CLOSED)))
    with pytest.raises(NotFound):
        agreements.ask(session, boss, draft(rows.hub(session, phase=HubPhase.PREPARE)))


def test_a_membership_of_several_hubs_covers_each_once_its_host_agrees(session: Session):
    here, there, boss = rows.hub(session), rows.hub(session), admin(session)
    row = agreements.ask(session, boss, draft(here, there))
    with pytest.raises(Conflict, match="not agreed"):
        agreements.cover(session, host_of(session, there), row.id, there.id)
    agreements.agree(session, host_of(session, here), row.id, Terms(fee_sek=0))
    covered = [queries.membership_at(session, boss.organisation_id, each.id) is not None for each in (here, there)]
    assert covered == [True, False]
    with pytest.raises(NotAllowed):
        agreements.cover(session, host_of(session, here), row.id, there.id)
    agreements.cover(session, host_of(session, there), row.id, there.id)
    assert queries.membership_at(session, boss.organisation_id, there.id) is not None


@pytest.mark.parametrize("by", ["admin", "host", "time"])
def test_the_end_of_an_agreement_reaches_all_its_people(session: Session, by: str):
    hub, boss = rows.hub(session), admin(session)
    agreed = rows.membership(session, [hub], session.get_one(Member, boss.member_id), ends=clock.today())
    home = session.get_one(Organisation, boss.organisation_id)
    seats = [
        rows.hub_member(session, hub, builders.member(session, home), agreed, state=state)
        for state in (HubMemberState.ACTIVE, HubMemberState.APPLIED)
    ]
    other = builders.member(session)
    stays = rows.hub_member(session, hub, other, rows.membership(session, [hub], other))
    agreements.pass_time(session, clock.today())
    assert agreed.state is _S.AGREED
    if by == "time":
        agreements.pass_time(session, clock.today() + DAY)
        agreements.pass_time(session, clock.today() + DAY)
    else:
        agreements.end(session, boss if by == "admin" else host_of(session, hub), agreed.id)
    session.expire_all()
    assert (agreed.state, agreed.ends) == (_S.ENDED, clock.today())
    assert [each.state for each in seats] == [HubMemberState.ENDED] * 2
    for each in seats:
        assert told(session, home.id, each.member_id) == [("hub_member_moved", "ended")]
        assert not queries.is_member(session, hub.id, each.member_id)
    assert stays.state is HubMemberState.ACTIVE
    assert told(session, home.id) == [("hub_membership_moved", "ended")]
    assert told(session, hub.organisation_id) == [("hub_membership_ended", None)], "the hosts once, whoever ends it"


def test_other_terms_are_agreed_anew_but_never_fewer_seats_than_are_taken(session: Session):
    hub, boss = rows.hub(session), admin(session)
    host, home = host_of(session, hub), session.get_one(Organisation, boss.organisation_id)
    agreed = rows.membership(session, [hub], session.get_one(Member, boss.member_id), ends=clock.today())
    for _number in range(2):
        rows.hub_member(session, hub, builders.member(session, home), agreed)
    later = clock.today() + 365 * DAY
    agreements.agree(session, host, agreed.id, Terms(fee_sek=0, seats=2, ends=later))
    assert (agreed.seats, agreed.ends) == (2, later)
    with pytest.raises(Conflict, match="than there would be seats"):
        agreements.agree(session, host, agreed.id, Terms(fee_sek=0, seats=1))


def test_who_answers_for_an_agreement_alone_reads_it(session: Session):
    hub, boss = rows.hub(session), admin(session)
    home = session.get_one(Organisation, boss.organisation_id)
    row = agreements.ask(session, boss, draft(hub))
    for reader in (boss, host_of(session, hub)):
        assert queries.membership_view(session, reader, row.id).membership.signatory == "Generaldirektören"
    for stranger in (builders.actor(session, home), builders.actor(session), admin(session)):
        with pytest.raises(NotFound):
            queries.membership(session, stranger, row.id)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"hub_ids": ()}, "hubIds"),
        ({"employees": 0}, "employees"),
        ({"seats": 0}, "seats"),
        ({"signatory": ""}, "signatory"),
        ({"ends": clock.today() - DAY}, "ends"),
    ],
)
def test_what_cannot_be_asked_for(session: Session, values: dict[str, Any], wrong: str):
    hub = rows.hub(session)
    said = {"hub_ids": (hub.id,), "employees": 1, "starts": clock.today(), "signatory": "GD"}
    with pytest.raises(BadInput) as refused:
        MembershipDraft(**(said | values))
    assert [each.property for each in refused.value.parameters] == [wrong]


def test_an_ended_agreement_frees_its_seats_and_lets_nobody_in(session: Session):
    hub, boss = rows.hub(session, seats=1), admin(session)
    agreed = rows.membership(session, [hub], session.get_one(Member, boss.member_id))
    rows.hub_member(session, hub, session.get_one(Member, boss.member_id), agreed)
    other = builders.member(session)
    theirs = rows.membership(session, [hub], other)
    waits = rows.hub_member(session, hub, other, theirs, state=HubMemberState.APPLIED)
    with pytest.raises(Conflict, match="seats of the hub"):
        people.admit(session, host_of(session, hub), waits.id)
    agreements.end(session, boss, agreed.id)
    people.admit(session, host_of(session, hub), waits.id)
    assert queries.seats_of_hub(session, hub.id) == 1


def unread(session: Session, *hubs: Hub) -> list[int]:
    """Count what the host of each hub has not read of being asked."""
    wanted = (Notice.code == "hub_membership_asked", col(Notice.read_at).is_(None))
    return [len(session.exec(select(Notice).where(Notice.organisation_id == each.organisation_id, *wanted)).all())
            for each in hubs]  # fmt: skip


@pytest.mark.parametrize("answer", ["agree", "refuse", "withdraw"])
def test_a_host_who_has_answered_is_asked_no_more_the_other_host_still(session: Session, answer: str):
    hub, second, boss = rows.hub(session), rows.hub(session), admin(session)
    row = agreements.ask(session, boss, draft(hub, second))
    agreements.ask(session, admin(session), draft(hub))
    assert unread(session, hub, second) == [2, 1]
    if answer == "agree":
        agreements.agree(session, host_of(session, hub), row.id, Terms(fee_sek=0))
        assert unread(session, hub, second) == [1, 1]
        agreements.cover(session, host_of(session, second), row.id, second.id)
    elif answer == "refuse":
        agreements.refuse(session, host_of(session, hub), row.id)
    else:
        agreements.withdraw(session, boss, row.id)
    assert unread(session, hub, second) == [1, 0], "what others have asked is still new"


def test_a_host_of_both_hubs_is_asked_until_it_has_answered_for_both(session: Session):
    site = builders.site(session)
    home = session.get_one(Organisation, site.organisation_id)
    hub, second = rows.hub(session, site), rows.hub(session, builders.site(session, home))
    row = agreements.ask(session, admin(session), draft(hub, second))
    host = host_of(session, hub)
    agreements.agree(session, host, row.id, Terms(fee_sek=0))
    assert unread(session, hub) == [2]
    agreements.cover(session, host, row.id, second.id)
    assert unread(session, hub) == [0]
