"""Answers of calendars: a room that declines opens the booking's question again; on another time a person decides.

What a calendar may do stands on its keyed address, which went to that calendar alone, and on the sender's, which tells
it from whoever was forwarded the invitation. A member's own calendar decides nothing.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database import audit
from core.errors import Conflict, NotAllowed
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import BOOKING, BookingRole, CancellationCode, Departments, coordinates, parts_of
from marketplace.bookings.service import free
from marketplace.invitations import queries
from marketplace.invitations.rules import Said, why_ignored
from marketplace.invitations.service import ask_again, send
from marketplace.mail.models import Invitation
from marketplace.mail.rules import CalendarAnswer, IgnoredAnswer
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer
from marketplace.requests.queries import requested
from resources import claims
from resources.models import Claim, Resource

log = structlog.get_logger()
ENTITY = "invitation"


def take(session: Session, invitation_id: UUID, said: Said | None, sender: str) -> None:
    """Take the answer of a calendar, as far as it counts; why it does not is noted beside the invitation.

    Raises
    ------
    NotFound
        Nobody was invited so, or it is kept no longer.
    Unavailable, StorageFull
        Not now: the same answer may come again.
    """
    invitation, booking = queries.answered(session, invitation_id)
    if invitation.member_id is not None:
        log.info("invitation_answer_ignored", invitation=str(invitation_id), why="of_a_person")
        return
    counted = bookings.counted_claims(session, booking.id)
    here = [each for each in counted if from_range(each.during).start == invitation.start]
    invitation.ignored = why_ignored(invitation, said, sender, clock.now())
    if invitation.ignored is None and not here:  # cancelled or moved, which the calendar is still to be told
        invitation.ignored = IgnoredAnswer.OVER
    if said is None or invitation.ignored is not None:
        log.info("invitation_answer_ignored", invitation=str(invitation_id), why=invitation.ignored)
        return
    invitation.answer, invitation.answered_at = said.answer, said.at
    during = said.proposed if said.answer is CalendarAnswer.PROPOSED else None
    invitation.proposed_start, invitation.proposed_until = (during.start, during.end) if during else (None, None)
    session.flush()
    audit.record(session, None, ENTITY, invitation_id, to_state=said.answer, details={"booking": str(booking.id)})
    if said.answer is CalendarAnswer.DECLINED:
        _declined(session, invitation, booking, here, is_last=len(here) == len(counted))
    elif during is not None:
        _tell_sides(session, booking, NoticeCode.ROOM_PROPOSED, invitation, proposed=during.start.isoformat())


def _declined(
    session: Session, invitation: Invitation, booking: Booking, here: Sequence[Claim], *, is_last: bool
) -> None:
    """Give the date up: the last one that is left takes the booking with it, before that is under way."""
    became = "kept"
    if booking.state is BookingState.AGREED and is_last:
        BOOKING.move(session, None, booking.id, BookingState.CANCELLED, reason_code=CancellationCode.ROOM_DECLINED)
        free(session, None, booking)
        became = "cancelled"
    elif not is_last:
        claims.release(session, here)
        booking.version += 1
        session.flush()
        became = "released"
    _tell_sides(session, booking, NoticeCode.ROOM_DECLINED, invitation, became=became)


def may_decide(actor: Actor, booking: Booking, departments: Departments) -> bool:
    """Tell whether somebody decides on another time: for the borrower, as the room is the lender's."""
    return BookingRole.BORROWER in parts_of(actor, booking, departments) or coordinates(actor, booking)


def decide(session: Session, actor: Actor, booking_id: UUID, invitation_id: UUID, *, accepted: bool) -> Invitation:
    """Move a date to the time that its room has proposed, or ask the room again for the time that is booked.

    Raises
    ------
    NotFound
        The actor may not see the booking, or what it is of was not invited so.
    NotAllowed
        The actor does not act for the borrower.
    Conflict
        ``nothing_to_decide``: no other time is proposed any more. ``already_begun``: the loan is under way.
    CapacityExceeded
        It is taken at that time.
    """
    booking = bookings.locked(session, actor, booking_id)
    if not may_decide(actor, booking, bookings.departments(session, booking)):
        raise NotAllowed("not_your_move", "Only the side whose move it is, or a coordinator, may do this.")
    invitation = queries.of_thing(session, booking_id, invitation_id)
    is_asked = invitation.answer is CalendarAnswer.PROPOSED
    if not is_asked or invitation.proposed_start is None or invitation.cancelled:
        raise Conflict("nothing_to_decide", "No other time is proposed any more.")
    if accepted:
        _move(session, booking, invitation, Interval(invitation.proposed_start, invitation.proposed_until))
    ask_again(invitation)
    if not accepted:
        send(session, [invitation])
    session.flush()
    to = "accepted" if accepted else "refused"
    audit.record(session, actor, ENTITY, invitation_id, reason_code=to, details={"booking": str(booking_id)})
    _tell_sides(session, booking, NoticeCode.ROOM_DECIDED, invitation, to=to)
    return invitation


def _move(session: Session, booking: Booking, invitation: Invitation, to: Interval) -> None:
    here = [
        each
        for each in bookings.counted_claims(session, booking.id)
        if from_range(each.during).start == invitation.start
    ]
    if booking.state is not BookingState.AGREED or not here or to.start <= clock.now():
        raise Conflict("already_begun", "The loan has begun, or that time has: it cannot be moved there any more.")
    for each in here:
        claims.change_period(session, each.id, to)
    counted = (col(Claim.booking_id) == booking.id, col(Claim.released_at).is_(None))
    first = session.scalars(select(func.min(func.lower(Claim.during))).where(*counted)).one()
    last = session.scalars(select(func.max(func.upper(Claim.during))).where(*counted)).one()
    booking.during = to_range(Interval(first, last))
    booking.version += 1


def _tell_sides(session: Session, booking: Booking, code: NoticeCode, invitation: Invitation, **facts: Any) -> None:
    named = select(col(Resource.name)).join(Offer, col(Offer.resource_id) == col(Resource.id))
    notify(
        session,
        {booking.lender_id, booking.borrower_id},
        code,
        BOOKING.entity,
        booking.id,
        request=requested(session, booking.request_id).title,
        resource=session.scalars(named.where(col(Offer.id) == booking.offer_id)).one(),
        start=invitation.start.isoformat(),
        **facts,
    )
