"""Use cases of later ends: the borrower asks, the lender answers, and what is agreed follows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.database import audit
from core.errors import NotAllowed, StateChanged
from core.limits import LONGEST_WORDS
from core.settings import settings
from core.text import check_text
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from marketplace.bookings import queries as bookings
from marketplace.bookings import stock
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import BOOKING, BookingRole, parts_of, read_reason
from marketplace.later_ends import queries
from marketplace.later_ends.free import check_free
from marketplace.later_ends.models import LaterEnd, LaterEndState
from marketplace.later_ends.rules import (
    LATER_END,
    RUNNING,
    LaterEndRefusal,
    answers,
    check_asks,
    check_goes_on,
    check_later,
)
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from resources import claims


def ask(session: Session, actor: Actor, booking_id: UUID, until: datetime, words: str = "") -> LaterEnd:
    """Ask, as the borrower, for a booking to end later, if it can be had until then; the lender answers in time.

    Whoever answers for the lender too need not wait for themselves. What was asked before is asked no more.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see it, or is no requester of the borrower.
    BadInput
        The end is not later, is past, or is more than a year away; or the words are too long.
    Conflict
        See `rules.check_goes_on` and `free.check_free`.
    """
    check_text("words", words, most=LONGEST_WORDS)
    booking = bookings.locked(session, actor, booking_id)
    departments = bookings.departments(session, booking)
    check_asks(actor, booking, departments)
    view = _checked(session, actor, booking, until)
    before = queries.waiting(session, booking_id)
    if before is not None:
        LATER_END.move(session, actor, before.id, LaterEndState.REPLACED, answered_at=clock.now())
    ends_at = from_range(booking.during).limit
    made = LaterEnd(
        booking_id=booking_id,
        ends_at=ends_at,
        until=until,
        words=words.strip(),
        answer_by=min(until, clock.now() + timedelta(days=settings().proposal_answer_days)),
    )
    session.add(made)
    session.flush()
    asked = {"until": until.isoformat(), "endsAt": ends_at.isoformat()}
    audit.record(
        session,
        actor,
        BOOKING.entity,
        booking_id,
        reason_code="later_end_asked",
        words=made.words or None,
        details=asked,
    )
    if BookingRole.LENDER in parts_of(actor, booking, departments):
        _grant(session, actor, view, made)
    else:
        whose = {"permission": Permission.OFFER, "department": view.offered.lent.resource.department or ""}
        answer_by = made.answer_by.isoformat()
        _tell(session, made, NoticeCode.LATER_END_ASKED, {booking.lender_id}, answerBy=answer_by, **whose)
    return made


def grant(session: Session, actor: Actor, booking_id: UUID, later_end_id: UUID) -> LaterEnd:
    """Let a booking end as late as was asked for: its claims and calendars follow, and both sides are told.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see it, or does not answer for the lender.
    StateChanged, Conflict
        It waits for no answer any more, or it cannot be had until then any more, as for `ask`.
    """
    booking, found = _to_answer(session, actor, booking_id, later_end_id)
    _grant(session, actor, _checked(session, actor, booking, found.until), found)
    return found


def refuse(
    session: Session, actor: Actor, booking_id: UUID, later_end_id: UUID, code: str, *, words: str = ""
) -> LaterEnd:
    """Say that it ends as agreed, and why; raises as `grant`, and BadInput where the reason is none."""
    why = read_reason(LaterEndRefusal, code, words)
    booking, found = _to_answer(session, actor, booking_id, later_end_id)
    _end(session, actor, booking, found, LaterEndState.REFUSED, reason=why, words=words or None)
    return found


def lapse_due(session: Session, now: datetime) -> None:
    """Wait no more for what nobody has answered in time, or of which the booking is over."""
    for found, booking in queries.due(session, now):
        _end(session, None, booking, found, LaterEndState.LAPSED)


def _checked(session: Session, actor: Actor, booking: Booking, until: datetime) -> BookingView:
    """Return a booking that can end then, what it takes locked."""
    check_later(check_goes_on(booking, bookings.counted_claims(session, booking.id)), until)
    view = bookings.booking_view(session, actor, booking.id)
    check_free(session, actor, view, until)
    return view


def _to_answer(session: Session, actor: Actor, booking_id: UUID, later_end_id: UUID) -> tuple[Booking, LaterEnd]:
    booking = bookings.locked(session, actor, booking_id)
    if not answers(actor, booking, bookings.departments(session, booking)):
        raise NotAllowed("not_your_move", "Only the side whose move it is, or a coordinator, may do this.")
    found = queries.one(session, booking_id, later_end_id)
    if found.state is not LaterEndState.WAITING:
        raise StateChanged(LATER_END.entity, found.id, found.state.value, "answered")
    return booking, found


def _grant(session: Session, actor: Actor, view: BookingView, found: LaterEnd) -> None:
    booking, before = view.booking, from_range(view.booking.during)
    each, ledger = bookings.amounts_of_one(session, booking), bookings.ledger(session, booking)
    if ledger.lost:
        stock.hold_lost(session, booking, ledger.lost, found.until)
    for claim in bookings.counted_claims(session, booking.id):
        during = from_range(claim.during)
        if during.limit == before.limit:  # of what came back late, less is out than is claimed
            amount = min(claim.amount, ledger.held * each[claim.unit_id])
            claims.change_period(session, claim.id, Interval(during.start, found.until), amount)
    booking.during = to_range(Interval(before.start, found.until))
    booking.overdue_told_at, booking.version = None, booking.version + 1
    _end(session, actor, booking, found, LaterEndState.GRANTED, until=found.until.isoformat())


def _end(
    session: Session,
    actor: Actor | None,
    booking: Booking,
    found: LaterEnd,
    to: LaterEndState,
    *,
    reason: str | None = None,
    words: str | None = None,
    **details: Any,
) -> None:
    LATER_END.move(session, actor, found.id, to, reason_code=reason, words=words, answered_at=clock.now())
    told = {"reason": reason, **details} if reason else details
    audit.record(session, actor, BOOKING.entity, booking.id, reason_code=f"later_end_{to}", words=words, details=told)
    home = {booking.lender_id}
    mark_answered(session, home, NoticeCode.LATER_END_ASKED, BOOKING.entity, booking.id)
    sides = home | {booking.borrower_id}
    if booking.state in RUNNING:  # what is over ends no more
        _tell(session, found, NoticeCode.LATER_END_DECIDED, sides, to=to.value, reason=reason)
    session.flush()


def _tell(session: Session, found: LaterEnd, code: NoticeCode, homes: set[UUID], **facts: Any) -> None:
    request, resource = queries.named(session, found.booking_id)
    notify(
        session,
        homes,
        code,
        BOOKING.entity,
        found.booking_id,
        request=request,
        resource=resource,
        until=found.until.isoformat(),
        endsAt=found.ends_at.isoformat(),
        **facts,
    )
