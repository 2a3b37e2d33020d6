"""What is not there nobody is lent: claims on its units, around what is promised already."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.interval import Interval
from marketplace.bookings import stock
from marketplace.stocktakes import queries
from resources import claims
from resources.models import ClaimSource
from resources.queries import active_claims, lock_units, unit_amounts


def hold(session: Session, resource_id: UUID, gone: int) -> None:
    """Let nobody have so many of a thing from now on, in the place of what was held so before."""
    each = dict(unit_amounts(session, [resource_id])[resource_id])
    lock_units(session, each)
    ahead = Interval(clock.now(), None)
    held = [claim for claim in active_claims(session, each, ahead) if claim.source is ClaimSource.MISSING]
    claims.release(session, held)
    _hold(session, each, gone, ahead)


def hold_freed(session: Session, now: datetime) -> None:
    """Hold what is gone also where it was promised before, and is free by now."""
    things = unit_amounts(session, queries.loosely_held(session, now))
    lock_units(session, {unit_id for each in things.values() for unit_id, _share in each})
    for resource_id, (missing, written_off) in queries.losses(session, things.keys()).items():
        _hold(session, dict(things[resource_id]), missing + written_off, Interval(now, None))


def _hold(session: Session, each: Mapping[UUID, int], gone: int, ahead: Interval) -> None:
    stock.hold(session, {unit_id: gone * share for unit_id, share in each.items()}, ahead, ClaimSource.MISSING)
