"""Which offers can be had in a period: they run, their doors are open, and so much of them is left.

The rules are those of matching. For hours, all has to be free and the doors open as the family wants it. For whole
days, as a loan for days is asked for, what is fetched or works has to be free through all of them; a space, which is
lent by the hour, at some time when it is open. What is agreed counts, in part too: seats, things and percent.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, case, func, null
from sqlalchemy import cast as sql_cast
from sqlmodel import Session, col

from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range, intersect, subtract, to_range, union
from core.time.opening import OpeningHours
from marketplace.offers.models import Offer, Terms
from resources.availability import Taken, short_of
from resources.families import family_of
from resources.families.family import Doors
from resources.models import Resource, ResourceUnit
from resources.models import Unit as UnitRow
from resources.queries import claims_taken, hours_of, site_hours

LONGEST_LOOK = timedelta(days=366)
"""How far is looked where a period has no end."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one of a resource takes it: how much there is, how much one takes, and what is taken."""

    capacity: int
    amount: int
    taken: Sequence[Taken]


@dataclass(frozen=True, slots=True)
class Lent:
    """What is looked at of an offer; `hours` names its opening hours, for those of a site are shared by many."""

    during: Interval
    terms: Terms
    doors: Doors
    least: int
    hours: Hashable
    units: Sequence[Unit]

    def left(self, window: Interval) -> list[Interval]:
        """Return when in a time enough of it is left."""
        short = [
            short_of(unit.capacity, self.least * unit.amount, unit.taken)
            for unit in self.units
            if unit.taken or unit.capacity < self.least * unit.amount
        ]
        return subtract([window], union(*short)) if short else [window]


Hours = Callable[[Hashable], OpeningHours | None]
"""Says when the doors are open, by a name for the hours; nothing where they cannot be read."""
TakenOf = Callable[[Session, Collection[UUID], Interval], Mapping[UUID, Sequence[Taken]]]
"""Says what is taken of units in a time."""


def free_ids(
    session: Session, statement: Select[Any], during: Interval, least: int | None, taken_of: TakenOf = claims_taken
) -> list[UUID]:
    """Return the offers of a SELECT that can be had in a time, in its order; as many queries however many there are."""
    return _free(session, statement, [during], least, taken_of)[0]


def free_counts(
    session: Session,
    statement: Select[Any],
    days: Sequence[Interval],
    least: int | None,
    taken_of: TakenOf = claims_taken,
) -> list[int]:
    """Return how many offers of a SELECT can be had on each of some days, in order; as many queries as for one day."""
    return [len(found) for found in _free(session, statement, days, least, taken_of)]


def _free(
    session: Session, statement: Select[Any], times: Sequence[Interval], least: int | None, taken_of: TakenOf
) -> list[list[UUID]]:
    """Return which offers can be had in each of some times, the first of which begins first and the last ends last."""
    now = clock.now()
    if times[-1].end is not None and times[-1].end <= now:
        return [[] for _ in times]
    window = Interval(max(times[0].start, now), times[-1].end)
    rows = _rows(session, statement, window)
    for_good = any(row.terms is Terms.HAND_OVER for row in rows)
    taken = taken_of(session, {row.unit_id for row in rows}, Interval(window.start, None) if for_good else window)
    of_sites = site_hours(session, {row.site_id for row in rows if row.site_id and row.own is None})
    stored = of_sites | {row.own: row.own for row in rows if row.own}
    hours = cache(lambda name: hours_of(stored.get(name)))
    of_offer: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        of_offer[row.id].append(row)

    def free_in(asked: Interval) -> list[UUID]:
        if asked.end is not None and asked.end <= now:
            return []
        within = Interval(max(asked.start, now), asked.end)
        is_free = _Rule(within, hours, by_days=_are_days(asked))
        alike: dict[Hashable, bool] = {}

        def free(units: Sequence[Row[Any]]) -> bool:
            """Tell of an offer by its units; those of which nothing is taken are looked at once for all alike."""
            first = units[0]
            if first.during is not None or any(unit.unit_id in taken for unit in units):
                return is_free(_lent(units, least, taken, within))
            its = (first.terms, first.family, first.kind, first.site_id, first.own)
            key = (*its, *((unit.capacity, unit.amount) for unit in units))
            if key not in alike:
                alike[key] = is_free(_lent(units, least, taken, within))
            return alike[key]

        return [key for key, units in of_offer.items() if free(units)]

    return [free_in(each) for each in times]


