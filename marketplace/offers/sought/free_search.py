"""Which offers can be had in a period, as a condition in SQL: most need not be read for that.

What runs all of the time, and of which nothing is taken, is free where its doors are: that is told for each of the
opening hours that there are. Only what is taken, or runs some of the time, is looked at one by one, by the same rule.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range, array
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.database.statements import Made, Values
from core.database.tables import one_of, within_text
from core.time import clock
from core.time.interval import Interval, to_range
from marketplace.offers.models import Offer, Terms
from marketplace.offers.sought.answers import Thing, answers
from marketplace.offers.sought.free_time import LONGEST_LOOK, Rule, needs_all
from resources.families import FAMILIES, family_of
from resources.families.family import Doors
from resources.known_hours import hours_by_key, hours_key, hours_keys
from resources.models import Resource, ResourceUnit
from resources.models import Unit as UnitRow
from resources.queries import FOREVER_MIN

TakenOf = Callable[
    [Select[UUID] | None, ColumnElement[Any]], Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
]
"""Says in SQL what is taken of units in a time, see `resources.queries.claims_taken`."""
LOOKED_AT, _AFTER = (bindparam(name, type_=TSTZRANGE) for name in ("looked_at", "after"))
_LEAST = bindparam("least_asked", type_=Integer)
_NOTHING: ColumnElement[str] = literal_column("'[[0, 1, null]]'")
"""Units of which there are none."""
_ALWAYS = UUID(int=0)
"""Stands for the key of what is always open."""


def values_of(during: Interval, least: int | None) -> Values:
    """Return the values of a time that is looked at, which is empty when it is over, and of how much is asked for."""
    window = _from_now(during)
    looked_at = Range(empty=True) if window is None else to_range(_looked_at(window))
    after = Range(empty=True) if window is None else to_range(Interval(_looked_at(window).limit, None))
    all_of_it = {_all_of_it(doors).key: needs_all(during, doors) for doors in Doors}
    return {LOOKED_AT.key: looked_at, _AFTER.key: after, _LEAST.key: least or 1, **all_of_it}


def free_in(session: Session, alike: Made[Select[*tuple[Any, ...]]], during: Interval, least: int | None) -> Values:
    """Return the values with which `is_free` says what can be had in a time; two queries however many offers.

    `alike` is the statement of `alike_of` with `apart` for the offers that are looked at.
    """
    window = _from_now(during) or during
    rows = [(Thing(*row[:-2]), row.ids) for row in session.execute(*alike)]
    keys = [None, *session.scalars(hours_keys())]
    opens, free = answers(during, window).given(session, keys, (thing for thing, _ in rows), least or 1)
    minds = Rule(during, window, {}).minds_hours
    found: dict[str, Any] = {}
    for doors in Doors:
        found[_always(doors).key] = not minds(doors)
        found[_opens(doors)] = (
            _text(key or str(_ALWAYS) for key in keys if doors in opens[key]) if minds(doors) else "{}"
        )
    # The ids go back as the text that they came in: to make thousands of keys of it takes longer than all the rest.
    return found | {
        "apart": _text(ids.strip("{}") for _, ids in rows),
        "free": _text(ids.strip("{}") for thing, ids in rows if free[thing]),
    }


@cache
def is_free() -> ColumnElement[bool]:
    """Say that an offer can be had in a time, with the values of `free_in` and `values_of`."""
    offer, hours = col(Offer.id), func.coalesce(hours_key(), _ALWAYS)
    doors = (and_(_wants(each), or_(_always(each), within_text(hours, _opens(each)))) for each in Doors)
    plain = and_(_runs(), not_(within_text(offer, "apart")), or_(*doors), _suffices())
    return or_(plain, within_text(offer, "free"))


@cache
def _lent_during() -> ColumnElement[Any]:
    """Return when something is lent: a person only while all three say yes to it, as in matching."""
    approved = func.coalesce(col(StaffCapacity.approved_during), literal_column("'empty'::tstzrange"))
    within = col(Offer.during).op("*", return_type=TSTZRANGE())(approved)
    return case((col(StaffCapacity.resource_id).is_(None), col(Offer.during)), else_=within)


def _runs() -> ColumnElement[bool]:
    """Say that something is lent through all of the time that is looked at."""
    return _lent_during().op("@>", is_comparison=True)(LOOKED_AT)


def free_counts(
    session: Session, alike: Made[Select[*tuple[Any, ...]]], days: Sequence[Interval], least: int | None
) -> list[int]:
    """Return how many offers can be had on each of some days, in order; as many queries as for one day.

    `alike` is the statement of `alike_of` for all offers that are looked at, with the values of all of the days.
    """
    rows = session.execute(*alike).all()
    lent = [Thing(*row[:-2]).lent(least or 1) for row in rows]
    hours = hours_by_key(session, {each.hours for each in lent if each.hours is not None})

    def count(day: Interval) -> int:
        within = _from_now(day)
        if within is None:
            return 0
        rule = Rule(day, within, hours)
        return sum(row.number for row, one in zip(rows, lent, strict=True) if rule(one))

    return [count(each) for each in days]


def _from_now(during: Interval) -> Interval | None:
    """Return what is yet to come of a time, None if it is over."""
    now = clock.now()
    if during.end is not None and during.end <= now:
        return None
    return Interval(max(during.start, now), during.end)


def _looked_at(window: Interval) -> Interval:
    return Interval(window.start, window.end or window.start + LONGEST_LOOK)


def _always(doors: Doors) -> BindParameter[bool]:
    """Return whether what wants doors so is free whenever they are open."""
    return bindparam(f"always_{doors.name.lower()}", type_=Boolean)


def _all_of_it(doors: Doors) -> BindParameter[bool]:
    """Return whether what wants doors so has to be free throughout."""
    return bindparam(f"all_of_{doors.name.lower()}", type_=Boolean)


def _opens(doors: Doors) -> str:
    """Return what the keys of opening hours are called with which what wants doors so is free."""
    return f"open_{doors.name.lower()}"


def _wants(doors: Doors) -> ColumnElement[bool]:
    """Say that the family of a resource wants doors so."""
    wanted = one_of(col(Resource.family), [each.name for each in FAMILIES.values() if each.doors is doors])
    # What only a newer version knows is taken as its stand-in.
    return or_(wanted, not_(one_of(col(Resource.family), FAMILIES))) if family_of("").doors is doors else wanted


def _suffices() -> ColumnElement[bool]:
    """Say that a resource, where nothing of it is taken, is as much as is asked for."""
    counted = [
        and_(
            col(Resource.family) == each.name,
            true() if of.kinds is None else one_of(col(Resource.kind), of.kinds),
        )
        for each in FAMILIES.values()
        if (of := each.counted) is not None
    ]
    enough = col(UnitRow.capacity) >= _LEAST * col(ResourceUnit.amount)
    too_little = select(col(ResourceUnit.unit_id)).join(UnitRow, col(UnitRow.id) == col(ResourceUnit.unit_id))
    small = too_little.where(col(ResourceUnit.resource_id) == col(Resource.id), not_(enough)).correlate(Resource)
    return or_(_LEAST <= 1, not_(and_(or_(*counted), small.exists())))


def _text(keys: Iterable[str]) -> str:
    return "{" + ",".join(keys) + "}"


def alike_of(statement: Select[Any], taken_of: TakenOf, *, apart: bool) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of a row for all offers that are alike in what is looked at, with their ids.

    `during` is told only where an offer does not run all of the time, and of a unit of which nothing is taken only how
    often what is asked for goes into it: so thousands of offers are some dozens of rows. `apart`: without those that
    run all of the time and of which nothing is taken, and those that do not and have to be free throughout; and what
    has to be and is taken whole is told to have nothing, whatever its hours.
    """
    taken = _taken_from(taken_of).c
    all_of_it = or_(*(and_(_wants(each), _all_of_it(each)) for each in Doors))
    throughout = and_(col(Offer.terms) != Terms.HAND_OVER, all_of_it)
    during = case((_runs(), null()), else_=_lent_during()).label("during")
    columns = (
        *(col(Offer.id), col(Offer.terms), during),
        *(col(Resource.family), col(Resource.kind), sql_cast(hours_key(), Text).label("hours"), col(Offer.resource_id)),
        throughout.label("all_of_it"),
    )
    if apart:
        having = select(col(ResourceUnit.resource_id)).where(col(ResourceUnit.unit_id).in_(select(taken.unit_id)))
        # Two conditions, so that the first leaves dozens of offers before it is looked up what they are of.
        statement = statement.where(or_(not_(_runs()), col(Offer.resource_id).in_(having)))
        statement = statement.where(or_(_runs(), not_(throughout)))
    statement = statement.where(_lent_during().op("&&", is_comparison=True)(LOOKED_AT))
    offer = statement.order_by(None).with_only_columns(*columns, maintain_column_froms=True).cte("offers").c
    unit = _units(offer, taken).c
    whole = func.json_build_array(unit.capacity, unit.amount, unit.taken)
    often = func.json_build_array(func.least(unit.capacity / unit.amount, _LEAST), 1, null())
    each = case((unit.taken.is_(None), often), else_=whole)
    gone = func.bool_or(and_(unit.capacity == 1, unit.taken.is_not(None))).label("gone")
    held = select(unit.id, sql_cast(func.json_agg(each), Text).label("units"), gone).group_by(unit.id).subquery()
    units = held.c
    hours: ColumnElement[Any] = offer.hours
    left: ColumnElement[Any] = units.units
    if apart:
        nothing = and_(units.gone, offer.all_of_it)
        hours, left = case((nothing, null()), else_=hours), case((nothing, _NOTHING), else_=left)
    told = select(
        offer.terms, offer.during, offer.family, offer.kind, hours.label("hours"), left.label("units"), offer.id
    )
    *key, each_id = told.join(held, units.id == offer.id).subquery().c
    ids = sql_cast(func.array_agg(each_id), Text).label("ids")
    return select(*key, ids, func.count().label("number")).group_by(*key)


