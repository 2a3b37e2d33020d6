"""What becomes of needs that belong together when the booking of one is cancelled: the one who asked decides, in time.

Nobody's silence takes anything away: without an answer what is booked stays booked, and no more is looked for. Only
whoever learns is not lent without somebody with experience.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database.lifecycle import Lifecycle
from core.errors import Conflict
from core.settings import settings
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import queries
from marketplace.bookings.models import Booking, BookingState, BundleDecision, BundleState
from marketplace.bookings.rules import BOOKING
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.requests.by_the_hour import leaves_learner_alone
from marketplace.requests.models import Request
from marketplace.requests.queries import locked_visible
from marketplace.requests.rules import check_may_change
from marketplace.requests.service import bundle_kept, needs_open_again
from resources import claims

BUNDLE = Lifecycle(
    "bundle",
    BundleDecision,
    {BundleState.WAITING: frozenset({BundleState.KEPT, BundleState.REPLACED, BundleState.CANCELLED})},
)
REASON = "bundle_broken"


def ask(session: Session, request: Request, cancelled: Booking) -> None:
    """Ask what to do with the rest of needs that belong together, if anything of it is still booked."""
    rest = queries.going_on(session, request.id)
    if not request.together or not rest or queries.waiting_bundle(session, request.id) is not None:
        return
    now = clock.now()
    starts = [from_range(booking.during).start for booking in rest]
    decide_by = min(
        [now + timedelta(days=settings().bundle_decision_days), *(start for start in starts if start > now)]
    )
    session.add(BundleDecision(request_id=request.id, booking_id=cancelled.id, decide_by=decide_by))
    session.flush()
    _tell(session, request, [*rest, cancelled], NoticeCode.BUNDLE_BROKEN, decideBy=decide_by.isoformat())


def decide(session: Session, actor: Actor, request_id: UUID, to: BundleState) -> None:
    """Keep the rest, have the missing replaced, or cancel the rest too, for the one who asked.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see the request, or is neither a requester of its organisation nor a coordinator.
    Conflict
        ``nothing_to_decide``: nobody waits for an answer. ``in_use``: some of the rest has been handed over.
        ``learner_alone``: what would be kept is somebody of a network who learns, without the one with experience.
    """
    request = locked_visible(session, actor, request_id)
    if not actor.coordinates_for(request.organisation_id):
        check_may_change(actor, request)
    found = queries.waiting_bundle(session, request_id)
    if found is None:
        raise Conflict("nothing_to_decide", "Nothing has to be decided about this request now.")
    _settle(session, actor, request, found, to)


def end_due(session: Session, now: datetime) -> None:
    """Keep the rest where nobody has decided in time, and where nothing is left to decide.

    Where the one with experience was to be replaced and is not as the loan begins, whoever learns stays at home.
    """
    for found, request in queries.due_bundles(session, now):
        _settle(session, None, request, found, BundleState.KEPT)
    for request in queries.begun_unreplaced(session, now):
        _end_lone_learners(session, request, now)


def _settle(session: Session, actor: Actor | None, request: Request, found: BundleDecision, to: BundleState) -> None:
    rest = queries.going_on(session, request.id)
    if to is BundleState.KEPT and _learner_alone(session, rest):
        if actor is not None:
            raise Conflict(
                "learner_alone", "Whoever learns is not lent alone: have the other replaced, or cancel both."
            )
        to = BundleState.CANCELLED if all(each.state is BookingState.AGREED for each in rest) else to
    if to is BundleState.CANCELLED:
        _cancel(session, actor, rest)
    elif to is BundleState.KEPT:
        bundle_kept(session, actor, request)
    BUNDLE.move(session, actor, found.id, to, reason_code=None if actor else "deadline", decided_at=clock.now())
    _tell(session, request, [*rest, queries.booking_of_bundle(session, found)], NoticeCode.BUNDLE_DECIDED, to=to.value)


def _end_lone_learners(session: Session, request: Request, now: datetime) -> None:
    rest = queries.going_on(session, request.id)
    if _learner_alone(session, rest):
        learns = {need.id for need in queries.needs_of(session, rest) if need.requirements.get("learner")}
        begun = [each for each in rest if each.need_id in learns and from_range(each.during).start <= now]
        alone = [each for each in begun if each.state is BookingState.AGREED]
        _cancel(session, None, alone)
        _tell(session, request, alone, NoticeCode.BUNDLE_DECIDED, to=BundleState.CANCELLED.value)


def _learner_alone(session: Session, rest: Sequence[Booking]) -> bool:
    return leaves_learner_alone(need.requirements for need in queries.needs_of(session, rest))


def _cancel(session: Session, actor: Actor | None, rest: Sequence[Booking]) -> None:
    if any(booking.state is not BookingState.AGREED for booking in rest):
        raise Conflict("in_use", "Some of the rest has been handed over and cannot be cancelled: keep it, or replace.")
    BOOKING.move_all(session, actor, [booking.id for booking in rest], BookingState.CANCELLED, reason_code=REASON)
    for booking in rest:
        claims.release(session, booking_id=booking.id)
    needs_open_again(session, {booking.need_id for booking in rest}, actor, REASON)


def _tell(session: Session, request: Request, bookings: Sequence[Booking], code: NoticeCode, **facts: Any) -> None:
    """Tell the one who asked of the request, and each lender of its own booking, which it may see."""
    notify(session, {request.organisation_id}, code, "request", request.id, request=request.title, **facts)
    for booking in {booking.lender_id: booking for booking in bookings}.values():
        if booking.lender_id != request.organisation_id:
            notify(session, {booking.lender_id}, code, BOOKING.entity, booking.id, request=request.title, **facts)
