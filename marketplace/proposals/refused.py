"""Which offers somebody has said no to, so that they are not proposed for the same need again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.database.audit import AuditEntry
from core.database.tables import any_of
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import BOOKING
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState


def refused_pairs(session: Session, need_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the (need, offer) that somebody said no to.

    A lister said it to its own offers, anybody else to all of a proposal's; a lender also by cancelling a booking.
    """
    rows = session.execute(
        select(
            col(Proposal.id),
            col(ProposalLine.need_id),
            col(ProposalLine.offer_id),
            col(Offer.organisation_id) == col(Proposal.refused_by_id),
        )
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .where(
            col(Proposal.state) == ProposalState.REFUSED,
            col(Proposal.refused_by_id).is_not(None),
            any_of(col(ProposalLine.need_id), need_ids),
        )
    ).all()
    by_lister = {proposal_id for proposal_id, _, _, is_listers in rows if is_listers}
    return {
        (need_id, offer_id)
        for proposal_id, need_id, offer_id, is_listers in rows
        if is_listers or proposal_id not in by_lister
    } | _called_off(session, need_ids)


def _called_off(session: Session, need_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """The (need, offer) of bookings that a member of the lender cancelled."""
    rows = session.execute(
        select(col(Booking.need_id), col(Booking.offer_id))
        .join(AuditEntry, col(AuditEntry.entity_id) == col(Booking.id))
        .join(Member, col(Member.id) == col(AuditEntry.actor_id))
        .where(
            col(Booking.state) == BookingState.CANCELLED,
            any_of(col(Booking.need_id), need_ids),
            col(AuditEntry.entity) == BOOKING.entity,
            col(AuditEntry.to_state) == BookingState.CANCELLED,
            col(Member.organisation_id) == col(Booking.lender_id),
        )
    )
    return {(need_id, offer_id) for need_id, offer_id in rows}
