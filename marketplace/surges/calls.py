"""Every question about calls: whose they are to answer, how they stand, and which are overdue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor, Permission, refusal
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, within
from core.errors import NotFound
from marketplace.surges.models import CallState, Surge, SurgeCall, SurgeState
from resources.models import Resource


@dataclass(frozen=True)
class CallView:
    """A call with the resource of the card, for those where the person works."""

    call: SurgeCall
    resource: Resource


def own_calls(session: Session, actor: Actor, surge_id: UUID) -> list[CallView]:
    """Return the calls of an alert that the actor may answer, by the name of the card."""
    return [CallView(call, resource) for call, resource in session.execute(_own_calls(actor, surge_id))]


def own_calls_page(
    session: Session, actor: Actor, surge_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[CallView]:
    """Return a page of `own_calls`."""
    found = read_rows(session, _own_calls(actor, surge_id), page, limit)
    return found.of(lambda rows: [CallView(row.SurgeCall, row.Resource) for row in rows])


def _own_calls(actor: Actor, surge_id: UUID) -> Select[SurgeCall, Resource]:
    return (
        select(SurgeCall, Resource)
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(col(SurgeCall.surge_id) == surge_id, answers_for(actor))
        .order_by(col(Resource.name), col(SurgeCall.id))
    )


def check_answers(session: Session, actor: Actor, surge_id: UUID) -> None:
    """Refuse whoever may answer for nobody whom an alert calls."""
    if not session.scalar(select(_own_calls(actor, surge_id).exists())):
        raise refusal(actor, Permission.ANSWER_CALLS)


def answers_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor answers for where a card, a `Resource`, belongs."""
    return within(actor, Permission.ANSWER_CALLS, col(Resource.organisation_id), col(Resource.department))


def locked_calls(session: Session, actor: Actor, surge_id: UUID, call_ids: Collection[UUID]) -> list[SurgeCall]:
    """Return those of some calls that the actor may answer, locked until the transaction ends."""
    found = (
        select(SurgeCall)
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(any_of(col(SurgeCall.id), call_ids), col(SurgeCall.surge_id) == surge_id, answers_for(actor))
        .order_by(col(SurgeCall.id))
        .with_for_update(of=SurgeCall)
    )
    return list(session.scalars(found.execution_options(populate_existing=True)))


def units_called(session: Session, surge_id: UUID, resource_ids: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """Count the calls of some cards by the organisation and unit where those work; of no unit it is an empty one."""
    unit = func.coalesce(col(Resource.department), "")
    found = (
        select(col(SurgeCall.organisation_id), unit, func.count())
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(col(SurgeCall.surge_id) == surge_id, any_of(col(SurgeCall.resource_id), resource_ids))
        .group_by(col(SurgeCall.organisation_id), unit)
        .order_by(col(SurgeCall.organisation_id), unit)
    )
    return {(home, name): number for home, name, number in session.execute(found)}


def my_calls(session: Session, actor: Actor) -> list[tuple[SurgeCall, Surge]]:
    """Return the calls of the actor's own cards by alerts that go on, the last first."""
    found = session.execute(_my_calls(actor).order_by(col(SurgeCall.id).desc()))
    return [(call, surge) for call, surge in found]


def own_call(session: Session, actor: Actor, resource_id: UUID, call_id: UUID) -> SurgeCall:
    """Return a call of a card that is the actor's own, locked until the transaction ends; NotFound for others'."""
    its = col(SurgeCall.id) == call_id, col(SurgeCall.resource_id) == resource_id
    found = _my_calls(actor).where(*its).with_for_update(of=SurgeCall)
    row = session.execute(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("surge_call", call_id)
    call: SurgeCall = row.SurgeCall
    return call


def calls_of_mine(actor: Actor) -> Select[int]:
    """Count the calls of the actor's own cards that it has not answered."""
    unanswered = col(SurgeCall.state) == CallState.ASKED, col(SurgeCall.person_said_yes_at).is_(None)
    return _my_calls(actor).with_only_columns(func.count(), maintain_column_froms=True).where(*unanswered)


def calls_to_answer(actor: Actor) -> Select[int]:
    """Count the calls that the actor may answer for others, by alerts that go on."""
    return (
        select(func.count())
        .select_from(SurgeCall)
        .join(Surge, col(Surge.id) == col(SurgeCall.surge_id))
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(answers_for(actor), col(SurgeCall.state) == CallState.ASKED, col(Surge.state) == SurgeState.OPEN)
    )


def _my_calls(actor: Actor) -> Select[SurgeCall, Surge]:
    return (
        select(SurgeCall, Surge)
        .join(Surge, col(Surge.id) == col(SurgeCall.surge_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(SurgeCall.resource_id))
        .where(col(StaffCapacity.member_id) == actor.member_id, col(Surge.state) == SurgeState.OPEN)
    )


def whose(session: Session, surge_id: UUID, resource_ids: Collection[UUID]) -> list[tuple[SurgeCall, UUID]]:
    """Return the calls of some cards by an alert with the members whose cards these are, where HR has noted that."""
    found = (
        select(SurgeCall, col(StaffCapacity.member_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(SurgeCall.resource_id))
        .where(col(SurgeCall.surge_id) == surge_id, any_of(col(SurgeCall.resource_id), resource_ids))
        .where(col(StaffCapacity.member_id).is_not(None))
    )
    return [(call, member_id) for call, member_id in session.execute(found.order_by(col(SurgeCall.id)))]


def calls_in(session: Session, surge_id: UUID, states: Collection[CallState]) -> list[UUID]:
    """Return the calls of an alert that are in one of some states, locked: answers under way count first."""
    found = select(col(SurgeCall.id)).where(col(SurgeCall.surge_id) == surge_id, col(SurgeCall.state).in_(states))
    return list(session.scalars(found.order_by(col(SurgeCall.id)).with_for_update()))


def overdue(session: Session, now: datetime) -> list[UUID]:
    """Return the open alerts with calls not answered in time, locked; those that somebody else is at are left out."""
    asked = select(col(SurgeCall.surge_id)).where(col(SurgeCall.state) == CallState.ASKED)
    found = select(col(Surge.id)).where(
        col(Surge.state) == SurgeState.OPEN, col(Surge.answer_by) <= now, col(Surge.id).in_(asked)
    )
    return list(session.scalars(found.order_by(col(Surge.id)).with_for_update(skip_locked=True)))


def called_counts(session: Session, surge_id: UUID) -> dict[CallState, int]:
    """Return how many cards are called in each state, each once."""
    found = select(col(SurgeCall.state), func.count()).where(col(SurgeCall.surge_id) == surge_id)
    return {state: number for state, number in session.execute(found.group_by(col(SurgeCall.state)))}  # noqa: C416


def lenders(session: Session, surge_id: UUID) -> set[UUID]:
    """Return the organisations where somebody is called by an alert."""
    return set(session.scalars(select(col(SurgeCall.organisation_id)).where(col(SurgeCall.surge_id) == surge_id)))
