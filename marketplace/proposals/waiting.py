"""Every question about proposals that still wait: what they hold, whose time is out, what can no longer be agreed.

Nobody's eyes count here: it is the system that asks, for a decision or a deadline.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.database.undo import may_be_undone
from core.time.interval import Interval, from_range
from marketplace.bookings.models import Booking, BookingState
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.rules import OFFER
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.proposals.queries import is_kept
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.queries import LIVE
from marketplace.requests.rules import NEED, WITHDRAWN


def kept_claims(session: Session, unit_ids: Collection[UUID], but_for: UUID) -> list[tuple[UUID, LineClaim]]:
    """Return what other kept proposals than `but_for` will claim of units, each with its proposal."""
    found = (
        select(col(Proposal.id), LineClaim)
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .join(LineClaim, col(LineClaim.line_id) == col(ProposalLine.id))
        .where(col(LineClaim.unit_id).in_(unit_ids), col(Proposal.id) != but_for, is_kept())
    )
    return [(proposal_id, claim) for proposal_id, claim in session.execute(found)]


def kept_times(session: Session, unit_ids: Collection[UUID], but_for: UUID) -> list[tuple[int, Interval]]:
    """Return how much of units other kept proposals will claim, and when."""
    return [(claim.amount, from_range(claim.during)) for _, claim in kept_claims(session, unit_ids, but_for)]


def needs_waiting(session: Session, request_id: UUID) -> set[UUID]:
    """Return the needs of a request that a proposal serves which waits for somebody."""
    found = (
        select(col(ProposalLine.need_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(Proposal.request_id) == request_id, _waits())
    )
    return set(session.scalars(found))


def due(session: Session, now: datetime) -> list[Proposal]:
    """Return unanswered proposals whose time is out, locked; those that somebody else is at are left out.

    What a coordinator has locked to be kept has no time to run out before it is approved.
    """
    kept = and_(col(Proposal.state) == ProposalState.PROPOSED, col(Proposal.locked_at).is_not(None))
    found = select(Proposal).where(_waits(), ~kept, col(Proposal.answer_by) <= now)
    return _taken_up(session, found)


def to_remind(session: Session, now: datetime, soon: datetime) -> list[Proposal]:
    """Return approved proposals whose time is out before `soon` but not yet `now`, not reminded of; locked as `due`."""
    found = select(Proposal).where(
        col(Proposal.state) == ProposalState.APPROVED,
        col(Proposal.reminded_at).is_(None),
        col(Proposal.answer_by) > now,
        col(Proposal.answer_by) <= soon,
    )
    return _taken_up(session, found)


def without_need(session: Session, now: datetime) -> list[Proposal]:
    """Return waiting proposals with a need that is dropped, as when its request was withdrawn; locked as `due`.

    So are those whose requester has left. As long as a withdrawal may be undone, what is proposed waits.
    """
    dropped = (
        select(col(ProposalLine.id))
        .join(Need, col(Need.id) == col(ProposalLine.need_id))
        .where(col(ProposalLine.proposal_id) == col(Proposal.id), col(Need.state) == NeedState.DROPPED)
        .where(~may_be_undone(NEED.entity, col(Need.id), NeedState.DROPPED, now, WITHDRAWN))
    )
    return _taken_up(session, select(Proposal).where(_waits(), or_(dropped.exists(), _requester_left())))


def without_offer(session: Session, now: datetime) -> list[Proposal]:
    """Return waiting proposals with an offer that is no longer made; locked as `due`.

    As long as a closing may be undone, what is proposed waits.
    """
    undoable = may_be_undone(OFFER.entity, col(Offer.id), OfferState.CLOSED, now)
    closed = and_(col(Offer.state) == OfferState.CLOSED, undoable)
    gone = _gone_offers().where(col(ProposalLine.proposal_id) == col(Proposal.id), ~closed).exists()
    return _taken_up(session, select(Proposal).where(_waits(), gone))


def without_approval(session: Session, resource_id: UUID | None = None) -> list[Proposal]:
    """Return waiting proposals that would lend a person, or this one, without the yes of all three; locked as `due`."""
    lent = (
        select(col(ProposalLine.id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .where(col(ProposalLine.proposal_id) == col(Proposal.id), _unapproved())
    )
    if resource_id is not None:
        lent = lent.where(col(Offer.resource_id) == resource_id)
    return _taken_up(session, select(Proposal).where(_waits(), lent.exists()))


def ended_request_ids(session: Session, now: datetime) -> set[UUID]:
    """Return live requests whose needs' times have all passed, and agreed ones whose bookings are all closed."""
    ahead = select(col(Need.id)).where(
        col(Need.request_id) == col(Request.id),
        col(Need.state) != NeedState.DROPPED,
        or_(col(Need.ends_at).is_(None), col(Need.ends_at) > now),
    )
    booked = select(col(Booking.id)).where(col(Booking.request_id) == col(Request.id))
    unclosed = booked.where(col(Booking.state).not_in((BookingState.CLOSED, BookingState.CANCELLED)))
    closed = and_(col(Request.state) == RequestState.AGREED, booked.exists(), ~unclosed.exists())
    statement = select(col(Request.id)).where(
        col(Request.state).in_((*LIVE, RequestState.AGREED)), or_(~ahead.exists(), closed)
    )
    return set(session.scalars(statement))


