"""A yes that is taken back after a loan was agreed: the booking stands, and the lender's HR decides what becomes of it.

HR of the employer does, as whoever lends answers for its people; a coordinator may for it. The employee's wish holds:
the longest that the loan goes on is until the notice has run, and so it does when nobody answers in time.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals.models import Approver
from competence.approvals.queries import given
from core.actor import Actor, Permission, check_may
from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict
from core.settings import settings
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import BOOKING, GOING_ON, BookingRole, CancellationCode
from marketplace.bookings.service import free
from marketplace.cards.models import LoanWithdrawal, WithdrawalState
from marketplace.loans.ending import earliest_end, shorten
from marketplace.loans.rules import days_of
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer
from marketplace.organisations.queries import coordinating
from marketplace.requests.queries import requested

_S = WithdrawalState
WITHDRAWAL = Lifecycle(
    "loan_withdrawal",
    LoanWithdrawal,
    {_S.WAITING: frozenset({_S.KEPT, _S.NOTICE, _S.ENDED, _S.CANCELLED})},
)


def begin(session: Session, actor: Actor | None, resource_id: UUID, who: Approver) -> None:
    """Ask the lender's HR what becomes of each loan of a person that is agreed and not over; all three are told."""
    for booking in _going_on(session, resource_id):
        if waiting(session, booking.id) is not None:
            continue
        decide_by = clock.now() + timedelta(days=settings().withdrawal_answer_days)
        row = LoanWithdrawal(booking_id=booking.id, who=who, decide_by=decide_by)
        session.add(row)
        WITHDRAWAL.begin(session, actor, row, _S.WAITING)
        session.flush()
        _tell(session, booking, NoticeCode.LOAN_WITHDRAWN, decideBy=decide_by.isoformat())


def decide(session: Session, actor: Actor, booking_id: UUID, to: WithdrawalState, last_day: date | None = None) -> None:
    """Let a loan go on until the notice has run, end on a day, or be cancelled now; or as agreed, after a new yes.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see the booking, or is neither HR of the lender nor a coordinator.
    BadInput
        The day is past, or after the loan's last.
    Conflict
        ``nothing_to_decide``: no yes was taken back, or it is decided. ``no_new_yes``: the loan cannot just go on.
    """
    booking = bookings.locked(session, actor, booking_id)
    if not may_decide(session, actor, booking):
        department = bookings.departments(session, booking)[BookingRole.LENDER]
        check_may(actor, Permission.NOTE_APPROVAL, booking.lender_id, department)
    found = waiting(session, booking_id, lock=True)
    if found is None:
        raise Conflict("nothing_to_decide", "Nothing has to be decided about this loan now.")
    if to is _S.KEPT and found.who not in {each.who for each in given(session, _person(session, booking))}:
        raise Conflict("no_new_yes", "The loan goes on as agreed only when the yes that was taken back is given again.")
    agreed = days_of(from_range(booking.during))[1]
    if to is _S.ENDED and (last_day is None or not clock.today() <= last_day <= agreed):
        raise BadInput("lastDay", last_day and last_day.isoformat(), f"choose a day from today through {agreed}")
    wanted = {_S.NOTICE: notice_ends(session, found, booking), _S.CANCELLED: clock.today(), _S.ENDED: last_day}
    _settle(session, actor, found, to, min(wanted.get(to) or agreed, agreed))


def may_decide(session: Session, actor: Actor, booking: Booking) -> bool:
    """Tell whether somebody decides what becomes of a loan."""
    department = bookings.departments(session, booking)[BookingRole.LENDER]
    is_hr = actor.may(Permission.NOTE_APPROVAL, booking.lender_id, department)
    return is_hr or actor.coordinates_for(booking.lender_id)


def waiting(session: Session, booking_id: UUID, *, lock: bool = False) -> LoanWithdrawal | None:
    """Return what has to be decided about a loan, if anything."""
    found = select(LoanWithdrawal).where(LoanWithdrawal.booking_id == booking_id, LoanWithdrawal.state == _S.WAITING)
    return session.exec(found.with_for_update() if lock else found).one_or_none()


def notice_ends(session: Session, found: LoanWithdrawal, booking: Booking) -> date:
    """Return the last day of the notice, which runs from the day on which the yes was taken back."""
    return earliest_end(session, booking, found.created_at.astimezone(clock.STOCKHOLM).date())


def end_due(session: Session, now: datetime) -> None:
    """Let the notice run where nobody has decided in time, and leave what is over by itself."""
    due = (
        select(LoanWithdrawal, Booking)
        .join(Booking, col(Booking.id) == col(LoanWithdrawal.booking_id))
        .where(LoanWithdrawal.state == _S.WAITING, col(LoanWithdrawal.decide_by) <= now)
        .order_by(col(Booking.id))
        .with_for_update(skip_locked=True)
    )
    for found, booking in session.exec(due).all():
        agreed = days_of(from_range(booking.during))[1]
        _settle(session, None, found, _S.NOTICE, min(notice_ends(session, found, booking), agreed))


def _settle(session: Session, actor: Actor | None, found: LoanWithdrawal, to: WithdrawalState, last: date) -> None:
    booking = session.get_one(Booking, found.booking_id)
    why = None if actor else "deadline"
    WITHDRAWAL.move(session, actor, found.id, to, reason_code=why, decided_at=clock.now(), last_day=last)
    if booking.state in GOING_ON:
        _end(session, actor, booking, last, now=to is _S.CANCELLED)
    _tell(session, booking, NoticeCode.LOAN_WITHDRAWAL_DECIDED, to=to.value, lastDay=last.isoformat())


def _end(session: Session, actor: Actor | None, booking: Booking, last: date, *, now: bool) -> None:
    """Cancel what has not begun by its last day, or is not to; let all else end then."""
    first, agreed = days_of(from_range(booking.during))
    if booking.state is BookingState.AGREED and (now or last < first):
        BOOKING.move(session, actor, booking.id, BookingState.CANCELLED, reason_code=CancellationCode.STAFF_DECLINED)
        free(session, actor, booking)
    elif last < agreed:
        shorten(session, booking, last)


def _going_on(session: Session, resource_id: UUID) -> list[Booking]:
    found = select(Booking).join(Offer, col(Offer.id) == col(Booking.offer_id)).where(Offer.resource_id == resource_id)
    ahead = session.exec(
        found.where(col(Booking.state).in_(GOING_ON)).order_by(col(Booking.id)).with_for_update(of=Booking)
    )
    return [each for each in ahead if each.during.upper is None or each.during.upper > clock.now()]


def _person(session: Session, booking: Booking) -> UUID:
    return session.get_one(Offer, booking.offer_id).resource_id


def _tell(session: Session, booking: Booking, code: NoticeCode, **facts: str) -> None:
    """Tell the lender's HR, the borrower, and whoever coordinates them."""
    title = requested(session, booking.request_id).title
    others = coordinating(session, {booking.lender_id, booking.borrower_id})
    unit = bookings.departments(session, booking)[BookingRole.LENDER] or ""
    for homes, permission, department in (
        ({booking.lender_id}, Permission.NOTE_APPROVAL, unit),
        ({booking.borrower_id}, None, None),
        (others, Permission.DECIDE, None),
    ):
        notify(
            session,
            homes,
            code,
            BOOKING.entity,
            booking.id,
            permission=permission,
            department=department,
            member_id=None,
            request=title,
            **facts,
        )
