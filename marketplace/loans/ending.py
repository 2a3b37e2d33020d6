"""Ending a loan of a person before its time: with the notice that its rules tell, by either side."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from sqlmodel import Session

from competence.loans.length import last_day as end_of
from competence.loans.packs import pack_for
from core.actor import Actor
from core.database import audit
from core.errors import BadInput, Conflict, NotAllowed, VersionChanged
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from marketplace.bookings import queries
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.bookings.rules import (
    BOOKING,
    GOING_ON,
    CancellationCode,
    Departments,
    coordinates,
    parts_of,
    read_reason,
)
from marketplace.bookings.service import cancel, tell_sides
from marketplace.bookings.stock import give_back_time
from marketplace.loans.queries import waiting_extensions
from marketplace.loans.rules import days_of
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Organisation
from marketplace.requests.service import withdraw_all

ENDED_EARLY = "ended_early"


def end_early(
    session: Session,
    actor: Actor,
    booking_id: UUID,
    last_day: date,
    *,
    code: str,
    words: str = "",
    if_version: int | None = None,
) -> Booking:
    """Let a loan end after an earlier day; what is left of the time is free for others, and both sides are told.

    Raises
    ------
    NotFound, NotAllowed, VersionChanged
        The actor may not see it, is of neither side, or it was changed since it was read.
    Conflict
        ``not_a_loan``: it is no loan of a person; ``not_going_on``: it is over.
    BadInput
        The reason is none, or the day is before its first, not before its last, or sooner than the notice allows.
    """
    reason = read_reason(CancellationCode, code, words)
    booking = queries.locked(session, actor, booking_id)
    check_may_change(actor, booking, queries.departments(session, booking))
    if if_version not in {None, booking.version}:
        raise VersionChanged(BOOKING.entity, booking_id)
    before = from_range(booking.during)
    _check_day(before, last_day, earliest_end(session, booking))
    shorten(session, booking, last_day)
    days = {"lastDay": last_day.isoformat(), "agreedLastDay": days_of(before)[1].isoformat(), "reason": reason}
    audit.record(session, actor, BOOKING.entity, booking_id, reason_code=ENDED_EARLY, words=words or None, details=days)
    tell_sides(session, actor, booking, NoticeCode.ENDED_EARLY, reason, lastDay=last_day.isoformat())
    return booking


def end_with_notice(session: Session, actor: Actor, request_ids: Collection[UUID]) -> None:
    """Let the loans for requests that are over end as soon as their notice allows; both sides are told of each.

    Those that would begin only after that are cancelled.
    """
    for booking_id in queries.ids_going_on(session, request_ids):
        booking = queries.locked(session, actor, booking_id)
        (first, last), earliest = days_of(from_range(booking.during)), earliest_end(session, booking)
        reason = CancellationCode.NO_LONGER_NEEDED
        if booking.state is BookingState.AGREED and earliest < first:
            cancel(session, actor, booking_id, reason)
        elif earliest < last:
            end_early(session, actor, booking_id, max(first, earliest), code=reason)


def shorten(session: Session, booking: Booking, last_day: date) -> None:
    """Let a loan end after an earlier day, whoever may say so; what is left of the time is free for others.

    Where it is asked whether it may go on, that is no longer asked.
    """
    withdraw_all(session, None, [each.id for each in waiting_extensions(session, booking.id)])
    before = from_range(booking.during)
    after = datetime.combine(last_day + timedelta(days=1), time.min, clock.STOCKHOLM)
    give_back_time(session, booking.id, after)
    booking.during = to_range(Interval(before.start, min(before.limit, after)))
    booking.version += 1
    session.flush()


def check_may_change(actor: Actor, booking: Booking, departments: Departments) -> None:
    """A loan of a person that goes on is ended or extended by one of its two sides.

    Raises
    ------
    NotAllowed
        The actor is of neither side, and coordinates neither.
    Conflict
        As of `end_early`.
    """
    if not (coordinates(actor, booking) or parts_of(actor, booking, departments)):
        raise NotAllowed("not_your_move", "Only the side whose move it is, or a coordinator, may do this.")
    if booking.kind is not BookingKind.STAFF_LOAN:
        raise Conflict("not_a_loan", "This is for loans of people alone.")
    if booking.state not in GOING_ON:
        raise Conflict("not_going_on", "The loan is over, or was cancelled.")


def earliest_end(session: Session, booking: Booking, told: date | None = None) -> date:
    """Return the earliest last day of a loan: told on a day, or today, after the notice that rules tell."""
    lender, borrower = (session.get_one(Organisation, key) for key in (booking.lender_id, booking.borrower_id))
    today = told or clock.today()
    if lender.id == borrower.id:
        return today
    rules = pack_for(lender.kind, borrower.kind).rules
    months = next((rule.months or 0 for rule in rules if rule.code == "notice"), 0)
    return last_of(today, months)


def last_of(told: date, months: int) -> date:
    """Return the last day of a notice of some months: told on 29 November, of one on 29 December."""
    last: date = end_of(np.datetime64(told + timedelta(days=1), "D"), months).astype(date)
    return last


def _check_day(during: Interval, last_day: date, earliest: date) -> None:
    first, last = days_of(during)
    if last_day < first:
        raise BadInput("lastDay", last_day.isoformat(), "the loan has not begun by then: cancel it instead")
    if last_day >= last:
        raise BadInput("lastDay", last_day.isoformat(), f"it ends on {last} anyhow: choose an earlier day")
    if last_day < earliest:
        raise BadInput(
            "lastDay",
            last_day.isoformat(),
            f"with the notice it is {earliest} at the earliest; if you both want to end it sooner, the lender notes "
            "that it is over on the day",
        )
