"""Which offers can be had in a period: they run, their doors are open, and so much of them is left.

The rules are those of matching. For hours, all has to be free and the doors open as the family wants it. For whole
days, as a loan for days is asked for, what is fetched or works has to be free through all of them; a space, which is
lent by the hour, at some time when it is open. What is agreed counts, in part too: seats, things and percent.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property
from itertools import chain
from math import inf
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Subquery,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import NullType
from sqlmodel import Session, col

from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range, intersect, to_range
from marketplace.offers.models import Offer, Terms
from resources.availability import Claimed, Span, short_of
from resources.families import family_of
from resources.families.family import Doors
from resources.known_hours import Hours, hours_by_key, hours_key
from resources.models import Resource, ResourceUnit
from resources.models import Unit as UnitRow
from resources.queries import claims_taken

LONGEST_LOOK = timedelta(days=366)
"""How far is looked where a period has no end."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one of a resource takes it: how much there is, how much one takes, and what is taken."""

    capacity: int
    amount: int
    taken: Sequence[Claimed]


@dataclass(frozen=True)
class Lent:
    """What is looked at of an offer; `during` where it does not run all of the time, `hours` by their key."""

    during: Interval | None
    terms: Terms
    doors: Doors
    least: int
    hours: UUID | None
    units: Sequence[Unit]

    @cached_property
    def _short(self) -> list[Span]:
        """When too little of it is left, in order."""
        found = (short_of(unit.capacity, self.least * unit.amount, unit.taken) for unit in self.units)
        return sorted(chain.from_iterable(found))

    def is_left(self, window: Interval) -> bool:
        """Tell whether enough of it is left through all of a time."""
        start, end = _minutes(window.start), _minutes(window.end)
        return not any(since < end and start < until for since, until in self._short)

    def left(self, window: Interval) -> Iterator[Interval]:
        """Yield when in a time enough of it is left, in order."""
        free, end = _minutes(window.start), _minutes(window.end)
        begins = window.start
        for since, until in self._short:
            if until <= free:
                continue
            if since >= end:
                break
            if since > free:
                yield Interval(begins, _moment(since))
            if until >= end:
                return
            free, begins = until, _moment(until)
        yield Interval(begins, window.end)


TakenOf = Callable[[Select[UUID], Interval], Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]]
"""Says in SQL what is taken of units in a time, see `resources.queries.claims_taken`."""


def free_in(
    session: Session, statement: Select[Any], during: Interval, least: int | None, taken_of: TakenOf = claims_taken
) -> ColumnElement[bool]:
    """Return the condition that an offer of a SELECT can be had in a time; one query however many there are."""
    found = _free(session, statement, [during], least, taken_of)[0]
    # The ids go back as the text that they came in: to make thousands of keys of it takes longer than all the rest.
    ids = "{" + ",".join(row.ids.strip("{}") for row in found) + "}"
    wanted: ColumnElement[bool] = col(Offer.id) == any_(sql_cast(bindparam(None, ids, NullType()), ARRAY(Uuid)))
    return wanted


def free_counts(
    session: Session,
    statement: Select[Any],
    days: Sequence[Interval],
    least: int | None,
    taken_of: TakenOf = claims_taken,
) -> list[int]:
    """Return how many offers of a SELECT can be had on each of some days, in order; as many queries as for one day."""
    return [sum(row.number for row in found) for found in _free(session, statement, days, least, taken_of)]


def _free(
    session: Session, statement: Select[Any], times: Sequence[Interval], least: int | None, taken_of: TakenOf
) -> list[list[Row[Any]]]:
    """Return what can be had in each of some times, the first of which begins first and the last ends last."""
    now = clock.now()
    if times[-1].end is not None and times[-1].end <= now:
        return [[] for _ in times]
    window = Interval(max(times[0].start, now), times[-1].end)
    rows = session.execute(_alike(statement, window, least or 1, taken_of)).all()
    lent = [_lent(row, least or 1) for row in rows]
    hours = hours_by_key(session, {row.hours for row in rows if row.hours is not None})

    def free(asked: Interval) -> list[Row[Any]]:
        if asked.end is not None and asked.end <= now:
            return []
        within = Interval(max(asked.start, now), asked.end)
        is_free = _Rule(within, hours, by_days=_are_days(asked))
        return [row for row, one in zip(rows, lent, strict=True) if is_free(one)]

    return [free(each) for each in times]


