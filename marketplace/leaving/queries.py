"""What it means that an organisation leaves: what of it goes, and which others have something with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, case, distinct, func, or_, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.database.tables import any_of, by_swedish
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import GOING_ON
from marketplace.offers.homes import FEW_ARE_MEANT
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals.models import Proposal, ProposalLine, ProposalParty, ProposalState, Side
from marketplace.requests.models import Request
from marketplace.requests.queries import LIVE


@dataclass(frozen=True)
class Concerned:
    """Another organisation, how many bookings with it are not over, and how many proposals with it wait for answers."""

    organisation: Organisation
    bookings: int
    proposals: int


@dataclass(frozen=True)
class Consequences:
    """How much of an organisation is not there any more once it has left, and whom else that concerns, by name."""

    members: int
    offers: int
    requests: int
    concerned: Sequence[Concerned]

    @property
    def bookings(self) -> int:
        """How many bookings with others are not over, and stand."""
        return sum(each.bookings for each in self.concerned)


def consequences(session: Session, organisation_id: UUID) -> Consequences:
    """Return what it means that an organisation leaves; a fixed number of queries."""
    counted = (
        select(func.count()).where(col(Member.organisation_id) == organisation_id, col(Member.active)),
        select(func.count()).where(col(Offer.organisation_id) == organisation_id, col(Offer.state) == OfferState.OPEN),
        select(func.count()).where(col(Request.organisation_id) == organisation_id, col(Request.state).in_(LIVE)),
    )
    members, offers, requests = session.execute(select(*(each.scalar_subquery() for each in counted))).one()
    return Consequences(members, offers, requests, concerned(session, organisation_id))


def concerned(session: Session, organisation_id: UUID) -> list[Concerned]:
    """Return the other organisations that have bookings or proposals with one, by name."""
    bookings, proposals = _bookings(session, organisation_id), _proposals(session, organisation_id)
    others = select(Organisation).where(any_of(col(Organisation.id), {*bookings, *proposals}))
    return [
        Concerned(each, bookings.get(each.id, 0), proposals.get(each.id, 0))
        for each in session.scalars(others.order_by(by_swedish(col(Organisation.name))))
    ]


def _bookings(session: Session, organisation_id: UUID) -> dict[UUID, int]:
    lends = col(Booking.lender_id) == organisation_id
    other = case((lends, col(Booking.borrower_id)), else_=col(Booking.lender_id))
    found = select(other, func.count()).where(
        or_(lends, col(Booking.borrower_id) == organisation_id),
        col(Booking.lender_id) != col(Booking.borrower_id),
        col(Booking.state).in_(GOING_ON),
    )
    return dict(session.execute(found.group_by(other)).all())


def _untold(organisation_id: UUID) -> Select[UUID]:
    """Return the proposals of people of an organisation that are so few that who asks is not told whose they are."""
    return (
        select(col(ProposalLine.proposal_id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .where(col(Offer.organisation_id) == organisation_id, FEW_ARE_MEANT)
    )


def _proposals(session: Session, organisation_id: UUID) -> dict[UUID, int]:
    """Count those that the parties know of, by the other parties.

    Not for who asks and is not told who lends: that the proposal ends has to be enough.
    """
    own = select(col(ProposalParty.proposal_id)).where(col(ProposalParty.organisation_id) == organisation_id)
    other = col(ProposalParty.organisation_id)
    found = (
        select(other, func.count(distinct(col(Proposal.id))))
        .join(Proposal, col(Proposal.id) == col(ProposalParty.proposal_id))
        .where(col(Proposal.state) == ProposalState.APPROVED, col(Proposal.id).in_(own), other != organisation_id)
        .where(or_(col(ProposalParty.side) == Side.LISTER, col(Proposal.id).not_in(_untold(organisation_id))))
    )
    return dict(session.execute(found.group_by(other)).all())
