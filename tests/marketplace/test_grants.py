"""Roles that are granted and withdrawn: by whom, until when, where, and that an organisation keeps an admin."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session

from core.actor import Actor, Permission, Role, check_may
from core.database.audit import history
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from marketplace.organisations import queries, service
from marketplace.organisations.grants import GrantDraft
from marketplace.organisations.models import Member
from marketplace.organisations.rules import MemberDraft
from marketplace.requests.queries import RequestSearch, requests_page
from tests import builders

TODAY_ONLY = "Vikarie i dag"


@pytest.fixture
def admin(session: Session) -> Actor:
    return builders.actor(session, roles=["admin"])


@pytest.fixture
def colleague(session: Session, admin: Actor) -> Member:
    return builders.member(session, queries.organisation(session, admin.organisation_id), roles=[])


def test_a_role_is_granted_with_a_reason_and_withdrawn_with_one(
    session: Session, admin: Actor, colleague: Member
) -> None:
    service.grant_role(session, admin, colleague.id, GrantDraft(Role.HR, "Ny personalchef"))
    assert queries.actor_for(session, colleague.id).may(Permission.NOTE_APPROVAL, admin.organisation_id)
    service.withdraw_role(session, admin, colleague.id, Role.HR, "Har slutat")
    assert queries.actor_for(session, colleague.id).roles == frozenset()
    with pytest.raises(Conflict) as refused:
        service.withdraw_role(session, admin, colleague.id, Role.HR, "Har slutat")
    assert refused.value.code == "not_granted"
    told = [(each.reason_code, each.words) for each in history(session, "member", colleague.id) if each.words]
    assert told == [("role_granted", "Ny personalchef"), ("role_withdrawn", "Har slutat")]


def test_a_role_ends_after_its_last_day_and_whoever_had_it_is_told_so(
    session: Session, admin: Actor, colleague: Member
) -> None:
    today = clock.today()
    service.grant_role(session, admin, colleague.id, GrantDraft(Role.LISTER, TODAY_ONLY, until=today))
    assert queries.actor_for(session, colleague.id).may(Permission.OFFER)
    colleague.grants = {"lister": {**colleague.grants["lister"], "until": str(today - timedelta(days=1))}}
    session.flush()
    later = queries.actor_for(session, colleague.id)
    with pytest.raises(NotAllowed, match=str(today - timedelta(days=1))) as refused:
        check_may(later, Permission.OFFER, later.organisation_id)
    assert refused.value.code == "grant_ended"
    service.grant_role(session, admin, colleague.id, GrantDraft(Role.LISTER, "Fortsätter"))
    assert queries.actor_for(session, colleague.id).may(Permission.OFFER)


def test_saying_what_a_member_is_leaves_its_roles_as_they_were_granted(
    session: Session, admin: Actor, colleague: Member
) -> None:
    until = clock.today() + timedelta(days=9)
    service.grant_role(session, admin, colleague.id, GrantDraft(Role.LISTER, TODAY_ONLY, until=until))
    draft = MemberDraft("Annat namn", colleague.email, frozenset({Role.LISTER, Role.REQUESTER}))
    changed = service.update_member(session, admin, colleague.id, draft, reason="Beställer också")
    assert changed.grants["lister"]["until"] == until.isoformat()
    assert changed.grants["requester"]["reason"] == "Beställer också"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"reason": " "}, ["reason"]),
        ({"until": clock.today() - timedelta(days=1)}, ["until"]),
        ({"county_codes": ("99",)}, ["countyCodes"]),
        (
            {"role": Role.LISTER, "county_codes": ("23",), "organisation_ids": (uuid4(),)},
            ["countyCodes", "organisationIds"],
        ),
    ],
)
def test_a_grant_that_cannot_be_right(values: dict[str, object], wrong: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        GrantDraft(**({"role": Role.COORDINATOR, "reason": "R"} | values))  # type: ignore[arg-type]
    assert [each.property for each in refused.value.parameters] == wrong


Removal = Callable[[Session, Actor, Member], object]


@pytest.mark.parametrize(
    "remove",
    [
        lambda s, a, m: service.deactivate_member(s, a, m.id),
        lambda s, a, m: service.withdraw_role(s, a, m.id, Role.ADMIN, "R"),
        lambda s, a, m: service.update_member(
            s, a, m.id, MemberDraft(m.name, m.email, frozenset({Role.LISTER})), reason="R"
        ),
        lambda s, a, m: service.grant_role(s, a, m.id, GrantDraft(Role.ADMIN, "R", until=clock.today())),
        lambda s, _, m: service.deactivate_member(s, None, m.id),
    ],
    ids=["deactivated", "withdrawn", "changed", "ended", "by the system"],
)
def test_an_organisation_keeps_an_admin(session: Session, admin: Actor, colleague: Member, remove: Removal) -> None:
    own = queries.member(session, admin.member_id)
    for but_a_while in (None, clock.today()):  # nobody else, and somebody for today only
        if but_a_while:
            service.grant_role(session, admin, colleague.id, GrantDraft(Role.ADMIN, "R", until=but_a_while))
        with pytest.raises(Conflict) as refused:
            remove(session, admin, own)
        assert refused.value.code == "last_admin"
    service.grant_role(session, admin, colleague.id, GrantDraft(Role.ADMIN, "R"))
    remove(session, admin, own)


def test_who_grants_what(session: Session, admin: Actor, colleague: Member) -> None:
    boss, other_admin = builders.coordinator(session), builders.actor(session, roles=["admin"])
    lister = builders.actor(session, queries.organisation(session, admin.organisation_id), roles=["lister"])
    for actor, role, refused in (
        (lister, Role.LISTER, "admin_only"),
        (admin, Role.COORDINATOR, "coordinator_only"),
        (boss, Role.HR, "own_admin_only"),
        (boss, Role.AUDITOR, "own_admin_only"),
        (boss, Role.ADMIN, "own_admin_only"),
    ):
        with pytest.raises(NotAllowed) as told:
            service.grant_role(session, actor, colleague.id, GrantDraft(role, "R"))
        assert told.value.code == refused, role
    with pytest.raises(NotFound):
        service.grant_role(session, other_admin, colleague.id, GrantDraft(Role.LISTER, "R"))
    for role in (Role.LISTER, Role.COORDINATOR):
        service.grant_role(session, boss, colleague.id, GrantDraft(role, "R"))
    nobodys = builders.member(session, roles=[])  # its organisation has no admin yet
    service.grant_role(session, boss, nobodys.id, GrantDraft(Role.ADMIN, "Den första"))
    with pytest.raises(NotAllowed):  # by a new address somebody could sign in as the admin
        service.update_member(session, boss, nobodys.id, MemberDraft("N", "mine@example.se", frozenset({Role.ADMIN})))


def test_a_coordinator_of_an_area_coordinates_that_alone(session: Session) -> None:
    boss = builders.coordinator(session)
    here = builders.request(session, builders.member(session, builders.organisation(session)))
    south = builders.organisation(session, municipality_code="1280")
    there, named = (
        builders.request(session, builders.member(session, home))
        for home in (south, builders.organisation(session, municipality_code="0180"))
    )
    member = builders.member(session, builders.organisation(session, municipality_code="2480"), roles=[])
    draft = GrantDraft(Role.COORDINATOR, "R", county_codes=("12",), organisation_ids=(named.organisation_id,))
    service.grant_role(session, boss, member.id, draft)
    actor = queries.actor_for(session, member.id)
    assert {each.request.id for each in requests_page(session, actor, RequestSearch()).items} == {there.id, named.id}
    assert {each.request.id for each in requests_page(session, boss, RequestSearch()).items} == {
        here.id,
        there.id,
        named.id,
    }
    assert actor.may(Permission.DECIDE, south.id)
    assert not actor.may(Permission.DECIDE, here.organisation_id)
    assert not actor.may(Permission.REGISTER)
    assert (actor.coordinates_county("12"), actor.coordinates_county("01"), actor.coordinates_county(None)) == (
        True,
        False,
        False,
    )


def test_the_same_address_is_free_in_every_organisation_but_once_in_each(session: Session, admin: Actor) -> None:
    taken = builders.member(session, email="nagon@example.se")
    draft = MemberDraft("N", taken.email.upper())
    service.add_member(session, admin, admin.organisation_id, draft, "R")
    with pytest.raises(Conflict, match=r"one with nagon@example\.se") as refused:
        service.add_member(session, admin, admin.organisation_id, draft, "R")
    assert str(admin.organisation_id) not in str(refused.value)