def _alike(statement: Select[Any], window: Interval, least: int, taken_of: TakenOf) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of a row for all offers that are alike in what is looked at, with their ids.

    `during` is told only where an offer does not run all of the time, and of a unit of which nothing is taken only how
    often what is asked for goes into it: so thousands of offers are some dozens of rows.
    """
    runs = col(Offer.during).op("@>", is_comparison=True)(to_range(window))
    columns = (
        *(col(Offer.id), col(Offer.terms), case((runs, null()), else_=col(Offer.during)).label("during")),
        *(col(Resource.family), col(Resource.kind), hours_key().label("hours"), col(Offer.resource_id)),
    )
    offer = statement.order_by(None).with_only_columns(*columns, maintain_column_froms=True).cte("offers").c
    unit = _units(offer, window, taken_of).c
    whole = func.jsonb_build_array(unit.capacity, unit.amount, unit.taken)
    often = func.jsonb_build_array(func.least(unit.capacity / unit.amount, least), 1, null())
    each = case((unit.taken.is_(None), often), else_=whole)
    units = select(unit.id, func.jsonb_agg(each).label("units")).group_by(unit.id).subquery()
    key = (offer.terms, offer.during, offer.family, offer.kind, offer.hours, units.c.units)
    ids = sql_cast(func.array_agg(offer.id), Text).label("ids")
    return select(*key, ids, func.count().label("number")).join(units, units.c.id == offer.id).group_by(*key)


def _units(offer: Any, window: Interval, taken_of: TakenOf) -> Subquery:
    """Return the units of offers with what is taken of them in a time, null where nothing is."""
    looked_at = Interval(window.start, window.end or window.start + LONGEST_LOOK)
    joined = select(offer.id, offer.terms, col(ResourceUnit.unit_id), col(ResourceUnit.amount), col(UnitRow.capacity))
    joined = joined.join(ResourceUnit, col(ResourceUnit.resource_id) == offer.resource_id)
    held = joined.join(UnitRow, col(UnitRow.id) == col(ResourceUnit.unit_id)).cte("held")
    within = taken_of(select(held.c.unit_id), looked_at).subquery()
    # What is handed over is gone: nothing may be taken of it later either.
    gone = select(held.c.unit_id).where(held.c.terms == Terms.HAND_OVER)
    later = taken_of(gone, Interval(looked_at.end or window.start, None)).subquery()
    is_there = later.c.during.op("&&", is_comparison=True)(to_range(looked_at))
    claim = union_all(select(within), select(later).where(~is_there)).subquery().c
    start, end = (func.date_part("epoch", bound(claim.during)) / 60 for bound in (func.lower, func.upper))
    # As the text of arrays, for JSON of ten thousands of claims takes longer than all the rest.
    span = array([claim.amount, sql_cast(func.floor(start), BigInteger), sql_cast(func.ceil(end), BigInteger)])
    taken = sql_cast(func.array_agg(span), Text).label("taken")
    claims = select(claim.unit_id, taken).group_by(claim.unit_id).subquery()
    unit = held.c
    rows = select(unit.id, unit.amount, unit.capacity, claims.c.taken)
    return rows.outerjoin_from(held, claims, claims.c.unit_id == unit.unit_id).subquery()


def _lent(row: Row[Any], least: int) -> Lent:
    family = family_of(row.family)
    return Lent(
        during=None if row.during is None else from_range(row.during),
        terms=row.terms,
        doors=family.doors,
        least=least if family.counts(row.kind) else 1,
        hours=row.hours,
        units=[Unit(capacity, amount, list(_taken(taken))) for capacity, amount, taken in row.units],
    )


def _taken(told: str | None) -> Iterator[Claimed]:
    """Yield what is taken, from the text of an array of arrays."""
    for amount, start, end in msgspec.json.decode((told or "[]").translate(_AS_JSON)):
        yield amount, start, inf if end is None else end


_AS_JSON = str.maketrans({"{": "[", "}": "]", "N": "n", "U": "u", "L": "l"})


def _minutes(moment: datetime | None) -> float:
    return inf if moment is None else moment.timestamp() / 60


def _moment(minutes: float) -> datetime:
    return datetime.fromtimestamp(minutes * 60, UTC)


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
        within = [whole] if lent.during is None else intersect([whole], [lent.during])
        if lent.terms is Terms.HAND_OVER:  # it only has to change hands while the offer runs, and is gone then
            return any(lent.is_left(Interval(one.start, None)) for one in within)
        by_hour = lent.doors is Doors.THROUGHOUT
        if self._window.end is None or (self._by_days and by_hour):
            free = (piece for one in within for piece in lent.left(one))
            return any(not by_hour or self._opens(lent.hours, piece) for piece in free)
        if within != [whole] or not lent.is_left(whole):
            return False
        return self._by_days or self._doors_fit(lent, whole)

    def _opens_within(self, hours: UUID | None, piece: Interval) -> bool:
        """Tell whether the doors are open at some of a time; never where the hours cannot be read."""
        known = self._hours[hours]
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

    def _is_open(self, hours: UUID | None, asked: Interval) -> bool:
        known = self._hours[hours]
        return known is not None and known.covers(asked)
