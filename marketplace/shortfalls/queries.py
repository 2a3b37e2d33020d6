"""Every question about bookings that fall short. Who may see the booking may see that it does."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from core.time.interval import Interval, from_range
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, BookingState, Movement
from marketplace.bookings.queries import ledgers, visible_among
from marketplace.bookings.rules import CARRIED
from marketplace.offers.models import Offer
from marketplace.requests.models import Request
from marketplace.shortfalls.models import Shortfall, ShortfallState
from marketplace.shortfalls.rules import Promise
from marketplace.stocktakes.models import StockDecision, StockDecisionKind
from marketplace.stocktakes.queries import held_for_good, lost_things
from resources.availability import Taken
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Unit
from resources.queries import unit_amounts


def waiting(session: Session, booking_ids: Collection[UUID] | None = None) -> dict[UUID, Shortfall]:
    """Return what has to be decided, of all bookings or some, by booking."""
    found = select(Shortfall).where(col(Shortfall.state) == ShortfallState.WAITING).order_by(col(Shortfall.id))
    if booking_ids is not None:
        found = found.where(any_of(col(Shortfall.booking_id), booking_ids))
    return {each.booking_id: each for each in session.scalars(found)}


@dataclass(frozen=True)
class Loss:
    """How much is lost of a booking, and since when its owner lacks it: from when the booking's time is over."""

    booking: Booking
    pieces: int
    since: datetime


def losses(session: Session, now: datetime, unit_ids: Collection[UUID]) -> list[Loss]:
    """Return what is lost, and was not found, of the bookings that took of some units."""
    gone = select(col(Movement.booking_id)).where(col(Movement.kind) == MovementKind.LOST)
    of_it = select(col(Offer.id)).join(ResourceUnit, col(ResourceUnit.resource_id) == col(Offer.resource_id))
    offers = of_it.where(any_of(col(ResourceUnit.unit_id), unit_ids))
    found = select(Booking).where(col(Booking.id).in_(gone), col(Booking.offer_id).in_(offers))
    bookings = session.scalars(found.order_by(col(Booking.id))).all()
    come_to = ledgers(session, bookings)
    missed = [each for each in bookings if come_to[each.id].lost]
    until = _held_until(session, [each.id for each in missed])
    return [Loss(each, come_to[each.id].lost, max(now, until.get(each.id, now))) for each in missed]


def loosely_held(session: Session, now: datetime) -> list[UUID]:
    """Return the units of which not all that may be lost with a borrower is held from now on for good."""
    signed = {MovementKind.OUT: col(Movement.amount), MovementKind.BACK: -col(Movement.amount)}
    gone = func.sum(case({MovementKind.LOST: col(Movement.amount)}, value=col(Movement.kind), else_=0))
    not_back = func.sum(case(signed, value=col(Movement.kind), else_=0))
    most = func.least(gone, not_back)  # some of it may have been found: the ledger tells
    ever = select(col(Movement.booking_id)).where(col(Movement.kind) == MovementKind.LOST)
    each: Select[UUID, int] = select(col(Movement.booking_id), most.label("gone"))
    lost = each.where(col(Movement.booking_id).in_(ever)).group_by(col(Movement.booking_id)).having(most > 0).subquery()
    held = held_for_good(now, ClaimSource.OWNER).where(
        col(Claim.booking_id) == lost.c.booking_id, col(Claim.unit_id) == col(ResourceUnit.unit_id)
    )
    found = (
        select(col(ResourceUnit.unit_id))
        .join(Offer, col(Offer.resource_id) == col(ResourceUnit.resource_id))
        .join(Booking, col(Booking.offer_id) == col(Offer.id))
        .join(lost, lost.c.booking_id == col(Booking.id))
        .where(held.scalar_subquery() < lost.c.gone * col(ResourceUnit.amount))
        .distinct()
        .order_by(col(ResourceUnit.unit_id))
    )
    return list(session.scalars(found))


