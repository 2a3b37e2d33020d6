"""From busy times to claims: what is left of a unit while one of its calendars is busy is its owner's.

What somebody has booked stays theirs: there the calendar and the booking are at odds, which `queries.conflicts` tells.
Claims of calendars are worked out for a unit as a whole, from all calendars of all that takes it (of a hall, and of
its half), so that one that is read or removed never touches what another says.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.interval import Interval, from_range, union
from marketplace.busy import queries
from resources import claims
from resources.availability import Piece, Taken, left
from resources.claims import Wanted
from resources.models import Claim, ClaimSource
from resources.queries import active_claims, lock_units, units_of


def claim(session: Session, resource_ids: Collection[UUID]) -> None:
    """Let what calendars say of resources be their owner's, from now on: what is no longer so is released."""
    # Calendars are read once nobody else can: of two at once, the second finds what the first has read.
    capacities = lock_units(session, [unit.id for held in units_of(session, resource_ids).values() for unit, _ in held])
    now = clock.now()
    busy = {unit: _ahead(times, now) for unit, times in queries.busy_of(session, capacities).items()}
    begins = min((each.start for times in busy.values() for each in times), default=now)
    standing: dict[UUID, list[Claim]] = defaultdict(list)
    for each in active_claims(session, capacities, Interval(min(begins, now), None)):
        standing[each.unit_id].append(each)
    released: list[Claim] = []
    wanted: list[Wanted] = []
    for unit_id, capacity in sorted(capacities.items()):
        over, missing = _difference(busy.get(unit_id, []), standing[unit_id], capacity, now)
        released += over
        wanted += [Wanted(unit_id, each.capacity, each.interval) for each in missing]
    claims.release(session, released)
    claims.take(session, wanted, ClaimSource.CALENDAR)


def _ahead(times: Sequence[Interval], now: datetime) -> list[Interval]:
    return union(each for each in times if each.limit > now)


def _difference(
    busy: Sequence[Interval], standing: Sequence[Claim], capacity: int, now: datetime
) -> tuple[list[Claim], list[Piece]]:
    """Return which claims of a unit's calendars are to be released, and what is to be claimed instead."""
    others = [Taken(each.amount, from_range(each.during)) for each in standing if not _is_own(each)]
    pieces = [each for each in left(busy, others, capacity) if each.interval.limit > now]
    held = {(from_range(each.during), each.amount): each for each in standing if _is_own(each)}
    wanted = {(each.interval, each.capacity) for each in pieces}
    over = [each for (during, amount), each in held.items() if during.limit > now and (during, amount) not in wanted]
    return over, [each for each in pieces if (each.interval, each.capacity) not in held]


def _is_own(claim: Claim) -> bool:
    return claim.source is ClaimSource.CALENDAR
