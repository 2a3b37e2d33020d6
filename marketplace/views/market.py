"""The market in figures that anybody may know: counted, of nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from competence.queries import waiting_for_manager
from core.actor import Actor
from marketplace.bookings.models import Booking, BookingState
from marketplace.notices import queries as notices
from marketplace.offers import queries as offers
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.requests.models import Need, NeedState, Request, RequestState

_MATCHED = (RequestState.OPEN, RequestState.PROPOSED, RequestState.PARTLY_AGREED)
"""In which needs are looked for."""


@dataclass(frozen=True)
class MarketFigures:
    """How many take part, what is offered to all by family, how many needs wait, and how often both sides agreed."""

    organisations: int
    offers: Mapping[str, int]
    needs: int
    bookings: int


def market_figures(session: Session) -> MarketFigures:
    """Count the market as it is now, in two queries."""
    counted = (
        select(func.count()).select_from(Organisation).where(takes_part()),
        select(func.count())
        .select_from(Need)
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(col(Need.state) == NeedState.OPEN, col(Request.state).in_(_MATCHED)),
        select(func.count()).select_from(Booking).where(col(Booking.state) != BookingState.CANCELLED),
    )
    organisations, needs, bookings = session.execute(select(*(each.scalar_subquery() for each in counted))).one()
    return MarketFigures(organisations, offers.shown_to_all(session), needs, bookings)


@dataclass(frozen=True)
class WaitingFigures:
    """What the reader has to review, to approve and to read, and how many offers its organisation has."""

    to_review: int
    to_approve: int
    unread: int
    offered: int


def waiting_figures(session: Session, actor: Actor) -> WaitingFigures:
    """Count what waits for somebody, in one query."""
    to_review = proposals.visible_to(actor).where(col(Proposal.state) == ProposalState.PROPOSED)
    counted = (
        to_review.with_only_columns(func.count(), maintain_column_froms=True),
        waiting_for_manager(actor),
        notices.unread_counted(actor),
        offers.counted(actor.organisation_id),
    )
    return WaitingFigures(*session.execute(select(*(each.scalar_subquery() for each in counted))).one())
