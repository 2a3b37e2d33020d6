"""Thanks for a loan of a person: words from the borrower, who may take them back, to the lender and who was lent."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor
from core.database import audit
from core.errors import Conflict, NotAllowed
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import queries
from marketplace.bookings.models import Booking, BookingKind
from marketplace.bookings.rules import BOOKING, LIVE, BookingRole, Departments, parts_of
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer

THANKED, TAKEN_BACK = "thanked", "thanks_taken_back"


def thank(session: Session, actor: Actor, booking_id: UUID, words: str) -> Booking:
    """Thank for a loan that has begun, once: all who see the booking read it, and both of the lender are told.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see it, or is no requester of the borrower.
    BadInput
        There are no words, too many, or such as may stand nowhere.
    Conflict
        ``nothing_to_thank_for``: it is no loan of a person, has not begun or was cancelled. ``already_thanked``.
    """
    booking = _borrowed(session, actor, booking_id)
    check_text("words", words, least=1, most=LONGEST_WORDS)
    if not _has_begun(booking):
        raise Conflict("nothing_to_thank_for", "It is no loan of a person, or it has not begun.")
    if booking.thanks:
        raise Conflict("already_thanked", "You have said thank you already.")
    _say(session, actor, booking, words.strip(), THANKED)
    _tell(session, booking)
    return booking


def take_back(session: Session, actor: Actor, booking_id: UUID) -> Booking:
    """Take one's thanks back, words and notices, as when they were written of the wrong loan. Others may follow.

    Raises
    ------
    NotFound, NotAllowed
        As `thank`.
    Conflict
        ``not_thanked``: there are none.
    """
    booking = _borrowed(session, actor, booking_id)
    if not booking.thanks:
        raise Conflict("not_thanked", "There is no thank-you to take back.")
    _say(session, actor, booking, None, TAKEN_BACK)
    about = col(Notice.entity) == BOOKING.entity, col(Notice.entity_id) == booking_id
    codes = NoticeCode.THANKED, NoticeCode.THANKED_YOU
    session.execute(delete(Notice).where(*about, col(Notice.code).in_(codes)))
    return booking


def may_take_back(actor: Actor, booking: Booking, departments: Departments) -> bool:
    """Tell whether somebody may take thanks for a loan back."""
    return bool(booking.thanks) and BookingRole.BORROWER in parts_of(actor, booking, departments)


def may_thank(actor: Actor, booking: Booking, departments: Departments) -> bool:
    """Tell whether somebody may thank for a loan now."""
    return _has_begun(booking) and not booking.thanks and BookingRole.BORROWER in parts_of(actor, booking, departments)


def _borrowed(session: Session, actor: Actor, booking_id: UUID) -> Booking:
    booking = queries.locked(session, actor, booking_id)
    if BookingRole.BORROWER not in parts_of(actor, booking, queries.departments(session, booking)):
        raise NotAllowed("not_the_borrower", "Only the borrower thanks for a loan.")
    return booking


def _say(session: Session, actor: Actor, booking: Booking, words: str | None, why: str) -> None:
    booking.thanks = words
    booking.version += 1
    session.flush()
    audit.record(session, actor, BOOKING.entity, booking.id, reason_code=why)


def _has_begun(booking: Booking) -> bool:
    is_loan = booking.kind is BookingKind.STAFF_LOAN and booking.lender_id != booking.borrower_id
    return is_loan and booking.state in LIVE and from_range(booking.during).start <= clock.now()


def _tell(session: Session, booking: Booking) -> None:
    """Tell the lender, and whoever was lent, if that is known."""
    offer = session.get_one(Offer, booking.offer_id)
    card = session.get(StaffCapacity, offer.resource_id)
    notify(session, {booking.lender_id}, NoticeCode.THANKED, BOOKING.entity, booking.id)
    if card is not None and card.member_id is not None:
        told, home, words = NoticeCode.THANKED_YOU, {booking.lender_id}, booking.thanks
        notify(session, home, told, BOOKING.entity, booking.id, member_id=card.member_id, words=words)
