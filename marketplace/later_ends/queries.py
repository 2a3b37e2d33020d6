"""Every question about later ends of bookings. Who may see the booking may see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.errors import NotFound
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import visible_among
from marketplace.later_ends.models import LaterEnd, LaterEndState
from marketplace.later_ends.rules import RUNNING
from marketplace.offers.models import Offer
from marketplace.requests.models import Request
from resources.models import Resource


def of_booking(
    session: Session, actor: Actor, booking_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[LaterEnd]:
    """Return what was asked about the end of a booking, the latest first.

    Raises
    ------
    NotFound
        The actor may not see the booking.
    """
    if not visible_among(session, actor, [booking_id]):
        raise NotFound("booking", booking_id)
    found = select(LaterEnd).where(col(LaterEnd.booking_id) == booking_id).order_by(col(LaterEnd.id).desc())
    return read_page(session, found, page, limit)


def waiting(session: Session, booking_id: UUID) -> LaterEnd | None:
    """Return what waits for an answer, if anything; of which there is one at most."""
    found = select(LaterEnd).where(col(LaterEnd.booking_id) == booking_id, col(LaterEnd.state) == LaterEndState.WAITING)
    return session.scalars(found).one_or_none()


def one(session: Session, booking_id: UUID, later_end_id: UUID) -> LaterEnd:
    """Return one of a booking that the caller has found visible, or NotFound."""
    found = select(LaterEnd).where(col(LaterEnd.booking_id) == booking_id, col(LaterEnd.id) == later_end_id)
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("later_end", later_end_id)
    return row


def named(session: Session, booking_id: UUID) -> tuple[str, str]:
    """Return what a booking is for and what is lent by it, by their names; no person is lent for longer so."""
    found = (
        select(col(Request.title), col(Resource.name))
        .join(Booking, col(Booking.request_id) == col(Request.id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
    )
    title, name = session.execute(found.where(col(Booking.id) == booking_id)).one()
    return title, name


def due(session: Session, now: datetime) -> Sequence[tuple[LaterEnd, Booking]]:
    """Return what nobody has answered in time, or of which the booking is over, with the booking, locked."""
    found = (
        select(LaterEnd, Booking)
        .join(Booking, col(Booking.id) == col(LaterEnd.booking_id))
        .where(
            col(LaterEnd.state) == LaterEndState.WAITING,
            or_(col(LaterEnd.answer_by) <= now, col(Booking.state).not_in(RUNNING)),
        )
        .order_by(col(Booking.id))
        .with_for_update(skip_locked=True)
    )
    return [(later_end, booking) for later_end, booking in session.execute(found)]
