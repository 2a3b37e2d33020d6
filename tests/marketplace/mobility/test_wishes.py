"""Wishes to try another employer: what they may say, how they move, and that nobody but their owner learns of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.actor import Role
from core.database.audit import AuditEntry
from core.errors import BadInput, Conflict, NotFound
from core.time import clock
from marketplace.mobility import queries, wishes
from marketplace.mobility.models import MobilityWish, WishState
from marketplace.mobility.rules import MOST_WISHES, WISH
from marketplace.notices import queries as notices
from marketplace.organisations import service as organisations
from tests import builders
from tests.marketplace.mobility.wishing import Home, draft, home

DAY = timedelta(days=1)


@pytest.fixture
def at_home(session: Session) -> Home:
    return home(session)


@pytest.mark.parametrize(
    ("field", "wrong"),
    {
        "extentPercent": {"extent_percent": 0},
        "extentPercent ": {"extent_percent": 101},
        "months": {"months": 0},
        "months ": {"months": 25},
        "countyCodes": {"county_codes": ()},
        "countyCodes ": {"county_codes": ("02",)},
        "skills": {"skills": {}},
        "skills.procurement": {"skills": {"procurement": 6}},
        "languages": {"languages": frozenset({"Swedish"})},
        "earliest": {"earliest": date(1999, 1, 1)},
        "words": {"words": "x" * 20_001},
    }.items(),
)
def test_what_no_wish_can_be_is_told_by_its_field(field: str, wrong: dict[str, Any]):
    with pytest.raises(BadInput) as refused:
        draft(**wrong)
    assert {each.property for each in refused.value.parameters} == {field.strip()}


def test_a_past_start_or_an_unknown_skill_is_refused_and_nothing_is_written(session: Session):
    builders.skill(session)
    employee = builders.actor(session, roles=[])
    for wrong in ({"earliest": clock.today() - DAY}, {"skills": {"no-such": 3}}):
        with pytest.raises(BadInput):
            wishes.write(session, employee, draft(**wrong))
    assert session.exec(select(MobilityWish)).all() == []


def test_there_are_so_many_at_a_time_and_one_more_when_one_has_ended(session: Session, at_home: Home):
    for _ in range(MOST_WISHES - 1):
        wishes.write(session, at_home.employee, draft())
    with pytest.raises(Conflict, match="most"):
        wishes.write(session, at_home.employee, draft())
    wishes.end(session, at_home.employee, at_home.wish.id)
    wishes.write(session, at_home.employee, draft())


def test_what_has_ended_says_nothing_else(session: Session, at_home: Home):
    wishes.end(session, at_home.employee, at_home.wish.id)
    with pytest.raises(Conflict, match="Write a new one"):
        wishes.change(session, at_home.employee, at_home.wish.id, draft(months=6))


@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_else_reads_or_moves_it_whatever_the_role(session: Session, at_home: Home, role: Role | None):
    roles = [role.value] if role else []
    for reader in (builders.actor(session, at_home.organisation, roles=roles), builders.actor(session, roles=roles)):
        assert queries.wishes_page(session, reader).items == []
        for act in (queries.wish, wishes.open_, wishes.pause, wishes.end):
            with pytest.raises(NotFound):
                act(session, reader, at_home.wish.id)


def test_the_audit_says_neither_whose_it_is_nor_what_it_says(session: Session, at_home: Home):
    wishes.change(session, at_home.employee, at_home.wish.id, draft(words="Bort härifrån", months=6))
    wishes.pause(session, at_home.employee, at_home.wish.id)
    session.flush()
    entries = session.exec(select(AuditEntry).order_by(AuditEntry.sequence)).all()  # type: ignore[arg-type]
    of_it = [each for each in entries if each.entity == WISH.entity]
    assert [each.to_state for each in of_it] == ["draft", "open", None, "paused"]
    assert {each.actor_id for each in of_it} == {None}
    assert {str(each.details) + str(each.words) for each in of_it if each.to_state} == {"{}None"}
    assert not [each for each in entries if each.actor_id == at_home.employee.member_id]


def test_it_reminds_once_expires_after_its_days_and_is_opened_anew(session: Session, at_home: Home):
    employee, key, begun = at_home.employee, at_home.wish.id, clock.now()
    for days, told in ((165, []), (167, [False]), (168, [False]), (181, [True, False])):
        with clock.frozen(begun + days * DAY):
            wishes.pass_time(session, clock.now())
            assert [each.facts["over"] for each in notices.notices_page(session, employee).items] == told
    assert queries.wish(session, employee, key).state is WishState.EXPIRED
    colleague = builders.actor(session, at_home.organisation, roles=[role.value for role in Role])
    assert notices.notices_page(session, colleague).items == []
    with clock.frozen(begun + 181 * DAY):
        assert wishes.open_(session, employee, key).state is WishState.OPEN
        wishes.pass_time(session, clock.now())
    assert len(notices.notices_page(session, employee).items) == 2


def test_it_ends_when_its_owner_leaves(session: Session, at_home: Home):
    organisations.deactivate_member(session, None, at_home.employee.member_id)
    wishes.pass_time(session, clock.now())
    session.refresh(at_home.wish)
    assert at_home.wish.state is WishState.ENDED
