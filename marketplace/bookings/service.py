"""Use cases of bookings: agreeing makes them with their claims; then each side moves them on.

What goes out and comes back is noted in `movements`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from core.actor import Actor, Permission
from core.database import audit
from core.errors import VersionChanged
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from marketplace.bookings import bundles, movements, queries, stock
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import (
    BOOKING,
    CARRIED,
    BookingRole,
    CancellationCode,
    DisputeCode,
    check_is_back,
    check_may_move,
    kind_of,
    read_reason,
)
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.queries import coordinating
from marketplace.proposals.models import Proposal
from marketplace.proposals.queries import Claiming, LineView, lines
from marketplace.requests.models import Request
from marketplace.requests.queries import requested
from marketplace.requests.service import needs_open_again
from resources import claims
from resources.clashes import Wanted
from resources.models import ClaimSource
from resources.queries import lock_units


def agree(session: Session, actor: Actor, proposal: Proposal, request: Request) -> list[Booking]:
    """Make one booking for each line of a proposal, with all of their claims, or nothing at all.

    Raises
    ------
    CapacityExceeded
        A claim does not fit. The transaction is spoilt: roll back to where it began.
    """
    views = lines(session, [proposal.id])
    lock_units(session, {claim.unit_id for view in views for claim in view.claims})  # all, before the first is taken
    made = [_booking(request, view) for view in views]
    session.add_all(made)
    session.flush()
    for booking, view in zip(made, views, strict=True):
        wanted = [Wanted(claim.unit_id, claim.amount, from_range(claim.during)) for claim in view.claims]
        claims.take(session, wanted, ClaimSource.BOOKING, booking_id=booking.id)
        audit.record(session, actor, BOOKING.entity, booking.id, to_state=BookingState.AGREED, run_id=proposal.run_id)
    return made


def close(session: Session, actor: Actor, booking_id: UUID, if_version: int | None = None) -> Booking:
    """Note that nothing is left to do.

    What was handed over for good stays claimed; of all else no time is held any more, but what is lost its owner does
    not have either.

    Raises
    ------
    Conflict
        ``not_returned``: it has to come back first.
    """
    booking = _move(session, actor, booking_id, BookingState.CLOSED, if_version)
    ledger, now = queries.ledger(session, booking), clock.now()
    if ledger.away:  # it was disputed, and both sides are agreed
        kind = MovementKind.LOST if booking.kind in CARRIED else MovementKind.BACK
        away, ledger = ledger.away, ledger.after(kind, ledger.away)
        movements.add(session, actor, booking, kind, away)
    if ledger.for_good and ledger.left:
        stock.give_back(session, booking, ledger.left, now)
    elif not ledger.for_good:
        stock.give_back_time(session, booking.id, now)
    if ledger.lost:
        stock.hold_lost(session, booking, ledger.lost, now)
    return booking


def cancel(
    session: Session, actor: Actor, booking_id: UUID, code: str, words: str = "", *, if_version: int | None = None
) -> Booking:
    """Call it off before the hand-over: its claims are released, and its need is open again.

    A need that several bookings serve (one for each date of a series, or several lots) opens when the last is
    cancelled: until then it is served in part, and would be served twice if it were matched anew. Where it belongs
    together with others, the one who asked is asked what to do with the rest, see `bundles`.
    """
    reason = read_reason(CancellationCode, code, words)
    booking = _move(session, actor, booking_id, BookingState.CANCELLED, if_version, reason=reason, words=words)
    free(session, actor, booking)
    tell_sides(session, actor, booking, NoticeCode.CANCELLED, reason)
    return booking


def free(session: Session, actor: Actor | None, booking: Booking) -> None:
    """Release what a cancelled booking took, and open its need again where no other booking serves it."""
    claims.release(session, booking_id=booking.id)
    if not queries.is_served(session, booking.need_id):
        needs_open_again(session, [booking.need_id], actor, "cancelled")
        bundles.ask(session, requested(session, booking.request_id), booking)


def dispute(
    session: Session, actor: Actor, booking_id: UUID, code: str, words: str = "", *, if_version: int | None = None
) -> Booking:
    """Say that something is wrong with what was lent. Coordinators are told, and close it once both sides are agreed.

    What has not come back yet still can.
    """
    reason = read_reason(DisputeCode, code, words)
    now = clock.now()
    booking = _move(
        session, actor, booking_id, BookingState.DISPUTED, if_version, reason=reason, words=words, disputed_at=now
    )
    tell_sides(session, actor, booking, NoticeCode.DISPUTED, reason)
    sides = {booking.lender_id, booking.borrower_id}
    others = coordinating(session, sides) - sides
    tell_sides(session, actor, booking, NoticeCode.DISPUTED, reason, homes=others, permission=Permission.DECIDE)
    return booking


def _move(
    session: Session,
    actor: Actor,
    booking_id: UUID,
    to: BookingState,
    if_version: int | None,
    *,
    reason: str | None = None,
    words: str | None = None,
    **values: Any,
) -> Booking:
    booking = queries.locked(session, actor, booking_id)
    check_may_move(actor, booking, queries.departments(session, booking), to)
    if if_version not in {None, booking.version}:
        raise VersionChanged(BOOKING.entity, booking_id)
    if booking.state in BOOKING.sources(to):  # else it is too late rather than too early, which the lifecycle says
        check_is_back(booking, to)
    BOOKING.move(session, actor, booking_id, to, reason_code=reason, words=words or None, **values)
    return booking


def tell_sides(
    session: Session,
    actor: Actor,
    booking: Booking,
    code: NoticeCode,
    reason: str,
    *,
    homes: Collection[UUID] | None = None,
    permission: Permission | None = None,
    **facts: Any,
) -> None:
    """Tell both sides, or others, in words that all of them may read."""
    view = queries.booking_view(session, actor, booking.id)
    notify(
        session,
        {booking.lender_id, booking.borrower_id} if homes is None else homes,
        code,
        BOOKING.entity,
        booking.id,
        request=view.request.title,
        resource=None if view.offered.lent.family.anonymous else view.offered.lent.resource.name,
        by=_side_of(actor, booking),
        reason=reason,
        permission=permission,
        **facts,
    )


def _side_of(actor: Actor, booking: Booking) -> str:
    if actor.organisation_id == booking.borrower_id:
        return BookingRole.BORROWER
    return BookingRole.LENDER if actor.organisation_id == booking.lender_id else "coordinator"


def _booking(request: Request, view: LineView) -> Booking:
    offer = view.offered.offer
    return Booking(
        line_id=view.line.id,
        request_id=request.id,
        need_id=view.need.id,
        offer_id=offer.id,
        lender_id=offer.organisation_id,
        borrower_id=request.organisation_id,
        kind=kind_of(view.offered.lent.resource.family, view.line.terms),
        amount=view.line.amount,
        during=_span(view.claims),
    )


def _span(taken: Sequence[Claiming]) -> Range[datetime]:
    """From the first start to the last end; without an end if one of them has none."""
    periods = [from_range(claim.during) for claim in taken]
    last = max(periods, key=lambda period: period.limit)
    return to_range(Interval(min(period.start for period in periods), last.end))
