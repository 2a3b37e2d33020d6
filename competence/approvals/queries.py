"""Every question about the yeses to capacity cards."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy import select as select_rows
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.approvals.rules import LIVE, in_order
from competence.models import StaffCapacity
from core.actor import Actor, Permission
from core.database.tables import any_of, within
from resources.models import Resource


def live_approvals(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, tuple[CardApproval, ...]]:
    """Return what is asked or given of cards, as it now is, each card's in the order in which they are asked for."""
    found: dict[UUID, list[CardApproval]] = defaultdict(list)
    if resource_ids:
        wanted = any_of(col(CardApproval.resource_id), resource_ids), col(CardApproval.state).in_(LIVE)
        for each in session.exec(select(CardApproval).where(*wanted)):
            found[each.resource_id].append(each)
    return {key: in_order(approvals) for key, approvals in found.items()}


def given(session: Session, resource_id: UUID) -> tuple[CardApproval, ...]:
    """Return the yeses to a card that stand, in order."""
    return given_of(live_approvals(session, [resource_id]).get(resource_id, ()))


def given_of(approvals: Collection[CardApproval]) -> tuple[CardApproval, ...]:
    """Return those of the approvals that are a yes which stands."""
    return tuple(each for each in approvals if each.state is ApprovalState.GIVEN)


def of_cards(session: Session, resource_ids: Collection[UUID]) -> list[CardApproval]:
    """Return all that was ever asked and said about cards, the latest first."""
    found = select(CardApproval).where(any_of(col(CardApproval.resource_id), resource_ids))
    return list(session.exec(found.order_by(col(CardApproval.id).desc())))


def run_out(session: Session, now: datetime) -> list[CardApproval]:
    """Return yeses whose time is over, locked; those that somebody else is at are left out."""
    over = col(CardApproval.state) == ApprovalState.GIVEN, func.upper(CardApproval.covers) <= now
    return list(session.exec(select(CardApproval).where(*over).with_for_update(skip_locked=True)))


def by_link(session: Session, link_hash: str) -> CardApproval | None:
    """Return what somebody is asked by a link, whatever has become of it."""
    return session.exec(select(CardApproval).where(CardApproval.link_hash == link_hash)).one_or_none()


def unanswered(session: Session, now: datetime) -> list[UUID]:
    """Return the cards about which somebody has not answered in time."""
    late = col(CardApproval.state) == ApprovalState.ASKED, col(CardApproval.answer_by) <= now
    found = select_rows(col(CardApproval.resource_id)).where(*late)
    return list(session.scalars(found.order_by(col(CardApproval.resource_id))))


def to_ask_anew(session: Session) -> list[UUID]:
    """Return the cards of known persons whose last answer was overtaken by what the card says now."""
    said, later = aliased(CardApproval), aliased(CardApproval)
    newer = select_rows(col(later.id)).where(
        col(later.resource_id) == col(said.resource_id),
        col(later.who) == Approver.EMPLOYEE,
        or_(col(later.state).in_(LIVE), col(later.updated_at) > col(said.updated_at)),
    )
    found = (
        select_rows(col(StaffCapacity.resource_id))
        .join(said, col(said.resource_id) == col(StaffCapacity.resource_id))
        .where(
            col(StaffCapacity.member_id).is_not(None),
            col(said.who) == Approver.EMPLOYEE,
            col(said.state) == ApprovalState.OVERTAKEN,
            ~newer.exists(),
        )
    )
    return list(session.scalars(found.distinct()))


def waiting_for_manager(actor: Actor) -> Select[int]:
    """Count the employees who have said yes to a card that waits for the actor's yes as their manager."""
    return (
        select_rows(func.count())
        .select_from(StaffCapacity)
        .join(Resource, col(Resource.id) == col(StaffCapacity.resource_id))
        .where(
            within(actor, Permission.APPROVE_CARD, col(Resource.organisation_id), col(Resource.department)),
            _given_by(Approver.EMPLOYEE),
            or_(_asked_of(actor), and_(_asked_of_nobody(), ~_given_by(Approver.MANAGER))),
        )
    )


def waiting_for_person(actor: Actor) -> Select[int]:
    """Count the actor's own cards that wait for its yes."""
    own = col(CardApproval.who) == Approver.EMPLOYEE, col(CardApproval.asked_of_id) == actor.member_id
    return select_rows(func.count()).where(*own, col(CardApproval.state) == ApprovalState.ASKED)


def waiting_for_hr(actor: Actor) -> Select[int]:
    """Count the cards to which the employee says yes and with which it is HR's turn: to ask a manager, or to decide."""
    return (
        select_rows(func.count())
        .select_from(StaffCapacity)
        .join(Resource, col(Resource.id) == col(StaffCapacity.resource_id))
        .where(
            within(actor, Permission.NOTE_APPROVAL, col(Resource.organisation_id), col(Resource.department)),
            _given_by(Approver.EMPLOYEE),
            ~_given_by(Approver.HR),
            _asked_of_nobody(),
        )
    )


def _given_by(who: Approver) -> ColumnElement[bool]:
    return _exists(col(CardApproval.who) == who, col(CardApproval.state) == ApprovalState.GIVEN)


def _asked_of_nobody() -> ColumnElement[bool]:
    return ~_exists(col(CardApproval.who) == Approver.MANAGER, col(CardApproval.state) == ApprovalState.ASKED)


def _asked_of(actor: Actor) -> ColumnElement[bool]:
    asked = col(CardApproval.state) == ApprovalState.ASKED
    return _exists(col(CardApproval.who) == Approver.MANAGER, asked, col(CardApproval.asked_of_id) == actor.member_id)


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    of_card = col(CardApproval.resource_id) == col(StaffCapacity.resource_id)
    return select_rows(col(CardApproval.id)).where(of_card, *conditions).correlate(StaffCapacity).exists()
