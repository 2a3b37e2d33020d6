"""What is not there nobody is lent: claims on its units, around what is promised already."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.interval import Interval
from marketplace.bookings import stock
from marketplace.stocktakes import queries
from resources import claims
from resources.models import ClaimSource
from resources.queries import active_claims, lock_units, units_of


def hold(session: Session, resource_id: UUID, gone: int) -> None:
    """Let nobody have so many of a thing from now on, in the place of what was held so before."""
    each = {unit.id: share for unit, share in units_of(session, [resource_id])[resource_id]}
    lock_units(session, each)
    ahead = Interval(clock.now(), None)
    held = [claim for claim in active_claims(session, each, ahead) if claim.source is ClaimSource.MISSING]
    claims.release(session, held)
    stock.hold(session, {unit_id: gone * share for unit_id, share in each.items()}, ahead, ClaimSource.MISSING)


def hold_freed(session: Session, now: datetime) -> None:
    """Hold what is gone also where it was promised before, and is free by now."""
    things = queries.loosely_held(session, now)
    for resource_id, (missing, written_off) in queries.losses(session, things).items():
        hold(session, resource_id, missing + written_off)
