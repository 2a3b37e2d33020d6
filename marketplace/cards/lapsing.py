"""Yeses that end though nobody takes them back: their time is over, or whose card it is takes part no more."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.models import StaffCapacity
from marketplace.cards import withdrawing
from marketplace.cards.approving import take_back
from marketplace.cards.asking import tell_hr
from marketplace.organisations.models import Member
from resources.models import Resource


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
            col(CardApproval.at) < col(Member.updated_at),
        )
    )
    return list(session.exec(found.order_by(col(StaffCapacity.resource_id))))
