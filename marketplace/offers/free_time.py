"""Which offers can be had in a period: they run, their doors are open, and so much of them is left.

The rules are those of matching. For hours, all has to be free and the doors open as the family wants it. For whole
days, as a loan for days is asked for, what is fetched or works has to be free through all of them; a space, which is
lent by the hour, at some time when it is open. What is agreed counts, in part too: seats, things and percent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import Session, col

from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range, intersect, subtract, union
from core.time.opening import OpeningHours
from marketplace.offers.models import Offer, Terms
from resources.availability import Taken, short_of
from resources.families import family_of
from resources.families.family import Doors
from resources.models import Resource, Site
from resources.queries import amounts_taken, hours_of, unit_amounts

LONGEST_LOOK = timedelta(days=366)
"""How far is looked where a period has no end."""
DAYS_AT_ONCE = 14
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one of a resource takes it: how much there is, how much one takes, and what is taken."""

    capacity: int
    amount: int
    taken: Sequence[Taken]


@dataclass(frozen=True, slots=True)
class Lent:
    """What is looked at of an offer; `hours` as they are stored, of the resource or of its site."""

    during: Interval
    terms: Terms
    family: str
    least: int
    hours: Any
    units: Sequence[Unit]

    def left(self, window: Interval) -> list[Interval]:
        """Return when in a time enough of it is left."""
        return subtract([window], union(*(short_of(u.capacity, self.least * u.amount, u.taken) for u in self.units)))


def free_ids(session: Session, statement: Select[Any], during: Interval, least: int | None) -> list[UUID]:
    """Return the offers of a SELECT that can be had in a time, in its order; three queries, however many there are."""
    if during.end is not None and during.end <= clock.now():
        return []
    columns = (Offer.id, Offer.during, Offer.terms, Offer.resource_id)
    more = (Resource.family, Resource.kind, Resource.opening_hours, Site.opening_hours)
    chosen = statement.with_only_columns(*map(col, columns), *map(col, more), maintain_column_froms=True)
    rows = session.execute(chosen).all()
    window = Interval(max(during.start, clock.now()), during.end)
    units = _units(session, {row[3] for row in rows}, window)
    is_free = _Rule(window, by_days=_are_days(during))
    found = []
    for key, offered, terms, resource_id, family, kind, own, of_site in rows:
        wanted = least or 1 if family_of(family).counts(kind) else 1
        lent = Lent(from_range(offered), terms, family, wanted, own or of_site, units.get(resource_id, ()))
        if is_free(lent):
            found.append(key)
    return found


def _are_days(during: Interval) -> bool:
    """Tell whether a time is told by days: both ends are midnights in Sweden, or there is only one."""
    if during.end is None:
        return True
    return all(each.astimezone(STOCKHOLM).time() == time.min for each in (during.start, during.end))


def _units(session: Session, resource_ids: Collection[UUID], window: Interval) -> dict[UUID, list[Unit]]:
    amounts = unit_amounts(session, resource_ids)
    ids = {unit for of_resource in amounts.values() for unit, _ in of_resource}
    capacities, taken = amounts_taken(session, ids, Interval(window.start, None))
    found: dict[UUID, list[Unit]] = defaultdict(list)
    for resource_id, of_resource in amounts.items():
        found[resource_id] = [Unit(capacities[unit], amount, taken.get(unit, ())) for unit, amount in of_resource]
    return found


class _Rule:
    """Tells of one offer after the other whether it can be had in a time."""

    def __init__(self, window: Interval, *, by_days: bool) -> None:
        self._window = window
        self._by_days = by_days
        self._open = cache(_open)

    def __call__(self, lent: Lent) -> bool:
        end = self._window.end or self._window.start + LONGEST_LOOK
        doors = family_of(lent.family).doors
        if not lent.units:
            return False
        within = intersect([Interval(self._window.start, end)], [lent.during])
        if lent.terms is Terms.HAND_OVER:  # it only has to change hands while the offer runs, and is gone then
            return any(lent.left(Interval(one.start, None)) == [Interval(one.start, None)] for one in within)
        if self._window.end is None or (self._by_days and doors is Doors.THROUGHOUT):
            free = [piece for one in within for piece in lent.left(one)]
            return self._open_sometime(lent, free) if doors is Doors.THROUGHOUT else bool(free)
        whole = [Interval(self._window.start, end)]
        if within != whole or lent.left(whole[0]) != whole:
            return False
        return self._by_days or self._doors_fit(lent, doors, whole[0])

    def _open_sometime(self, lent: Lent, free: Sequence[Interval]) -> bool:
        """Tell whether the doors are open at some of the times, looking only as far as it takes."""
        return any(
            intersect([piece], self._open(hours_of(lent.hours), first))
            for piece in free
            for first in _fortnights(piece)
        )

    def _doors_fit(self, lent: Lent, doors: Doors, wanted: Interval) -> bool:
        """Tell whether they are open throughout, or at both ends, as the family wants it."""
        last = wanted.limit
        match doors:
            case Doors.NEVER:
                return True
            case Doors.THROUGHOUT:
                asked = [wanted]
            case Doors.AT_BOTH_ENDS:
                asked = [Interval(wanted.start, wanted.start + MINUTE), Interval(last - MINUTE, last)]
        hours = hours_of(lent.hours)
        is_open = union(*(self._open(hours, first) for one in asked for first in _fortnights(one)))
        return all(intersect([one], is_open) == [one] for one in asked)


def _fortnights(piece: Interval) -> Iterator[date]:
    """Yield the first local dates of as many stretches of days as cover a time; one day more for a late end."""
    day, last = (each.astimezone(STOCKHOLM).date() for each in (piece.start, piece.limit))
    while day <= last:
        yield day
        day += timedelta(days=DAYS_AT_ONCE)


def _open(hours: OpeningHours | None, first: date) -> list[Interval]:
    """Return when doors are open in a stretch of days; never where the hours cannot be read."""
    if hours is None:
        return []
    return hours.open_intervals(first - timedelta(days=1), first + timedelta(days=DAYS_AT_ONCE))
