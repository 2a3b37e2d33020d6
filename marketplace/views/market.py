"""The market in figures that anybody may know: counted, of nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from marketplace.bookings.models import Booking, BookingState
from marketplace.offers.queries import shown_to_all
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
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
    return MarketFigures(organisations, shown_to_all(session), needs, bookings)
