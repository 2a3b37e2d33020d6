"""Every question about sites, resources, units and claims.

A site and a resource are seen here by their own organisation and by coordinators, a person's time only by those who
list it for that organisation. What others may see of them, they see through offers: `resources_by_id` and the like
answer for ids that the caller has found by what its actor may see.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, or_, true
from sqlalchemy import select as select_any
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.actor import Actor, Permission, Private
from core.database.page import DEFAULT_LIMIT, Page, read_page, read_rows
from core.database.tables import among, any_of, by_swedish, coordinated, one_of, within
from core.errors import BadInput, NotFound
from core.limits import LAST_DAY, instant_faults, refuse_if
from core.serialization import Dataclass, camel, from_stored
from core.time.clock import STOCKHOLM
from core.time.interval import FOREVER, Interval, from_range, to_range
from core.time.opening import ALWAYS_OPEN, OpeningHours
from resources.availability import MinutesTaken, Piece, Taken, pieces
from resources.families import FAMILIES, family_of
from resources.families.family import Family
from resources.known_hours import NO_HOURS, ListedHours, hours_listed, read_hours
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit

_HOURS: tuple[Any, ...] = (Resource.opening_hours, Site.opening_hours)
WITHOUT_HOURS = tuple(map(defer, _HOURS))
"""For a SELECT of what a list shows, whose hours are known by their keys."""
LONGEST_CALENDAR_DAYS = 366
FOREVER_MIN = int(FOREVER.timestamp()) // 60


@dataclass(frozen=True)
class Described:
    """A resource with its site and what is stated of it alone; in a list `listed` are the hours that are told of it."""

    resource: Resource
    site: Site | None
    listed: ListedHours = NO_HOURS

    @cached_property
    def stated(self) -> Dataclass:
        """What is stated of it alone. Only who looks at it notices that it cannot be read, and not a whole list."""
        return stated_of(self.resource)

    @cached_property
    def is_readable(self) -> bool:
        """Whether its facts and its opening hours can be read as they are stored."""
        try:
            return self.has_readable_facts and self.opening is not None
        except Exception:  # a version that is not ours may have stored anything
            return False

    @cached_property
    def has_readable_facts(self) -> bool:
        """Whether its facts can be read as they are stored."""
        try:
            return bool(self.facts)
        except Exception:  # a version that is not ours may have stored anything
            return False

    @property
    def family(self) -> Family:
        """The family that it is of."""
        return family_of(self.resource.family)

    @cached_property
    def facts(self) -> Dataclass:
        """What can be counted on there: what its family also has from its site is added."""
        if self.site is None or not self.family.from_site:
            return self.stated
        return from_stored(self.family.kept, self.resource.facts | self._with_site())

    def _with_site(self) -> dict[str, Any]:
        return {
            camel(name): sorted({*self.resource.facts.get(camel(name), ()), *getattr(self.site, name)})
            for name in self.family.from_site
        }

    @property
    def opening(self) -> OpeningHours:
        """Its own opening hours, else those of its site, else always."""
        return read_hours(msgspec.json.encode(self.stored_opening)) if self.stored_opening else ALWAYS_OPEN

    @property
    def has_hours(self) -> bool:
        """Whether it has opening hours, its own or those of its site, and is not always open."""
        return self.hours_key is not None

    @property
    def hours_key(self) -> UUID | None:
        """What tells its hours from others, see `known_hours`."""
        return self.resource.hours_key or (self.site.hours_key if self.site else None)

    @property
    def stored_opening(self) -> dict[str, Any] | None:
        """The JSON of its own opening hours, else those of its site; nothing where it is always open."""
        return self.resource.opening_hours or (self.site.opening_hours if self.site else None)


@dataclass(frozen=True)
class ResourceSearch:
    """What to look for; nothing means any. Of the name it may be a part."""

    family: str | None = None
    kind: str | None = None
    site_id: UUID | None = None
    name: str = ""


def site(session: Session, actor: Actor | None, site_id: UUID) -> Site:
    """Return a site that the actor may see, or NotFound."""
    found = session.exec(_sites(actor).where(col(Site.id) == site_id)).one_or_none()
    if found is None:
        raise NotFound("site", site_id)
    return found


def sites_page(
    session: Session, actor: Actor | None, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[tuple[Site, ListedHours]]:
    """Return the sites that the actor may see, by name, with their hours as a list shows them."""
    found = _sites(actor).options(WITHOUT_HOURS[1]).order_by(by_swedish(col(Site.name)), col(Site.id))

    def with_hours(sites: Sequence[Site]) -> list[tuple[Site, ListedHours]]:
        hours = hours_listed(session, [each.hours_key for each in sites])
        return [(each, hours[each.hours_key]) for each in sites]

    return read_page(session, found, page, limit).of(with_hours)


def resource(session: Session, actor: Actor | None, resource_id: UUID) -> Resource:
    """Return a resource that the actor may see, or NotFound."""
    found = session.exec(_resources(actor).where(col(Resource.id) == resource_id)).one_or_none()
    if found is None:
        raise NotFound("resource", resource_id)
    return found


def described(session: Session, actor: Actor | None, resource_id: UUID) -> Described:
    """Return a resource that the actor may see with its site and facts, or NotFound."""
    return resources_by_id(session, [resource(session, actor, resource_id).id])[resource_id]


def resources_page(
    session: Session, actor: Actor | None, search: ResourceSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Described]:
    """Return the resources that the actor may see and looks for, by name, with their own hours as a list shows them."""
    found = _resources(actor)
    if search.family is not None:
        found = found.where(col(Resource.family) == search.family)
    if search.kind is not None:
        found = found.where(col(Resource.kind) == search.kind)
    if search.site_id is not None:
        found = found.where(col(Resource.site_id) == search.site_id)
    if search.name:
        found = found.where(col(Resource.name).icontains(search.name, autoescape=True))
    joined: Any = found.outerjoin(Site, col(Site.id) == col(Resource.site_id))
    both = joined.with_only_columns(Resource, Site, maintain_column_froms=True).options(*WITHOUT_HOURS)
    ordered = both.order_by(by_swedish(col(Resource.name)), col(Resource.id))

    def with_hours(rows: Sequence[Any]) -> list[Described]:
        hours = hours_listed(session, [row.Resource.hours_key for row in rows])
        return [Described(row.Resource, row.Site, hours[row.Resource.hours_key]) for row in rows]

    return read_rows(session, ordered, page, limit).of(with_hours)


def with_listed_hours(session: Session, found: Sequence[Described]) -> list[Described]:
    """Return what was found with the hours that hold for it, its own or those of its site, as a list shows them."""
    hours = hours_listed(session, [each.hours_key for each in found])
    return [replace(each, listed=hours[each.hours_key]) for each in found]


def resources_by_id(session: Session, resource_ids: Iterable[UUID]) -> dict[UUID, Described]:
    """Return resources with their sites and facts, in one query."""
    statement = (
        select_any(Resource, Site)
        .outerjoin(Site, col(Site.id) == col(Resource.site_id))
        .where(any_of(col(Resource.id), resource_ids))
    )
    rows = session.execute(statement)
    return {each.id: Described(each, place) for each, place in rows}


def stated_of(resource: Resource) -> Dataclass:
    """Return the facts that stand on a resource's row."""
    return from_stored(family_of(resource.family).kept, resource.facts)


