"""Who had registered or planned to come is asked once a visit, not too often, and answers without a name."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from core.errors import BadInput, Conflict
from core.time import clock
from hubs.activities.models import ActivityState
from hubs.feedback import service
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import OPEN_FOR, AnswerDraft, quarter_after, quarter_of
from hubs.places.models import Hub
from hubs.presence.models import HubWeek
from hubs.presence.rules import monday_of
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member
from retention.erasing import erase_member
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import joined

LONG_AGO = timedelta(days=100)


def evening() -> datetime:
    """Return this evening, when who was there today is asked."""
    return builders.at(0, 18)


def plans(session: Session, hub: Hub, member: Member, days_ago: int = 0) -> None:
    day = clock.today() - timedelta(days=days_ago)
    builders.added(session, HubWeek(hub_id=hub.id, member_id=member.id, monday=monday_of(day), plans=[day]))


def surveys(session: Session, member: Member) -> list[tuple[SurveyKind, int, bool]]:
    """Return what a member is asked: about what, how many days ago, and whether."""
    found = session.exec(
        select(HubSurvey).where(HubSurvey.member_id == member.id).order_by(HubSurvey.day, HubSurvey.kind)
    )
    return [(each.kind, (clock.today() - each.day).days, each.asked) for each in found]


def told(session: Session, member: Member) -> list[str]:
    found = session.exec(select(Notice).where(Notice.member_id == member.id, Notice.code == "hub_feedback"))
    return [each.facts["kind"] for each in found]


def test_who_planned_a_day_is_asked_once_that_evening(session: Session):
    hub = rows.hub(session)
    member, _ = joined(session, hub)
    plans(session, hub, member)
    service.ask(session, builders.at(0, 16))
    assert surveys(session, member) == []
    for _ in range(2):
        service.ask(session, evening())
    assert surveys(session, member) == [(SurveyKind.VISIT, 0, True)]
    assert told(session, member) == ["visit"]


def test_who_registered_is_asked_also_without_being_a_member_and_who_waited_or_gave_back_is_not(session: Session):
    hub = rows.hub(session)
    its = {"starts": clock.now() - timedelta(hours=2), "ends": clock.now() - timedelta(hours=1)}
    talk = rows.activity(session, hub, state=ActivityState.HELD, **its)
    came, waited, back = (builders.member(session) for _ in range(3))
    rows.registration(session, talk, came)
    rows.registration(session, talk, waited, state="waiting", taken=0)
    rows.registration(session, talk, back, state="declined", taken=0)
    service.ask(session, evening() + timedelta(days=1))  # the talk may have ended late yesterday
    assert [len(surveys(session, each)) for each in (came, waited, back)] == [1, 0, 0]


def test_a_day_planned_with_something_on_is_one_visit_and_of_days_in_a_row_one_is_asked_about(session: Session):
    hub = rows.hub(session)
    member, _ = joined(session, hub)
    plans(session, hub, member, days_ago=1)
    service.ask(session, evening() - timedelta(days=1))
    today = clock.today()
    week = session.exec(
        select(HubWeek).where(HubWeek.member_id == member.id, HubWeek.monday == monday_of(today))
    ).first()
    if week is None:
        plans(session, hub, member)
    else:
        week.plans = [*week.plans, today]
        session.add(week)
        session.flush()
    service.ask(session, evening())
    assert surveys(session, member) == [(SurveyKind.VISIT, 1, True), (SurveyKind.VISIT, 0, False)]
    assert told(session, member) == ["visit"]


def test_who_has_been_a_member_for_long_is_asked_once_a_year_what_it_is_worth_instead(session: Session):
    hub = rows.hub(session)
    member = builders.member(session)
    agreed = rows.membership(session, [hub], member)
    rows.hub_member(session, hub, member, agreed, joined_at=clock.now() - LONG_AGO)
    plans(session, hub, member)
    service.ask(session, evening())
    assert surveys(session, member) == [(SurveyKind.VISIT, 0, False), (SurveyKind.WORTH, 0, True)]
    assert told(session, member) == ["worth"]


def test_who_is_kept_out_is_not_asked(session: Session):
    hub = rows.hub(session)
    member, _ = joined(session, hub)
    plans(session, hub, member)
    member.active, member.kept_out_at = False, clock.now()
    session.flush()
    service.ask(session, evening())
    assert surveys(session, member) == []


def asked(session: Session, days_ago: int = 0) -> HubSurvey:
    hub = rows.hub(session)
    member, _ = joined(session, hub)
    day = clock.today() - timedelta(days=days_ago)
    its = {"hub_id": hub.id, "member_id": member.id, "kind": SurveyKind.VISIT, "day": day}
    return builders.added(session, HubSurvey(asked=True, **its))


def test_an_answer_is_taken_once_and_nothing_in_it_leads_to_who_gave_it(session: Session):
    survey = asked(session)
    service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 4, 5, " Mer kaffe. "))
    with pytest.raises(Conflict, match="already"):
        service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 1, 1))
    (row,) = session.exec(select(HubAnswer).where(HubAnswer.hub_id == survey.hub_id)).all()
    assert (row.quarter, row.first, row.second, row.words) == (quarter_of(survey.day), 4, 5, "Mer kaffe.")
    assert set(HubAnswer.model_fields) == {"id", "hub_id", "kind", "quarter", "first", "second", "words"}
    assert row.id.version == 4, "a key that says when it was made would tell who"


def test_of_who_is_erased_nothing_is_left_and_what_was_answered_stands(session: Session):
    survey = asked(session)
    service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 4, 5))
    erase_member(session, survey.member_id, "asked_for")
    assert session.exec(select(HubSurvey)).all() == []
    assert session.exec(select(Notice).where(Notice.code == "hub_feedback")).all() == []
    assert len(session.exec(select(HubAnswer)).all()) == 1


@pytest.mark.parametrize(("days_ago", "taken"), [(OPEN_FOR.days, True), (OPEN_FOR.days + 1, False)])
def test_the_link_is_over_after_a_while(session: Session, days_ago: int, taken: bool):
    survey = asked(session, days_ago)
    if taken:
        service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 4, 5))
    else:
        with pytest.raises(Conflict, match="link"):
            service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 4, 5))


def test_what_is_wrong_is_said_at_once():
    with pytest.raises(BadInput) as caught:
        AnswerDraft(SurveyKind.WORTH, 4, 0, "Ring 070-123 45 67")
    assert [each.property for each in caught.value.parameters] == ["first", "second", "words"]


def test_quarters_begin_and_follow():
    day = clock.today()
    first = quarter_of(day)
    assert first.day == 1
    assert first.month in {1, 4, 7, 10}
    assert first <= day < quarter_after(first)
