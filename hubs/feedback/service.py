"""Use cases of feedback: note who said it would come, ask some of them, take answers without who gave them, forget."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.errors import Conflict
from hubs.feedback import queries
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import WORTH_EVERY, AnswerDraft, days_to_ask_about, quarter_of
from hubs.places.models import Hub
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.models import Member

ENTITY = "hub_survey"


def ask(session: Session, passed: datetime) -> None:
    """Note who said that it would come on the days that have come, and ask those who have not been asked lately."""
    first, last = days_to_ask_about(passed)
    visits = queries.new_visits(session, first, last)
    if not visits:
        return
    there = queries.taking_part(session, {member_id for _, member_id, _ in visits})
    lately = queries.asked_lately(session, last)
    of_worth = queries.long_members(session, last) - queries.asked_of_worth(session, last)
    for hub_id, member_id, day in visits:
        who = (hub_id, member_id)
        its: dict[str, Any] = {"hub_id": hub_id, "member_id": member_id, "day": day}
        about_visit = who not in lately and who not in of_worth
        if member_id not in there or not _noted(session, HubSurvey(kind=SurveyKind.VISIT, asked=about_visit, **its)):
            continue
        if who in of_worth:
            _noted(session, HubSurvey(kind=SurveyKind.WORTH, asked=True, **its))
        of_worth.discard(who)
        lately.add(who)


def answer(session: Session, survey_id: UUID, draft: AnswerDraft) -> None:
    """Take an answer, once, and keep nothing that leads from it to who gave it.

    Raises
    ------
    Conflict
        ``link_over``: it is too late, or there is nothing to answer. ``answered``: it was answered already.
    """
    row = queries.survey(session, survey_id)
    if row is None or row.kind is not draft.kind:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    session.refresh(row, with_for_update=True)  # of two taps at once one counts
    if row.answered:
        raise Conflict("answered", "You have answered already. Thank you.")
    row.answered = True
    said: dict[str, Any] = {"first": draft.first, "second": draft.second, "words": draft.words.strip()}
    session.add(HubAnswer(hub_id=row.hub_id, kind=row.kind, quarter=quarter_of(row.day), **said))
    session.flush()
    home = session.get_one(Member, row.member_id).organisation_id
    mark_answered(session, [home], NoticeCode.HUB_FEEDBACK, ENTITY, row.id)


def forget(session: Session, hub_id: UUID, before: date) -> None:
    """Delete who came to a hub when before a day, and who was asked what it is worth so long ago that it is again."""
    of_hub = delete(HubSurvey).where(col(HubSurvey.hub_id) == hub_id)
    session.execute(of_hub.where(col(HubSurvey.kind) == SurveyKind.VISIT, col(HubSurvey.day) < before))
    session.execute(of_hub.where(col(HubSurvey.kind) == SurveyKind.WORTH, col(HubSurvey.day) < before - WORTH_EVERY))


def _noted(session: Session, row: HubSurvey) -> bool:
    """Write a row unless it is there already, tell who is asked, and return whether it is new."""
    made = insert(HubSurvey).values(row.model_dump()).on_conflict_do_nothing().returning(col(HubSurvey.id))
    if session.execute(made).one_or_none() is None:
        return False
    if row.asked:
        notify(
            session,
            [session.get_one(Member, row.member_id).organisation_id],
            NoticeCode.HUB_FEEDBACK,
            ENTITY,
            row.id,
            member_id=row.member_id,
            hub=session.get_one(Hub, row.hub_id).name,
            day=str(row.day),
            kind=row.kind.value,
        )
    return True