def promised_units(session: Session, now: datetime) -> list[UUID]:
    """Return the units of which something is promised from now on, to be handed over, and something was ever lost."""
    lost_of = (
        select(col(Movement.id))
        .join(Booking, col(Booking.id) == col(Movement.booking_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(Offer.resource_id))
        .where(col(Movement.kind) == MovementKind.LOST, col(ResourceUnit.unit_id) == col(Claim.unit_id))
    )
    gone = select(col(StockDecision.id)).join(
        ResourceUnit, col(ResourceUnit.resource_id) == col(StockDecision.resource_id)
    )
    gone = gone.where(
        col(StockDecision.kind) != StockDecisionKind.LEFT, col(ResourceUnit.unit_id) == col(Claim.unit_id)
    )
    found = (
        select(col(Claim.unit_id))
        .join(Booking, col(Booking.id) == col(Claim.booking_id))
        .where(
            col(Booking.state) == BookingState.AGREED,
            col(Booking.kind).in_(CARRIED),
            col(Claim.source) == ClaimSource.BOOKING,
            col(Claim.released_at).is_(None),
            func.upper_inf(Claim.during) | (func.upper(Claim.during) > now),
            or_(lost_of.exists(), gone.exists()),
        )
        .distinct()
        .order_by(col(Claim.unit_id))
    )
    return list(session.scalars(found))


def lost(session: Session, now: datetime, unit_ids: Collection[UUID]) -> dict[UUID, list[Taken]]:
    """Return how much of which units is lost, and when: with borrowers, or since it was counted."""
    by_booking = {each.booking.id: each for each in losses(session, now, unit_ids)}
    taken = defaultdict(list)
    for booking_id, unit_id, share in session.execute(_units_of(by_booking)):
        loss = by_booking[booking_id]
        taken[unit_id].append(Taken(loss.pieces * share, Interval(loss.since, None)))
    gone = lost_things(session, unit_ids)
    for resource_id, amounts in unit_amounts(session, gone).items():
        for unit_id, share in amounts:
            taken[unit_id].append(Taken(gone[resource_id] * share, Interval(now, None)))
    return dict(taken)


def _held_until(session: Session, booking_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    found = select(col(Claim.booking_id), func.max(func.upper(Claim.during))).where(
        any_of(col(Claim.booking_id), booking_ids),
        col(Claim.source) == ClaimSource.BOOKING,
        col(Claim.released_at).is_(None),
    )
    return dict(session.execute(found.group_by(col(Claim.booking_id))).all())


def _units_of(booking_ids: Iterable[UUID]) -> Select[UUID, UUID, int]:
    return (
        select(col(Booking.id), col(ResourceUnit.unit_id), col(ResourceUnit.amount))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(Offer.resource_id))
        .where(any_of(col(Booking.id), booking_ids))
        .order_by(col(Booking.id))
    )


def of_booking(
    session: Session, actor: Actor, booking_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Shortfall]:
    """Return what was or is missing from a booking, the latest first; NotFound if the actor may not see it."""
    if not visible_among(session, actor, [booking_id]):
        raise NotFound("booking", booking_id)
    found = select(Shortfall).where(col(Shortfall.booking_id) == booking_id).order_by(col(Shortfall.id).desc())
    return read_page(session, found, page, limit)


def capacities(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how much units have."""
    return dict(session.execute(select(col(Unit.id), col(Unit.capacity)).where(any_of(col(Unit.id), unit_ids))).all())


def promises(session: Session, unit_ids: Collection[UUID], now: datetime) -> dict[UUID, list[Promise]]:
    """Return what bookings take of units from now on, by unit."""
    rows = session.execute(
        select(Claim, col(Booking.kind), col(Booking.state), col(ResourceUnit.amount))
        .join(Booking, col(Booking.id) == col(Claim.booking_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(
            ResourceUnit,
            (col(ResourceUnit.resource_id) == col(Offer.resource_id))
            & (col(ResourceUnit.unit_id) == col(Claim.unit_id)),
        )
        .where(
            any_of(col(Claim.unit_id), unit_ids),
            col(Claim.source) == ClaimSource.BOOKING,
            col(Claim.released_at).is_(None),
            func.upper_inf(Claim.during) | (func.upper(Claim.during) > now),
        )
        .order_by(col(Claim.id))
    )
    found = defaultdict(list)
    for claim, kind, state, share in rows:
        waits = state is BookingState.AGREED and kind in CARRIED
        found[claim.unit_id].append(Promise(claim.booking_id, from_range(claim.during), claim.amount, share, waits))
    return dict(found)


def sides(session: Session, booking_ids: Collection[UUID]) -> Sequence[tuple[Booking, Request, Resource]]:
    """Return bookings with what they are for and what is lent by them, in order, the bookings locked."""
    found = (
        select(Booking, Request, Resource)
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .where(any_of(col(Booking.id), booking_ids))
        .order_by(col(Booking.id))
    )
    locked = found.with_for_update(of=Booking).execution_options(populate_existing=True)
    return [(booking, request, resource) for booking, request, resource in session.execute(locked)]


def due(session: Session, now: datetime) -> list[UUID]:
    """Return the bookings about which nobody has decided in time."""
    found = select(col(Shortfall.booking_id)).where(
        col(Shortfall.state) == ShortfallState.WAITING, col(Shortfall.decide_by) <= now
    )
    return list(session.scalars(found.order_by(col(Shortfall.booking_id))))
