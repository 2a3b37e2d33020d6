"""What becomes of needs that HR was asked about: somebody says no, the need is gone, or a loan is agreed."""

from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.approvals.queries import given
from competence.models import StaffCapacity
from marketplace.bookings.models import Booking
from marketplace.mobility import interests, queries, wishes
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish, WishState
from marketplace.mobility.rules import INTEREST, UNDER_WAY, WISH
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import Offer, OfferState
from marketplace.proposals.refused import refused_pairs
from marketplace.requests.models import Need


def follow(session: Session) -> list[UUID]:
    """Move what something has come of, tell its owner, and return of which requests a card may be proposed by now."""
    requests = []
    for row, wish in queries.to_follow(session):
        session.refresh(row)
        if row.state not in UNDER_WAY:  # another of the same wish was agreed just now
            continue
        to = _becomes(session, row, wish)
        if to is InterestState.OFFERED:
            requests.append(session.get_one(Need, row.need_id).request_id)
        if to in {InterestState.OFFERED, InterestState.ASKED}:
            INTEREST.move(session, None, row.id, to)
        elif to is not None:
            _ended(session, row, wish, to)
    return requests


def _ended(session: Session, row: MobilityInterest, wish: MobilityWish, to: InterestState) -> None:
    interests.end(session, row, to)
    if to is InterestState.AGREED and wish.state in WISH.sources(WishState.TAKEN):
        WISH.move(session, None, wish.id, WishState.TAKEN)
        interests.let_go(session, wish.id, InterestState.WITHDRAWN)
    wishes.tell(session, wish, NoticeCode.WISH_ENDED, to=to.value, need=session.get_one(Need, row.need_id).title)


def _becomes(session: Session, row: MobilityInterest, wish: MobilityWish) -> InterestState | None:
    """Return what has become of it, nothing where it is as it was."""
    offer = session.get(Offer, row.offer_id, populate_existing=True) if row.offer_id else None
    if offer is None:
        return None
    card = session.get_one(StaffCapacity, offer.resource_id, populate_existing=True)
    if session.scalars(select(Booking.id).where(col(Booking.offer_id) == offer.id).limit(1)).first():
        return InterestState.AGREED
    if card.member_id != wish.member_id or not _agrees(session, card.resource_id):
        return InterestState.WITHDRAWN
    if (row.need_id, offer.id) in refused_pairs(session, [row.need_id]) or _is_declined(session, offer):
        return InterestState.DECLINED
    if not queries.is_asked_for(session, row.need_id):
        return InterestState.LAPSED
    to = InterestState.OFFERED if card.approved_during and offer.state is OfferState.OPEN else InterestState.ASKED
    return to if to is not row.state else None


def _agrees(session: Session, resource_id: UUID) -> bool:
    """Tell whether the employee says yes, or is asked anew as the card says something else."""
    own = col(CardApproval.resource_id) == resource_id, col(CardApproval.who) == Approver.EMPLOYEE
    latest = session.scalars(select(CardApproval).where(*own).order_by(col(CardApproval.id).desc()).limit(1)).first()
    over = {ApprovalState.DECLINED, ApprovalState.WITHDRAWN}
    return latest is not None and latest.state not in over


def _is_declined(session: Session, offer: Offer) -> bool:
    """Tell whether the manager has declined and nobody is asked since, or HR has closed the offer."""
    if offer.state is OfferState.CLOSED:
        return True
    own = col(CardApproval.resource_id) == offer.resource_id, col(CardApproval.who) == Approver.MANAGER
    latest = session.scalars(select(CardApproval).where(*own).order_by(col(CardApproval.id).desc()).limit(1)).first()
    said_yes = {each.who for each in given(session, offer.resource_id)}
    return latest is not None and latest.state is ApprovalState.DECLINED and Approver.MANAGER not in said_yes
