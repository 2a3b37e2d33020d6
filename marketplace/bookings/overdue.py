"""What is still out when its time is over: both sides are told, once."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.actor import Permission
from core.time.interval import from_range
from marketplace.bookings import queries
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.bookings.rules import BOOKING, CARRIED
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer
from marketplace.requests.models import Request
from resources.models import Resource

_COMES_BACK = tuple(kind for kind in CARRIED if kind is not BookingKind.HAND_OVER)


def tell(session: Session, passed: datetime) -> None:
    """Tell borrowers to bring back what is out though its time is over, and lenders that it is not back.

    Of what is disputed both sides and their coordinators have been told already.
    """
    found = (
        select(Booking, Request, Resource)
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .where(
            col(Booking.state) == BookingState.HANDED_OVER,
            col(Booking.overdue_told_at).is_(None),
            col(Booking.kind).in_(_COMES_BACK),
            func.upper(col(Booking.during)) <= passed,
        )
        .order_by(col(Booking.id))
        .with_for_update(of=Booking, skip_locked=True)
    )
    rows = session.execute(found).all()
    ledgers = queries.ledgers(session, [booking for booking, _request, _resource in rows])
    for booking, request, resource in rows:
        booking.overdue_told_at = passed
        sides = (
            (NoticeCode.OVERDUE, booking.borrower_id, Permission.REQUEST, request.department),
            (NoticeCode.NOT_BACK, booking.lender_id, Permission.OFFER, resource.department),
        )
        for code, home, permission, department in sides:
            notify(
                session,
                [home],
                code,
                BOOKING.entity,
                booking.id,
                permission=permission,
                department=department or "",
                request=request.title,
                resource=resource.name,
                until=from_range(booking.during).limit.isoformat(),
                away=ledgers[booking.id].away,
            )
    session.flush()
