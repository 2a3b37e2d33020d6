"""Yeses that end though nobody takes them back: their time is over, or whose card it is takes part no more.

Before their time is over those are told, once, who can say yes anew.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.approvals.rules import APPROVAL
from competence.models import StaffCapacity
from core.actor import Permission
from core.time.interval import from_range
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import GOING_ON
from marketplace.cards import withdrawing
from marketplace.cards.approving import take_back
from marketplace.cards.asking import tell_hr, tell_those
from marketplace.loans.rules import days_of
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member
from resources.models import Resource

WARNED_BEFORE = timedelta(days=21)
"""As long as the employee, the manager and HR need to say yes anew."""


def warn(session: Session, now: datetime) -> None:
    """Tell who can say yes anew, once, that a yes runs out before a loan is over, or the card is offered no more."""
    lent = _lent_for_longer().label("lent")
    ends = func.upper(col(CardApproval.covers))
    soon = (ends > now, ends <= now + WARNED_BEFORE, or_(lent, _offered_for_longer()))
    stands = (col(CardApproval.state) == ApprovalState.GIVEN, col(CardApproval.warned_at).is_(None))
    found = select(CardApproval, lent).where(*stands, *soon).order_by(col(CardApproval.id))
    for approval, is_lent in session.exec(found.with_for_update(of=CardApproval, skip_locked=True)).all():
        approval.warned_at = now
        _warn(session, approval, is_lent=is_lent)
    session.flush()


def run_out(session: Session, passed: datetime) -> None:
    """Let yeses run out whose time is over; of a loan that goes on for longer the lender's HR decides."""
    for resource_id, who in approvals.expire(session, passed):
        withdrawing.begin(session, None, resource_id, who)


def take_back_of_left(session: Session) -> None:
    """Take back the yeses of members who have been kept out since: the card is shown no more, and HR is told.

    What HR notes after that stands: who is no member may still work there.
    """
    for resource_id in _left(session):
        resource = session.get_one(Resource, resource_id)
        take_back(session, None, resource, Approver.EMPLOYEE)
        tell_hr(session, resource, Approver.EMPLOYEE, ApprovalState.WITHDRAWN)


def _left(session: Session) -> list[UUID]:
    found = (
        select(StaffCapacity.resource_id)
        .join(Member, col(Member.id) == col(StaffCapacity.member_id))
        .join(CardApproval, col(CardApproval.resource_id) == col(StaffCapacity.resource_id))
        .where(
            ~col(Member.active),
            CardApproval.who == Approver.EMPLOYEE,
            CardApproval.state == ApprovalState.GIVEN,
            col(CardApproval.at) < col(Member.kept_out_at),
        )
    )
    return list(session.exec(found.order_by(col(StaffCapacity.resource_id))))


def _warn(session: Session, approval: CardApproval, *, is_lent: bool) -> None:
    resource = session.get_one(Resource, approval.resource_id)
    if approval.covers is None:
        return
    _first, last = days_of(from_range(approval.covers))
    facts: dict[str, Any] = {"who": approval.who.value, "lastDay": last.isoformat(), "lent": is_lent}
    by = [Permission.NOTE_APPROVAL, *([Permission.APPROVE_CARD] if approval.who is Approver.MANAGER else [])]
    for permission in by:
        tell_those(session, resource, permission, NoticeCode.CARD_RUNS_OUT, **facts)
    person_id = session.get_one(StaffCapacity, resource.id).member_id
    if approval.who is Approver.EMPLOYEE and person_id is not None:
        home, told = {resource.organisation_id}, NoticeCode.CARD_YOURS_RUNS_OUT
        notify(session, home, told, APPROVAL.entity, approval.id, member_id=person_id, **facts)


def _offered_for_longer() -> ColumnElement[bool]:
    offered = select(Offer.id).where(Offer.resource_id == CardApproval.resource_id)
    live = col(Offer.state).in_([OfferState.OPEN, OfferState.PAUSED])
    return offered.where(live, _is_longer(col(Offer.during))).correlate(CardApproval).exists()


def _lent_for_longer() -> ColumnElement[bool]:
    lent = select(Booking.id).join(Offer, col(Offer.id) == col(Booking.offer_id))
    lent = lent.where(Offer.resource_id == CardApproval.resource_id, col(Booking.state).in_(GOING_ON))
    return lent.where(_is_longer(col(Booking.during))).correlate(CardApproval).exists()


def _is_longer(during: Any) -> ColumnElement[bool]:
    longer: ColumnElement[bool] = func.upper(during) > func.upper(col(CardApproval.covers))
    return or_(func.upper_inf(during), longer)