def _taken_from(taken_of: TakenOf) -> CTE:
    """Return what is taken of units in a time; later, too, of what is handed over in it, which is gone then."""
    gone = select(col(ResourceUnit.unit_id)).join(Offer, col(Offer.resource_id) == col(ResourceUnit.resource_id))
    later = taken_of(gone.where(col(Offer.terms) == Terms.HAND_OVER), _AFTER).subquery()
    is_there = later.c.during.op("&&", is_comparison=True)(LOOKED_AT)
    within = taken_of(None, LOOKED_AT).subquery()
    claim = union_all(select(within), select(later).where(not_(is_there))).subquery().c
    start, end = (func.date_part("epoch", bound(claim.during)) / 60 for bound in (func.lower, func.upper))
    minutes = (func.floor(start), func.coalesce(func.ceil(end), FOREVER_MIN))
    # As the text of arrays, for JSON of ten thousands of claims takes longer than all the rest.
    spans = func.array_agg(array([claim.amount, *(sql_cast(each, BigInteger) for each in minutes)]))
    return select(claim.unit_id, sql_cast(spans, Text).label("spans")).group_by(claim.unit_id).cte("taken")


def _units(offer: Any, taken: Any) -> Subquery:
    """Return the units of offers with what is taken of them, null where nothing is."""
    unit = col(ResourceUnit.unit_id)
    joined = select(offer.id, col(ResourceUnit.amount), col(UnitRow.capacity), taken.spans.label("taken"))
    joined = joined.join(ResourceUnit, col(ResourceUnit.resource_id) == offer.resource_id)
    return (
        joined.join(UnitRow, col(UnitRow.id) == unit).outerjoin(taken.unit_id.table, taken.unit_id == unit).subquery()
    )
