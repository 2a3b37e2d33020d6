"""Every question about who is asked: who came when, as they said themselves, and whom one survey is about."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from core.database.tables import any_of
from core.time import clock
from core.time.opening import local_instant
from hubs.activities.models import ActivityState, HubActivity, HubRegistration
from hubs.activities.rules import FOR_WEEKS
from hubs.feedback.models import HubSurvey, SurveyKind
from hubs.feedback.rules import LEAST_BETWEEN, OPEN_FOR, WORTH_AFTER, WORTH_EVERY
from hubs.membership.models import HubMember, HubMemberState
from hubs.presence.models import HubWeek
from hubs.presence.rules import Coming, coming, days_of, monday_of
from hubs.waiting.line import Standing
from marketplace.organisations.models import Member

Visit = tuple[UUID, UUID, date]
"""Of which hub, by which member, on which day."""


def survey(session: Session, survey_id: UUID) -> HubSurvey | None:
    """Return who is asked, as long as it may be answered."""
    row = session.get(HubSurvey, survey_id)
    return row if row is not None and row.asked and clock.today() <= row.day + OPEN_FOR else None


def new_visits(session: Session, first: date, last: date) -> list[Visit]:
    """Return who had registered for, or planned, what days from one through another and is not noted yet, in order."""
    of_days = and_(col(HubSurvey.kind) == SurveyKind.VISIT, col(HubSurvey.day) >= first, col(HubSurvey.day) <= last)
    noted = select(col(HubSurvey.hub_id), col(HubSurvey.member_id), col(HubSurvey.day)).where(of_days)
    found: set[Visit] = {*_registered(session, first, last), *_planned(session, first, last)}
    return sorted(found.difference(map(tuple, session.execute(noted))))


def asked_lately(session: Session, day: date) -> set[tuple[UUID, UUID]]:
    """Return who has been asked about a hub so lately that it is not asked about a day: hub and member."""
    lately = and_(col(HubSurvey.day) > day - LEAST_BETWEEN, col(HubSurvey.asked))
    return {(hub_id, member_id) for hub_id, member_id in session.execute(_who(lately))}


def asked_of_worth(session: Session, day: date) -> set[tuple[UUID, UUID]]:
    """Return who has been asked what a hub is worth within a year: hub and member."""
    worth = and_(col(HubSurvey.kind) == SurveyKind.WORTH, col(HubSurvey.day) > day - WORTH_EVERY)
    return {(hub_id, member_id) for hub_id, member_id in session.execute(_who(worth))}


def long_members(session: Session, day: date) -> set[tuple[UUID, UUID]]:
    """Return who has been a member of which hub for so long that it is asked what that is worth."""
    joined = local_instant(day - WORTH_AFTER, time())
    found = select(col(HubMember.hub_id), col(HubMember.member_id)).where(
        col(HubMember.state) == HubMemberState.ACTIVE, col(HubMember.joined_at) <= joined
    )
    return {(hub_id, member_id) for hub_id, member_id in session.execute(found)}


def taking_part(session: Session, member_ids: set[UUID]) -> set[UUID]:
    """Return those of some members who are not kept out."""
    return set(session.scalars(select(col(Member.id)).where(any_of(col(Member.id), member_ids), col(Member.active))))


def _who(condition: ColumnElement[bool]) -> Any:
    return select(col(HubSurvey.hub_id), col(HubSurvey.member_id)).where(condition).distinct()


def _registered(session: Session, first: date, last: date) -> Iterator[Visit]:
    begin, end = local_instant(first, time()), local_instant(last + timedelta(days=1), time())
    found = (
        select(col(HubActivity.hub_id), col(HubRegistration.member_id), col(HubActivity.ends))
        .join(HubActivity, col(HubActivity.id) == col(HubRegistration.activity_id))
        .where(
            col(HubActivity.state).in_((ActivityState.SET, ActivityState.HELD)),
            col(HubActivity.form).not_in(FOR_WEEKS),
            col(HubActivity.ends) >= begin,
            col(HubActivity.ends) < end,
            col(HubActivity.ends) <= clock.now(),
            col(HubRegistration.state) == Standing.REGISTERED,
        )
    )
    for hub_id, member_id, ends in session.execute(found):
        yield hub_id, member_id, ends.astimezone(clock.STOCKHOLM).date()


def _planned(session: Session, first: date, last: date) -> Iterator[Visit]:
    weeks = and_(col(HubWeek.monday) >= monday_of(first), col(HubWeek.monday) <= last)
    comes = or_(func.cardinality(col(HubWeek.plans)) > 0, func.cardinality(col(HubWeek.advised)) > 0)
    for row in session.scalars(select(HubWeek).where(weeks, comes)):
        for day in days_of(row.monday):
            if first <= day <= last and coming(row, day) is Coming.PLANS:
                yield row.hub_id, row.member_id, day