def units_of(session: Session, resource_ids: Iterable[UUID]) -> dict[UUID, list[tuple[Unit, int]]]:
    """Return for each resource the units that one of it takes, with the amount, in the order of their names."""
    units: dict[UUID, list[tuple[Unit, int]]] = defaultdict(list)
    for resource_id, amount, unit in session.execute(_UNITS, {"resources": list(resource_ids)}):
        units[resource_id].append((unit, amount))
    return dict(units)


_UNITS = (
    select_any(col(ResourceUnit.resource_id), col(ResourceUnit.amount), Unit)
    .join(Unit, col(Unit.id) == col(ResourceUnit.unit_id))
    .where(among(col(ResourceUnit.resource_id), "resources"))
    .order_by(by_swedish(col(Unit.name)), col(Unit.id))
)


def unit_amounts(session: Session, resource_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    """Return for each resource the ids of the units that one of it takes, with the amount, in the order of their names.

    Numbers only, for tens of thousands of resources.
    """
    rows = session.execute(
        select_any(col(ResourceUnit.resource_id), col(ResourceUnit.unit_id), col(ResourceUnit.amount))
        .join(Unit, col(Unit.id) == col(ResourceUnit.unit_id))
        .where(any_of(col(ResourceUnit.resource_id), resource_ids))
        .order_by(by_swedish(col(Unit.name)), col(Unit.id))
    )
    amounts: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for resource_id, unit_id, amount in rows:
        amounts[resource_id].append((unit_id, amount))
    return dict(amounts)


def claims_taken(unit_ids: Select[UUID] | None, during: ColumnElement[Any]) -> Select[UUID, int, Range[datetime]]:
    """Return the SELECT of what is taken of units that a SELECT names, or of all, in a time: unit, amount and when."""
    held = select_any(col(Claim.unit_id), col(Claim.amount), col(Claim.during)).where(_holds(during))
    return held if unit_ids is None else held.where(col(Claim.unit_id).in_(unit_ids))


def minutes_taken(session: Session, unit_ids: Iterable[UUID], during: Interval) -> dict[UUID, MinutesTaken]:
    """Return what is taken of units in a time, as arrays of whole minutes for hundreds of thousands.

    What is taken is widened to whole minutes.
    """
    start, end = (func.date_part("epoch", bound(col(Claim.during))) / 60 for bound in (func.lower, func.upper))
    columns = func.floor(start), func.coalesce(func.ceil(end), FOREVER_MIN), col(Claim.amount)
    aggregated = (func.array_agg(cast(column, BigInteger)) for column in columns)
    rows = session.execute(
        select_any(col(Claim.unit_id), *aggregated).where(_held(unit_ids, during)).group_by(col(Claim.unit_id))
    )
    return {unit_id: MinutesTaken(*(np.array(each, np.int64) for each in arrays)) for unit_id, *arrays in rows}


def _held(unit_ids: Iterable[UUID], during: Interval) -> ColumnElement[bool]:
    """Claims of units that hold something in a time."""
    return and_(any_of(col(Claim.unit_id), unit_ids), _holds(during))


def _holds(during: Interval | ColumnElement[Any]) -> ColumnElement[bool]:
    time = to_range(during) if isinstance(during, Interval) else during
    return and_(col(Claim.during).bool_op("&&")(time), col(Claim.released_at).is_(None))


def parts_of(session: Session, hall_ids: Iterable[UUID]) -> dict[UUID, dict[str, Resource]]:
    """Return the parts of those of the resources that are halls that divide, by the names of their units."""
    found = session.exec(
        select(Unit.name, Resource)
        .join(ResourceUnit, col(ResourceUnit.unit_id) == col(Unit.id))
        .join(Resource, col(Resource.id) == col(ResourceUnit.resource_id))
        .where(any_of(col(Resource.part_of_id), hall_ids))
        .order_by(by_swedish(col(Unit.name)))
    )
    parts: dict[UUID, dict[str, Resource]] = defaultdict(dict)
    for name, part in found:
        if part.part_of_id is not None:
            parts[part.part_of_id][name] = part
    return dict(parts)


def claim(session: Session, claim_id: UUID) -> Claim:
    """Return a claim, or NotFound."""
    found = session.get(Claim, claim_id)
    if found is None:
        raise NotFound("claim", claim_id)
    return found


def closed_period(session: Session, resource_id: UUID, claim_id: UUID) -> Claim:
    """Return an owner's own claim on a unit of a resource, or NotFound."""
    found = session.exec(
        select(Claim)
        .join(ResourceUnit, col(ResourceUnit.unit_id) == col(Claim.unit_id))
        .where(
            col(ResourceUnit.resource_id) == resource_id,
            col(Claim.id) == claim_id,
            col(Claim.source) == ClaimSource.OWNER,
            col(Claim.booking_id).is_(None),  # else it is lost, and comes back by a movement
        )
    ).one_or_none()
    if found is None:
        raise NotFound("closed period", claim_id)
    return found


def active_claims(session: Session, unit_ids: Iterable[UUID], during: Interval) -> list[Claim]:
    """Return the claims that count on any of the units in some moment of a time, by start."""
    return list(
        session.exec(
            select(Claim)
            .where(
                any_of(col(Claim.unit_id), unit_ids),
                col(Claim.during).bool_op("&&")(to_range(during)),
                col(Claim.released_at).is_(None),
            )
            .order_by(col(Claim.during), col(Claim.id))
            .execution_options(populate_existing=True)  # as they stand now, not as they were when first read
        )
    )


def closed_periods(session: Session, actor: Actor | None, resource_id: UUID, since: datetime) -> list[Claim]:
    """Return the owner's own claims on the units of a resource that the actor may see, but for those that are over."""
    units = units_of(session, [resource(session, actor, resource_id).id])[resource_id]
    found = active_claims(session, [unit.id for unit, _ in units], Interval(since, None))
    return [each for each in found if each.source is ClaimSource.OWNER and each.booking_id is None]


def count_of_closed(session: Session, organisation_id: UUID, since: datetime) -> int:
    """Return how many closed periods an organisation's units have, but for those that are over."""
    found = (
        select(func.count())
        .select_from(Claim)
        .join(Unit, col(Unit.id) == col(Claim.unit_id))
        .join(Resource, col(Resource.id) == col(Unit.resource_id))
        .where(col(Resource.organisation_id) == organisation_id, col(Claim.source) == ClaimSource.OWNER)
        .where(_holds(Interval(since, None)), col(Claim.booking_id).is_(None))
    )
    return session.exec(found).one()


def reads_notes(session: Session, actor: Actor, resource_id: UUID) -> bool:
    """Tell whether the actor may know why a resource that it may see is closed for a time."""
    found = resource(session, actor, resource_id)
    is_person = FAMILIES[found.family].anonymous if found.family in FAMILIES else True
    note = Private.CLOSED_CARD_NOTE if is_person else Private.CLOSED_NOTE
    return actor.reads(note, found.organisation_id, found.department)


def free_pieces(session: Session, actor: Actor | None, resource_id: UUID, first: date, last: date) -> list[Piece]:
    """Return when and how much of a resource that the actor may see is open and free in local dates.

    Raises
    ------
    BadInput
        The dates are in the wrong order, more than `LONGEST_CALENDAR_DAYS`, or outside all that is planned.
    """
    refuse_if((*instant_faults("first", first, LAST_DAY.year), *instant_faults("last", last, LAST_DAY.year)))
    if not 0 <= (last - first).days < LONGEST_CALENDAR_DAYS:
        raise BadInput("last", last.isoformat(), f"it has to be up to {LONGEST_CALENDAR_DAYS} days from first")
    found = described(session, actor, resource_id)
    units = [unit for unit, _ in units_of(session, [resource_id])[resource_id]]
    days = Interval(_midnight(first), _midnight(last + timedelta(days=1)))
    claims = active_claims(session, [unit.id for unit in units], days)
    taken = [Taken(each.amount, from_range(each.during)) for each in claims]
    # What has several units, a hall, has them with a capacity of one: it is free where nothing of it is taken.
    return pieces(found.opening, days, taken, min(unit.capacity for unit in units), first=first, last=last)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, STOCKHOLM)