def not_offered(session: Session, proposal_id: UUID) -> list[UUID]:
    """Return the offers in a proposal that are no longer made, or not for its times."""
    return list(session.scalars(_gone_offers().where(col(ProposalLine.proposal_id) == proposal_id)))


def hold_cards(session: Session, proposal_id: UUID) -> bool:
    """Let nobody change what is said of the people in a proposal until the transaction ends; tell if there are any."""
    lent = (
        select(col(StaffCapacity.resource_id))
        .join(Offer, col(Offer.resource_id) == col(StaffCapacity.resource_id))
        .join(ProposalLine, col(ProposalLine.offer_id) == col(Offer.id))
        .where(col(ProposalLine.proposal_id) == proposal_id)
        .order_by(col(StaffCapacity.resource_id))
        .with_for_update(read=True, of=StaffCapacity)
    )
    return bool(session.scalars(lent).all())


def has_requester(session: Session, proposal_id: UUID) -> bool:
    """Tell whether who asks takes part still."""
    asked_by = select(col(Proposal.id)).where(col(Proposal.id) == proposal_id, ~_requester_left())
    return session.scalar(asked_by) is not None


def _requester_left() -> ColumnElement[bool]:
    home = (
        select(col(Request.id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(Request.id) == col(Proposal.request_id), ~takes_part())
        .correlate(Proposal)
    )
    return home.exists()


def _gone_offers() -> Select[UUID]:
    """Offers in lines that were closed, of who has left, of people without the yes of all three, or cut short.

    A paused one is only kept from new runs.
    """
    during, claimed = col(Offer.during), col(LineClaim.during)
    # What is handed over for good goes on past the offer: that has to cover only when it changes hands.
    covered = case((func.upper_inf(claimed), during.op("@>")(func.lower(claimed))), else_=during.op("@>")(claimed))
    outside = (
        select(col(LineClaim.id))
        .where(col(LineClaim.line_id) == col(ProposalLine.id), ~covered)
        .correlate(ProposalLine, Offer)
    )
    return (
        select(col(Offer.id))
        .join(ProposalLine, col(ProposalLine.offer_id) == col(Offer.id))
        .join(Organisation, col(Organisation.id) == col(Offer.organisation_id))
        .outerjoin(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .where(or_(col(Offer.state) == OfferState.CLOSED, ~takes_part(), _unapproved(), outside.exists()))
    )


def _unapproved() -> ColumnElement[bool]:
    """Say that not all three say yes to lending a person, or not for the times of a line."""
    approved = col(StaffCapacity.approved_during)
    beyond = (
        select(col(LineClaim.id))
        .where(col(LineClaim.line_id) == col(ProposalLine.id), ~approved.op("@>")(col(LineClaim.during)))
        .correlate(ProposalLine, StaffCapacity)
    )
    return and_(col(StaffCapacity.resource_id).is_not(None), or_(approved.is_(None), beyond.exists()))


def _waits() -> ColumnElement[bool]:
    return col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED))


def _taken_up(session: Session, found: Select[Proposal]) -> list[Proposal]:
    ordered = found.order_by(col(Proposal.id)).with_for_update(of=Proposal, skip_locked=True)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))
