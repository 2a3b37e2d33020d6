"""Extents that change over time: what a person cannot lend of their extent in a time is kept by claims of its own.

So the database refuses what is over the extent of the day, and search, free time and matching find what is left as of
anything else. Where the owner keeps all of a person, there is nothing more to keep.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.interval import Interval, from_range, subtract
from core.time.opening import local_instant
from resources import claims, queries
from resources.claims import Wanted
from resources.models import Claim, ClaimSource


def give_up(session: Session, unit_ids: Collection[UUID]) -> None:
    """Keep nothing of units for their extents any more; until `keep` does anew."""
    held = _claims(session, unit_ids)
    claims.release(session, [each for each in held if each.source is ClaimSource.EXTENT])


def keep(session: Session, unit_id: UUID, most: int, changes: Mapping[date, int]) -> None:
    """Keep of a unit what is beyond its extent of each day, of which nothing is kept.

    Raises
    ------
    CapacityExceeded
        More is booked at some time than the extent is then.
    """
    closed = [from_range(each.during) for each in _claims(session, [unit_id]) if each.source is ClaimSource.OWNER]
    wanted = [
        Wanted(unit_id, most - percent, piece)
        for during, percent in _steps(changes)
        if percent < most
        for piece in subtract([during], closed)
    ]
    claims.take(session, wanted, ClaimSource.EXTENT)


def _claims(session: Session, unit_ids: Collection[UUID]) -> list[Claim]:
    return queries.active_claims(session, unit_ids, Interval(clock.now(), None))


def _steps(changes: Mapping[date, int]) -> Iterator[tuple[Interval, int]]:
    """Yield the times from one change up to the next that are not over, with the percent."""
    days = sorted(changes)
    starts = [local_instant(day, time.min) for day in days]
    for day, (start, end) in zip(days, pairwise([*starts, None]), strict=True):
        if start is not None and (end is None or end > clock.now()):
            yield Interval(start, end), changes[day]