def units_claimed(session: Session, booking_id: UUID) -> list[UUID]:
    """Return the units that a booking still holds something of."""
    held = select(Claim.unit_id).where(col(Claim.booking_id) == booking_id, col(Claim.released_at).is_(None))
    return list(session.exec(held.distinct()))


def units_with_owners(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, tuple[Unit, Resource]]:
    """Return units as they are now, with the resources they belong to."""
    found = session.exec(
        select(Unit, Resource)
        .join(Resource, col(Resource.id) == col(Unit.resource_id))
        .where(any_of(col(Unit.id), unit_ids))
        .execution_options(populate_existing=True)
    )
    return {unit.id: (unit, owner) for unit, owner in found}


def lock_units(session: Session, unit_ids: Iterable[UUID], *, to_change: bool = False) -> dict[UUID, int]:
    """Lock units until the transaction ends and return their capacities.

    Always in the order of their ids, so that two writers of the same units wait for each other and never deadlock.

    Raises
    ------
    NotFound
        One is missing.
    """
    wanted = set(unit_ids)
    rows = session.exec(
        select(Unit.id, Unit.capacity)
        .where(any_of(col(Unit.id), wanted))
        .order_by(col(Unit.id))
        .with_for_update(key_share=not to_change)
    )
    capacities = dict(rows.all())
    for missing in wanted - capacities.keys():
        raise NotFound("unit", missing)
    return capacities


def _sites(actor: Actor | None) -> SelectOfScalar[Site]:
    return select(Site).where(_seen(actor, col(Site.organisation_id)))


def _resources(actor: Actor | None) -> SelectOfScalar[Resource]:
    """Return those that the actor may see. A card has a name and missing consents: its own listers and HR see them."""
    seen = select(Resource).where(_seen(actor, col(Resource.organisation_id)))
    if actor is None:
        return seen
    answers = within(actor, Permission.READ_CARD, col(Resource.organisation_id), col(Resource.department))
    return seen.where(or_(is_no_person(), answers))


def anonymous_families() -> list[str]:
    """Return the names of the families that are people."""
    return [name for name, family in FAMILIES.items() if family.anonymous]


def is_no_person() -> ColumnElement[bool]:
    """The condition for resources that are no people, of a family that this version knows."""
    return one_of(col(Resource.family), [name for name, family in FAMILIES.items() if not family.anonymous])


def _seen(actor: Actor | None, organisation_id: Any) -> Any:
    if actor is None:
        return true()
    return or_(organisation_id == actor.organisation_id, coordinated(actor, organisation_id))
