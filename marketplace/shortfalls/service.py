"""Use cases of bookings that fall short: they are found and told, and the borrower decides, in time.

Nobody's silence takes more away than is missing: without an answer the borrower gets what there is. Where that is
nothing, what was needed is matched anew.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.database import audit
from core.errors import Conflict, NotAllowed
from core.settings import settings
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings import queries as bookings
from marketplace.bookings import stock
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import BOOKING, BookingRole, coordinates, parts_of
from marketplace.bookings.service import free
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.requests.models import Request
from marketplace.shortfalls import queries
from marketplace.shortfalls.models import Shortfall, ShortfallState
from marketplace.shortfalls.rules import SHORTFALL, check_may_be, missing
from marketplace.stocktakes.holding import hold, hold_freed
from marketplace.stocktakes.queries import lost_things
from resources import claims
from resources.models import ClaimSource, Resource
from resources.queries import lock_units


def look_through(session: Session, now: datetime) -> None:
    """Ask borrowers of what is lost and was promised to them what is to be done, and no longer where it is not so."""
    hold_freed(session, now)
    _hold_lost(session, now, queries.loosely_held(session, now))
    lost, waiting = queries.lost(session, now, queries.promised_units(session, now)), queries.waiting(session)
    short: dict[UUID, int] = {}
    promises, capacities = queries.promises(session, lost, now), queries.capacities(session, lost)
    for unit_id, gone in lost.items():
        for booking_id, pieces in missing(capacities[unit_id], gone, promises.get(unit_id, ())).items():
            short[booking_id] = max(short.get(booking_id, 0), pieces)
    told = {key: each.missing for key, each in waiting.items()}
    changed = [key for key in short.keys() | told if short.get(key) != told.get(key)]
    for booking, request, resource in queries.sides(session, changed):
        found, pieces = waiting.get(booking.id), short.get(booking.id, 0)
        if found is None:
            _open(session, booking, request, resource, pieces)
        elif pieces == 0:
            _end(session, None, (booking, request, resource), found, ShortfallState.SETTLED)
        else:
            found.missing = pieces
    session.flush()


def decide(session: Session, actor: Actor, booking_id: UUID, to: ShortfallState) -> Shortfall:
    """Take fewer, or have what was needed matched anew, for the borrower.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see the booking, or does not act for the borrower.
    Conflict
        ``nothing_to_decide``: nothing is missing. ``none_left``: there is none to be taken.
    """
    booking = bookings.locked(session, actor, booking_id)
    parts = parts_of(actor, booking, bookings.departments(session, booking))
    if BookingRole.BORROWER not in parts and not coordinates(actor, booking):
        raise NotAllowed("not_your_move", "Only the side whose move it is, or a coordinator, may do this.")
    found = queries.waiting(session, [booking_id]).get(booking_id)
    if found is None or booking.state is not BookingState.AGREED:
        raise Conflict("nothing_to_decide", "Nothing has to be decided about this booking now.")
    check_may_be(to, booking.amount, found.missing)
    _settle(session, actor, found, to)
    session.flush()
    return found


def end_due(session: Session, now: datetime) -> None:
    """Let those who have not decided in time have what there is, or have it matched anew where that is nothing."""
    due = queries.due(session, now)
    waiting = queries.waiting(session, due)
    for booking, _request, _resource in queries.sides(session, due):
        found = waiting[booking.id]
        fewer = found.missing < booking.amount
        if booking.state is BookingState.AGREED:
            _settle(session, None, found, ShortfallState.FEWER if fewer else ShortfallState.REPLACED)


def _settle(session: Session, actor: Actor | None, found: Shortfall, to: ShortfallState) -> None:
    [(booking, request, resource)] = queries.sides(session, [found.booking_id])
    if to is ShortfallState.FEWER:
        _take_fewer(session, actor, booking, found.missing)
    else:
        BOOKING.move(session, actor, booking.id, BookingState.CANCELLED, reason_code="short")
        free(session, actor, booking)
    now, units = clock.now(), bookings.amounts_of_one(session, booking).keys()
    _hold_lost(session, now, units)
    for resource_id, gone in lost_things(session, units).items():
        hold(session, resource_id, gone)
    _end(session, actor, (booking, request, resource), found, to)


def _hold_lost(session: Session, now: datetime, unit_ids: Collection[UUID]) -> None:
    """Let their owner hold what is lost of some units also in the time that bookings have given back."""
    lock_units(session, unit_ids)  # before looking what is lost, since it may be found meanwhile
    for loss in queries.losses(session, now, unit_ids):
        each = bookings.amounts_of_one(session, loss.booking)
        gone = {unit_id: loss.pieces * share for unit_id, share in each.items()}
        stock.hold(session, gone, Interval(loss.since, None), ClaimSource.OWNER, loss.booking.id)


def _take_fewer(session: Session, actor: Actor | None, booking: Booking, fewer: int) -> None:
    each = bookings.amounts_of_one(session, booking)
    for claim in bookings.counted_claims(session, booking.id):
        rest = claim.amount - fewer * each[claim.unit_id]
        claims.change_period(session, claim.id, from_range(claim.during), rest)
    booking.amount -= fewer
    booking.version += 1
    session.flush()
    audit.record(session, actor, BOOKING.entity, booking.id, reason_code="fewer", details={"fewer": fewer})


def _open(session: Session, booking: Booking, request: Request, resource: Resource, pieces: int) -> None:
    now, start = clock.now(), from_range(booking.during).start
    decide_by = now + timedelta(days=settings().bundle_decision_days)
    made = Shortfall(
        booking_id=booking.id, missing=pieces, decide_by=min(decide_by, start) if start > now else decide_by
    )
    session.add(made)
    session.flush()
    audit.record(session, None, BOOKING.entity, booking.id, reason_code="short", details={"missing": pieces})
    facts = {"missing": pieces, "amount": booking.amount, "decideBy": made.decide_by.isoformat()}
    _tell(session, booking, request, resource, NoticeCode.SHORTFALL, **facts)


def _end(
    session: Session,
    actor: Actor | None,
    about: tuple[Booking, Request, Resource],
    found: Shortfall,
    to: ShortfallState,
) -> None:
    booking, request, resource = about
    SHORTFALL.move(session, actor, found.id, to, decided_at=clock.now())
    homes = {booking.lender_id, booking.borrower_id}
    mark_answered(session, homes, NoticeCode.SHORTFALL, BOOKING.entity, booking.id)
    if to is not ShortfallState.SETTLED or booking.state is BookingState.AGREED:  # what is cancelled lacks nothing
        _tell(session, booking, request, resource, NoticeCode.SHORTFALL_DECIDED, to=to.value, missing=found.missing)


def _tell(
    session: Session, booking: Booking, request: Request, resource: Resource, code: NoticeCode, **facts: Any
) -> None:
    for home, permission, department in (
        (booking.borrower_id, Permission.REQUEST, request.department),
        (booking.lender_id, Permission.OFFER, resource.department),
    ):
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
            side="borrower" if permission is Permission.REQUEST else "lender",
            **facts,
        )
