"""Claims follow what moves: what is back is free for others, what goes out early is taken, what is lost is not lent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.errors import CapacityExceeded, Conflict
from core.time import clock
from core.time.interval import Interval, from_range, intersect
from marketplace.bookings import queries
from marketplace.bookings.models import Booking
from resources import claims
from resources.availability import Taken, left
from resources.clashes import Wanted
from resources.models import Claim, ClaimSource
from resources.queries import active_claims, lock_units

_MOMENT = timedelta(microseconds=1)


def give_back_time(session: Session, booking_id: UUID, now: datetime) -> None:
    """Let the booking's claims end now, and release those that have not begun."""
    for claim in queries.counted_claims(session, booking_id):
        _lessen(session, claim, claim.amount, now)


def give_back(session: Session, booking: Booking, amount: int, now: datetime) -> None:
    """Let a booking hold so many fewer from now on; of what went out before its time, that is until then."""
    each, start = queries.amounts_of_one(session, booking), from_range(booking.during).start
    early = {unit_id: amount * share for unit_id, share in each.items()}
    for claim in queries.counted_claims(session, booking.id):
        if from_range(claim.during).limit > start:
            _lessen(session, claim, amount * each[claim.unit_id], now)
        elif from_range(claim.during).limit > now:
            fewer = min(claim.amount, early[claim.unit_id])
            early[claim.unit_id] -= fewer
            _lessen(session, claim, fewer, now)


def _lessen(session: Session, claim: Claim, fewer: int, now: datetime) -> None:
    during, rest = from_range(claim.during), claim.amount - fewer
    if during.limit <= now or fewer == 0:
        return
    if during.start < now:
        claims.change_period(session, claim.id, Interval(during.start, now), claim.amount)
        if rest:
            wanted = Wanted(claim.unit_id, rest, Interval(now, during.end))
            claims.take(session, [wanted], ClaimSource.BOOKING, booking_id=claim.booking_id)
    elif rest:
        claims.change_period(session, claim.id, during, rest)
    else:
        claims.release(session, [claim])


def take_out(session: Session, actor: Actor, booking: Booking, amount: int, out: int) -> None:
    """Let some be handed over, of which so many are out already: before its time, it is taken from now on.

    Raises
    ------
    Conflict
        ``still_out``: somebody else has not brought it back; ``reserved``: somebody else has it until then. Both say
        who that is, as far as the actor may know.
    """
    now, each = clock.now(), queries.amounts_of_one(session, booking)
    capacities = lock_units(session, each)
    away = queries.away_of_others(session, booking, set(each))
    for unit_id, share in each.items():
        counted = active_claims(session, [unit_id], Interval(now, now + _MOMENT))
        others = [claim for claim in counted if claim.booking_id != booking.id]
        held = Counter[UUID | None]()  # one that went out early in several trips has a claim for each
        for claim in others:
            held[claim.booking_id] += claim.amount
        late = [one for one in away if one.unit_id == unit_id and one.amount > held[one.booking_id]]
        taken = sum(claim.amount for claim in others)
        taken += sum(one.amount - held[one.booking_id] for one in late)
        if taken + (out + amount) * share > capacities[unit_id]:
            ids: list[UUID | None] = (
                [one.booking_id for one in late] if late else [claim.booking_id for claim in others]
            )
            raise _refusal(session, actor, "still_out" if late else "reserved", ids)
    start = from_range(booking.during).start
    if now < start:
        _take_early(
            session, actor, booking, [Wanted(key, amount * one, Interval(now, start)) for key, one in each.items()]
        )


def hold_lost(session: Session, booking: Booking, lost: int, since: datetime) -> None:
    """Let nobody have what is lost: its owner holds it from then on, as far as it is not promised to others already.

    What was held for less or more that was lost of the same booking is held no longer.
    """
    each = queries.amounts_of_one(session, booking)
    lock_units(session, each)
    now = clock.now()
    for claim in queries.counted_claims(session, booking.id, ClaimSource.OWNER):
        _lessen(session, claim, claim.amount, now)
    gone = {unit_id: lost * share for unit_id, share in each.items()}
    hold(session, gone, Interval(since, None), ClaimSource.OWNER, booking.id)


def hold(
    session: Session, gone: Mapping[UUID, int], ahead: Interval, source: ClaimSource, booking_id: UUID | None = None
) -> None:
    """Take so much of units for a time, with what is taken so already, as far as it is not promised to others."""
    for unit_id, capacity in lock_units(session, gone).items():
        counted = active_claims(session, [unit_id], ahead)
        held = [claim for claim in counted if (claim.source, claim.booking_id) == (source, booking_id)]
        wanted = [
            Wanted(unit_id, min(lacking.capacity, free.capacity), common)
            for lacking in left([ahead], _taken(held), gone[unit_id])
            for free in left([ahead], _taken(counted), capacity)
            for common in intersect([lacking.interval], [free.interval])
        ]
        claims.take(session, wanted, source, booking_id=booking_id)


def _taken(of: Sequence[Claim]) -> list[Taken]:
    return [Taken(claim.amount, from_range(claim.during)) for claim in of]


def _take_early(session: Session, actor: Actor, booking: Booking, wanted: Sequence[Wanted]) -> None:
    try:
        claims.take(session, wanted, ClaimSource.BOOKING, booking_id=booking.id)
    except CapacityExceeded:
        ids = {each.unit_id for each in wanted}
        others = active_claims(session, ids, wanted[0].during)
        raise _refusal(session, actor, "reserved", [claim.booking_id for claim in others]) from None


def _refusal(session: Session, actor: Actor, code: str, booking_ids: Sequence[UUID | None]) -> Conflict:
    """Return who has it, and who may be asked there."""
    has = queries.who_has(session, actor, [key for key in booking_ids if key])
    if not has:
        return Conflict(code, "It is closed, or somebody else has it: ask whoever answers for it.")
    if code == "still_out":
        return Conflict(code, f"Not as much is there: {has} has not brought it back yet.")
    return Conflict(code, f"Somebody else has it until then: {has} may be asked.")
