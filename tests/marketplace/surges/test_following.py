"""The plan of an alert follows what happens meanwhile: answers in any order, other runs, and what rosters say."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.actor import Actor
from core.database import db
from core.time import clock
from marketplace.notices.queries import unread
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Organisation
from marketplace.planning import attempts, service, surging
from marketplace.runs.models import MatchingRun, RunState
from marketplace.runs.queries import surge_run_to_come
from marketplace.surges import rosters
from marketplace.surges.models import CallState, Occasion, RosterCard
from marketplace.surges.rules import RosterDraft
from tests import builders
from tests.marketplace.planning.execution.runs import while_solving
from tests.marketplace.surges import alerts

LENDERS = {(100, 60, 40): 50, (80, 100): 30, (50, 50, 100): 0}
"""The extents of cards on a roster, and how much stays at ordinary work: 100 of 200 may be away, 126 of 180, all."""
SHARES = [100, 126, 200]


@pytest.fixture(autouse=True)
def patient(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are done here, with time enough for a machine that is busy."""
    assert engine
    monkeypatch.setattr(service, "SURGE_LIMIT_S", 600.0)


def raised(home: Organisation, *roles: tuple[int, int]) -> UUID:
    """Raise an alert for so many people of so many percent each."""
    with db.unit_of_work() as session:
        wanted = [alerts.role(number, percent) for number, percent in roles]
        surge_id = surging.raise_alert(session, builders.coordinator(session), alerts.draft(home.id, *wanted)).id
    alerts.plan(surge_id)
    return surge_id


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_answered_when_the_floor_holds_and_nobody_is_planned_with_who_does_not_come(seed: int) -> None:
    chance = random.Random(seed)
    with db.unit_of_work() as session:
        home = builders.organisation(session)
        kept = [alerts.lender(session, *percents, floor_percent=floor) for percents, floor in LENDERS.items()]
        keepers = {card.id: hr for hr, cards in kept for card in cards}
        by_roster = [{card.id for card in cards} for _, cards in kept]
    surge_id = raised(home, (3, 100), (4, 40))
    assert check(surge_id, by_roster)
    for late in (False, True):
        if late:
            with db.unit_of_work() as session:
                surging.expire_calls(session, clock.now() + timedelta(days=1))
        for card, hr in keepers.items():
            answer_by_chance(chance, surge_id, card, hr)
        alerts.plan(surge_id)
        check(surge_id, by_roster)


def answer_by_chance(chance: random.Random, surge_id: UUID, card: UUID, hr: Actor) -> None:
    with db.unit_of_work() as session:
        call = alerts.calls(session, surge_id).get(card)
        if call is None or chance.random() < 0.3:
            return
        if call.state is CallState.ACCEPTED:
            surging.answer_calls(session, hr, surge_id, [call.id], CallState.WITHDRAWN)
        elif call.state in {CallState.ASKED, CallState.EXPIRED}:
            to = CallState.ACCEPTED if chance.random() < 0.7 else CallState.DECLINED
            surging.answer_calls(session, hr, surge_id, [call.id], to)


def check(surge_id: UUID, by_roster: list[set[UUID]]) -> int:
    """Fail on a broken floor, or on somebody who does not come; return how many are proposed."""
    with db.unit_of_work() as session:
        proposed = alerts.proposed(session)
        calls = alerts.calls(session, surge_id)
        assert {calls[card].state for card in proposed} <= {CallState.ASKED, CallState.ACCEPTED}
        away = {
            card: session.exec(
                builders.select(alerts.ProposalLine.amount).where(alerts.ProposalLine.proposal_id == proposal.id)
            ).one()
            for card, proposal in proposed.items()
        }
    for cards, share in zip(by_roster, SHARES, strict=True):
        assert sum(amount for card, amount in away.items() if card in cards) <= share
    return len(proposed)


def test_an_older_run_that_ends_after_a_newer_one_publishes_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.unit_of_work() as rows:
        alerts.lender(rows, 100, 100, floor_percent=0)
        home = builders.organisation(rows)
    surge_id = raised(home, (2, 100))
    done: list[UUID] = []

    def plan() -> None:
        with db.unit_of_work() as rows:
            service.queue_surge_run(rows, surge_id)
            run = surge_run_to_come(rows, surge_id)
            assert run
            done.append(run.id)
        attempts.execute(done[-1])

    while_solving(monkeypatch, plan)
    plan()
    older, newer = done
    assert {each.run_id for each in alerts.proposed(session).values()} == {newer}
    assert {session.get_one(MatchingRun, key).state for key in done} == {RunState.DONE}
    assert session.get_one(MatchingRun, older).served == 0


@pytest.mark.parametrize(
    ("occasion", "floor", "people"), [(Occasion.RECEPTION, 0, 2), (Occasion.RECEPTION, 100, 1), (Occasion.CYBER, 0, 1)]
)
def test_a_called_card_is_planned_with_under_the_roster_that_it_is_moved_to(
    session: Session, occasion: Occasion, floor: int, people: int
) -> None:
    with db.unit_of_work() as rows:
        hr, [one, other] = alerts.lender(rows, 100, 100, floor_percent=0)
        home = builders.organisation(rows)
        first = rows.get_one(RosterCard, one.id).roster_id
    surge_id = raised(home, (2, 100))
    assert len(alerts.proposed(session)) == 2
    said = {"name": "Mottagning", "notice_hours": 0, "until": clock.today()}
    with db.unit_of_work() as rows:
        kept = RosterDraft(
            **said, occasions=frozenset({Occasion.RECEPTION}), floor_percent=0, card_ids=frozenset({other.id})
        )
        rosters.change_roster(rows, hr, first, kept)
        moved = RosterDraft(**said, occasions=frozenset({occasion}), floor_percent=floor, card_ids=frozenset({one.id}))
        rosters.make_roster(rows, hr, moved)
    with db.unit_of_work() as rows:
        surging.call_late(rows, clock.now())
    alerts.plan(surge_id)
    session.rollback()
    assert len(alerts.proposed(session)) == people
    assert other.id in alerts.proposed(session)


def test_each_unit_is_told_of_its_own_calls_until_it_answers(session: Session) -> None:
    with db.unit_of_work() as rows:
        everywhere, [one, other] = alerts.lender(rows, 100, 100)
        one.department, other.department = "Norr", "Söder"
        lender = rows.get_one(Organisation, everywhere.organisation_id)
        held = {"roles": ["hr"], "grants": {"hr": {"departments": ["Norr"]}}}
        north = builders.actor_of(rows, builders.member(rows, lender, **held))
        home = builders.organisation(rows)
    surge_id = raised(home, (2, 100))

    def told(actor: Actor) -> list[int]:
        session.rollback()
        return [each.facts["cards"] for each in unread(session, actor) if each.code == NoticeCode.CALLED]

    assert (told(north), told(everywhere)) == ([1], [1, 1])
    with db.unit_of_work() as rows:
        surging.answer_calls(rows, north, surge_id, [alerts.calls(rows, surge_id)[one.id].id], CallState.ACCEPTED)
    assert (told(north), told(everywhere)) == ([], [1])
