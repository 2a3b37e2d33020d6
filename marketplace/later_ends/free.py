"""Until when what is booked could stay out: as matching sees it, by offer, hours, claims and what is promised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.errors import Conflict
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range, overlaps
from core.time.opening import OpeningHours
from marketplace.bookings import queries
from marketplace.bookings.queries import BookingView
from marketplace.later_ends.rules import is_whole_days, told
from marketplace.offers.models import OfferState
from marketplace.proposals import waiting
from resources.availability import Piece, Taken, left
from resources.queries import active_claims, lock_units

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """From when on it cannot be had, and why: ``offer``, ``hours`` or ``taken``, by whom as far as that is booked."""

    at: datetime
    why: str
    booking_ids: Sequence[UUID] = ()


def check_free(session: Session, actor: Actor, view: BookingView, until: datetime) -> None:
    """Refuse a later end until which it cannot be had, and say until when it can, and whom to ask.

    Its units stay locked until the transaction ends, so that nobody takes meanwhile what was found to be free.

    Raises
    ------
    Conflict
        ``not_free``. ``no_longer_offered``: the offer is closed, or its owner has left.
    """
    offer = view.offered.offer
    if offer.state is OfferState.CLOSED or view.lender.left_at is not None:
        raise Conflict("no_longer_offered", "It is not offered any more. Ask the lender to offer it anew.")
    since = from_range(view.booking.during).limit
    found = min(_limits(session, view, Interval(since, until)), key=lambda limit: limit.at, default=None)
    if found is not None:
        raise _refusal(session, actor, found)


def _limits(session: Session, view: BookingView, more: Interval) -> Iterator[Limit]:
    offered_until = from_range(view.offered.offer.during).limit
    if offered_until < more.limit:
        yield Limit(max(offered_until, more.start), "offer")
    if not is_whole_days(more):
        open_until = _open_until(view.offered.lent.opening, more)
        if open_until < more.limit:
            yield Limit(open_until, "hours")
    yield from _taken(session, view, more)


def _open_until(opening: OpeningHours, more: Interval) -> datetime:
    first, last = (each.astimezone(STOCKHOLM).date() for each in (more.start, more.limit))
    found = (each.limit for each in opening.open_intervals(first, last) if each.start <= more.start < each.limit)
    return next(found, more.start)


def _taken(session: Session, view: BookingView, more: Interval) -> Iterator[Limit]:
    booking = view.booking
    held, each = queries.ledger(session, booking).held, queries.amounts_of_one(session, booking)
    capacities = lock_units(session, each)
    booked = [claim for claim in active_claims(session, each, more) if claim.booking_id != booking.id]
    promised = [claim for _, claim in waiting.kept_claims(session, set(each), but_for=view.proposal_id)]
    for unit_id, share in each.items():
        taken = [Taken(claim.amount, from_range(claim.during)) for claim in booked if claim.unit_id == unit_id]
        taken += [Taken(claim.amount, from_range(claim.during)) for claim in promised if claim.unit_id == unit_id]
        at = _enough_until(left([more], taken, capacities[unit_id]), held * share, more.start)
        if at < more.limit:
            then = Interval(at, at + _MOMENT)
            here = [claim for claim in booked if claim.unit_id == unit_id]
            ids = [claim.booking_id for claim in here if overlaps([from_range(claim.during)], [then])]
            yield Limit(at, "taken", [key for key in ids if key])


def _enough_until(pieces: Sequence[Piece], wanted: int, since: datetime) -> datetime:
    until = since
    for piece in pieces:
        if piece.interval.start > until or piece.capacity < wanted:
            break
        until = piece.interval.limit
    return until


def _refusal(session: Session, actor: Actor, limit: Limit) -> Conflict:
    until, details = told(limit.at), {"until": limit.at.isoformat(), "why": limit.why}
    if limit.why == "offer":
        return Conflict("not_free", f"It is offered until {until}. Ask the lender to offer it for longer.", details)
    if limit.why == "hours":
        return Conflict("not_free", f"It is open until {until}, and closed after that. Choose an earlier end.", details)
    has = queries.who_has(session, actor, limit.booking_ids)
    if has:
        return Conflict("not_free", f"It is free until {until}, and then {has} has it, who may be asked.", details)
    return Conflict("not_free", f"It is free until {until}, and taken after that. Ask the lender.", details)
