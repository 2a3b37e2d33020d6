"""What came of an alert: answers in time and late, roles over time, days lent, and what is told to whom."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.language import i18n
from api.pages.surges.report import after
from core.actor import Actor
from core.database import db
from core.errors import NotFound
from core.time import clock
from marketplace.exchange.alerts import Answers, alert_report
from marketplace.organisations.models import Organisation
from marketplace.planning import service, surging
from marketplace.proposals import service as proposals
from marketplace.proposals.queries import parties
from marketplace.surges.models import CallState, Surge
from tests import builders
from tests.marketplace.proposals.deals import confirming
from tests.marketplace.surges import alerts

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def patient(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs have time enough for a machine that is busy."""
    assert engine
    monkeypatch.setattr(service, "SURGE_LIMIT_S", 600.0)


def answered(surge_id: UUID, hr: Actor, cards: list[UUID], to: CallState, after: timedelta) -> None:
    with clock.frozen(clock.now() + after), db.unit_of_work() as session:
        calls = alerts.calls(session, surge_id)
        surging.answer_calls(session, hr, surge_id, [calls[card].id for card in cards], to)


def agreed(surge_id: UUID, coordinator: Actor, listers: list[Actor]) -> None:
    """Plan, and let all that is proposed be agreed on."""
    alerts.plan(surge_id)
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, session.get_one(Surge, surge_id).organisation_id)
        requester = builders.actor(session, home)
        for proposal in alerts.proposed(session).values():
            proposals.approve(session, coordinator, proposal.id)
            homes = {each.organisation_id for each in parties(session, proposal.id)}
            for side in (each for each in (*listers, requester) if each.organisation_id in homes):
                proposals.accept(session, side, proposal.id, confirmed=confirming(session, side, proposal))


def test_the_report_tells_who_answered_lent_and_stayed_and_is_kept(session: Session) -> None:
    with db.unit_of_work() as rows:
        many, five = alerts.lender(rows, *[100] * 5, floor_percent=40)  # 300 of 500 may be away
        few, one = alerts.lender(rows, 100, floor_percent=0)
        home = builders.member(rows)
        coordinator = builders.coordinator(rows)
        draft = alerts.draft(home.organisation_id, alerts.role(5))
        surge_id = surging.raise_alert(rows, coordinator, draft).id
        five_ids, [one_id] = [each.id for each in five], [each.id for each in one]
        lenders = [rows.get_one(Organisation, each.organisation_id).name for each in (many, few)]
    alerts.plan(surge_id)
    answered(surge_id, many, five_ids[:3], CallState.ACCEPTED, 2 * HOUR)
    answered(surge_id, few, [one_id], CallState.ACCEPTED, 5 * HOUR)  # after the four hours there were
    answered(surge_id, many, five_ids[3:4], CallState.DECLINED, 3 * HOUR)
    agreed(surge_id, coordinator, [many, few])
    with clock.frozen(clock.now() + 13 * HOUR), db.unit_of_work() as rows:
        surging.stand_down(rows, coordinator, surge_id)
    with db.unit_of_work() as rows:
        found = alert_report(rows, coordinator, surge_id)
        [role] = found.roles
        assert role.answers == Answers(asked=6, yes=4, no=1)  # one of the five says nothing
        assert (role.number, role.agreed, role.unfilled) == (5, 4, 1)  # three of five by the floor, and the other one
        assert (found.in_time, found.late, found.median_hours) == (4, 1, 2.0)  # 2, 2, 2, 3 and 5 hours
        # Agreed within the first hour as the clock stands, so that four of five are filled from then on.
        assert (found.marks, role.filled) == ([HOUR, 4 * HOUR, 12 * HOUR], [80, 80, 80])
        with i18n.speaking("en"):
            assert [after(each) for each in found.marks] == ["After 1 hour", "After 4 hours", "After 12 hours"]
        # Ten working days each, within two weeks from any day on: three of one, one of the other.
        given = {each.organisation: (each.answers.asked, each.days) for each in found.lenders}
        assert given == {lenders[0]: (5, 30), lenders[1]: (1, 10)}
        kept = {each.organisation: (each.may_be_away, each.most_away) for each in found.floors}
        assert kept == {lenders[0]: (300, 300), lenders[1]: (100, 100)}


def test_others_are_told_of_five_or_more_and_strangers_of_nothing(session: Session) -> None:
    with db.unit_of_work() as rows:
        many, five = alerts.lender(rows, *[100] * 5, floor_percent=0)
        few, one = alerts.lender(rows, 100, floor_percent=0)
        home = rows.get_one(Organisation, builders.member(rows).organisation_id)
        surge_id = builders.surge(rows, home, *five, *one).id
        reader, stranger = builders.actor(rows, home), builders.actor(rows)
        name, own = (rows.get_one(Organisation, each.organisation_id).name for each in (many, few))
    with db.unit_of_work() as rows:
        # One alone would be told of by what is left of all, so that those with it are five are told together, or none.
        told = alert_report(rows, reader, surge_id)
        assert [(each.organisation, each.answers.asked, each.days) for each in told.lenders] == [(None, 6, None)]
        assert told.floors == []
        mine = alert_report(rows, few, surge_id)
        assert {each.organisation: (each.answers.asked, each.days) for each in mine.lenders} == {
            own: (1, 0),
            name: (5, None),
        }
        assert [each.organisation for each in mine.floors] == [own]
        with pytest.raises(NotFound):
            alert_report(rows, stranger, surge_id)
