"""What others have of an offer or are promised of it: whom it concerns that the offer is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from core.actor import Actor
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import visible_to
from marketplace.bookings.rules import GOING_ON
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.proposals.queries import visible_to as proposals_visible_to
from marketplace.requests.models import Request

MOST = 50
"""That are named; those with the earliest times."""


@dataclass(frozen=True)
class Ahead:
    """A booking that is not over, which stays, or a proposal that waits for answers, which would end; and whose."""

    booked: bool
    id: UUID
    organisation: str
    during: Range[datetime]


def ahead(session: Session, actor: Actor, offer_id: UUID) -> Sequence[Ahead]:
    """Return what others have of an offer or are promised of it, as far as the actor may see it, in one query."""
    booked: Select[Any, Any, Any, Any] = (
        visible_to(actor)
        .with_only_columns(
            literal(value=True), col(Booking.id), col(Organisation.name), col(Booking.during).label("during")
        )
        .join(Organisation, col(Organisation.id) == col(Booking.borrower_id))
        .where(col(Booking.offer_id) == offer_id, col(Booking.state).in_(GOING_ON))
    )
    times = func.range_agg(col(LineClaim.during))
    promised = (
        proposals_visible_to(actor)
        .with_only_columns(literal(value=False), col(Proposal.id), col(Organisation.name), func.range_merge(times))
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .join(LineClaim, col(LineClaim.line_id) == col(ProposalLine.id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(ProposalLine.offer_id) == offer_id, col(Proposal.state) == ProposalState.APPROVED)
        .group_by(col(Proposal.id), col(Organisation.name))
    )
    found = union_all(booked, promised).subquery()
    rows = session.execute(select(found).order_by(func.lower(found.c.during), found.c.id).limit(MOST))
    return [Ahead(*row) for row in rows]