def _rows(session: Session, statement: Select[Any], window: Interval) -> Sequence[Row[Any]]:
    """Return a row for each unit of each offer; `during` only where an offer does not run all of the time."""
    runs = col(Offer.during).op("@>", is_comparison=True)(to_range(window))
    own = func.nullif(sql_cast(col(Resource.opening_hours), Text), "null").label("own")
    columns = (
        *(col(Offer.id), col(Offer.terms), case((runs, null()), else_=col(Offer.during)).label("during")),
        *(col(Resource.family), col(Resource.kind), col(Resource.site_id), own),
        *(col(ResourceUnit.unit_id), col(ResourceUnit.amount), col(UnitRow.capacity)),
    )
    joined = statement.join(ResourceUnit, col(ResourceUnit.resource_id) == col(Offer.resource_id))
    joined = joined.join(UnitRow, col(UnitRow.id) == col(ResourceUnit.unit_id))
    return session.execute(joined.with_only_columns(*columns, maintain_column_froms=True)).all()


def _lent(
    units: Sequence[Row[Any]], least: int | None, taken: Mapping[UUID, Sequence[Taken]], window: Interval
) -> Lent:
    row = units[0]
    family = family_of(row.family)
    return Lent(
        during=window if row.during is None else from_range(row.during),
        terms=row.terms,
        doors=family.doors,
        least=least or 1 if family.counts(row.kind) else 1,
        hours=row.site_id if row.own is None else row.own,
        units=[Unit(each.capacity, each.amount, taken.get(each.unit_id, ())) for each in units],
    )


def _are_days(during: Interval) -> bool:
    """Tell whether a time is told by days: both ends are midnights in Sweden, or there is only one."""
    if during.end is None:
        return True
    return all(each.astimezone(STOCKHOLM).time() == time.min for each in (during.start, during.end))


class _Rule:
    """Tells of one offer after the other whether it can be had in a time."""

    def __init__(self, window: Interval, hours: Hours, *, by_days: bool) -> None:
        self._window = window
        self._whole = Interval(window.start, window.end or window.start + LONGEST_LOOK)
        self._by_days = by_days
        self._hours = hours
        self._opens = cache(self._opens_within)
        self._stand_open = cache(self._is_open)

    def __call__(self, lent: Lent) -> bool:
        if not lent.units:
            return False
        whole = self._whole
        within = [whole] if lent.during is self._window else intersect([whole], [lent.during])
        if lent.terms is Terms.HAND_OVER:  # it only has to change hands while the offer runs, and is gone then
            return any(lent.left(Interval(one.start, None)) == [Interval(one.start, None)] for one in within)
        by_hour = lent.doors is Doors.THROUGHOUT
        if self._window.end is None or (self._by_days and by_hour):
            free = (piece for one in within for piece in lent.left(one))
            return any(not by_hour or self._opens(lent.hours, piece) for piece in free)
        if within != [whole] or lent.left(whole) != [whole]:
            return False
        return self._by_days or self._doors_fit(lent, whole)

    def _opens_within(self, hours: Hashable, piece: Interval) -> bool:
        """Tell whether the doors are open at some of a time; never where the hours cannot be read."""
        known = self._hours(hours)
        return known is not None and known.opens_within(piece)

    def _doors_fit(self, lent: Lent, wanted: Interval) -> bool:
        """Tell whether they are open throughout, or at both ends, as the family wants it."""
        last = wanted.limit
        match lent.doors:
            case Doors.NEVER:
                return True
            case Doors.THROUGHOUT:
                asked = [wanted]
            case Doors.AT_BOTH_ENDS:
                asked = [Interval(wanted.start, wanted.start + MINUTE), Interval(last - MINUTE, last)]
        return all(self._stand_open(lent.hours, one) for one in asked)

    def _is_open(self, hours: Hashable, asked: Interval) -> bool:
        known = self._hours(hours)
        return known is not None and known.covers(asked)
