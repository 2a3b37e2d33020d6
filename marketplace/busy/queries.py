"""Every question about calendars with busy times. Whoever sees a resource sees which of them it has."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, by_swedish, coordinated, within
from core.errors import NotFound
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.busy.models import BusyCalendar
from marketplace.busy.rules import MOST_CONFLICTS_SHOWN
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import MOST_TO_CHOOSE
from resources.models import Claim, ClaimSource, Resource, ResourceUnit
from resources.queries import is_no_person


@dataclass(frozen=True)
class Conflicts:
    """Bookings while a calendar is busy, from now on: those that begin first, and how many there are."""

    first: Sequence[tuple[UUID, Interval]] = ()
    count: int = 0


@dataclass(frozen=True)
class CalendarView:
    """A calendar with what it is of, and what it is at odds with."""

    calendar: BusyCalendar
    resource: Resource
    conflicts: Conflicts


def calendars_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[CalendarView]:
    """Return the calendars of resources of the actor's own organisation, by the names of these."""
    found = _seen(actor).where(col(Resource.organisation_id) == actor.organisation_id)
    ordered = found.order_by(by_swedish(col(Resource.name)), col(BusyCalendar.id))
    return read_rows(session, ordered, page, limit).of(lambda rows: _views(session, rows))


def calendar_view(session: Session, actor: Actor, calendar_id: UUID) -> CalendarView:
    """Return a calendar of a resource that the actor sees, or NotFound."""
    found = session.execute(_seen(actor).where(col(BusyCalendar.id) == calendar_id)).all()
    if not found:
        raise NotFound("busy_calendar", calendar_id)
    return _views(session, found)[0]


def choosable(session: Session, actor: Actor, wanted: UUID | None = None) -> Sequence[Resource]:
    """Return resources that the actor may add a calendar to, in order: so many at most, one that is wanted first."""
    may = within(actor, Permission.OFFER, col(Resource.organisation_id), col(Resource.department))
    found = select(Resource).where(may, is_no_person())
    first = [col(Resource.id) != wanted] if wanted else []
    return session.scalars(
        found.order_by(*first, by_swedish(col(Resource.name)), col(Resource.id)).limit(MOST_TO_CHOOSE)
    ).all()


def count_of(session: Session, organisation_id: UUID, resource_id: UUID) -> tuple[int, int]:
    """Return how many calendars an organisation has read, and how many of these are of a resource."""
    counted = select(func.count(), func.count().filter(col(BusyCalendar.resource_id) == resource_id))
    owned = counted.select_from(BusyCalendar).join(Resource, col(Resource.id) == col(BusyCalendar.resource_id))
    whole, of_resource = session.execute(owned.where(col(Resource.organisation_id) == organisation_id)).one()
    return whole, of_resource


def next_due(session: Session, now: datetime) -> BusyCalendar | None:
    """Return the calendar that has waited longest to be read, locked; none of an organisation that has left."""
    home = and_(col(Organisation.id) == col(Resource.organisation_id), col(Organisation.left_at).is_(None))
    found = (
        select(BusyCalendar)
        .join(Resource, col(Resource.id) == col(BusyCalendar.resource_id))
        .join(Organisation, home)
        .where(col(BusyCalendar.due_at) <= now)
        .order_by(col(BusyCalendar.due_at), col(BusyCalendar.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=BusyCalendar)
    )
    return session.scalars(found).one_or_none()


def busy_of(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, list[Interval]]:
    """Return when the calendars of all that takes some units are busy, in any order."""
    taken = col(ResourceUnit.resource_id) == col(BusyCalendar.resource_id)
    found = select(col(ResourceUnit.unit_id), col(BusyCalendar.busy)).join(ResourceUnit, taken)
    busy: dict[UUID, list[Interval]] = defaultdict(list)
    for unit_id, times in session.execute(found.where(any_of(col(ResourceUnit.unit_id), unit_ids))):
        busy[unit_id] += map(from_range, times)
    return dict(busy)


def conflicts(session: Session, calendar_ids: Collection[UUID]) -> dict[UUID, Conflicts]:
    """Return which bookings take something of what calendars say is busy."""
    key, begins = col(BusyCalendar.id), func.lower(Claim.during)
    place = func.row_number().over(partition_by=key, order_by=(begins, col(Claim.id)))
    every = func.count().over(partition_by=key)
    booked = and_(
        col(Claim.unit_id) == col(ResourceUnit.unit_id),
        col(Claim.released_at).is_(None),
        col(Claim.source) == ClaimSource.BOOKING,
        col(Claim.during).bool_op("&&")(col(BusyCalendar.busy)),
        or_(func.upper(Claim.during).is_(None), func.upper(Claim.during) > clock.now()),
    )
    found = (
        select(key.label("key"), col(Claim.booking_id), col(Claim.during), every.label("every"), place.label("place"))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(BusyCalendar.resource_id))
        .join(Claim, booked)
        .where(any_of(key, calendar_ids))
        .subquery()
    )
    rows = session.execute(
        select(found).where(found.c.place <= MOST_CONFLICTS_SHOWN).order_by(found.c.key, found.c.place)
    )
    first: dict[UUID, list[tuple[UUID, Interval]]] = defaultdict(list)
    counts: dict[UUID, int] = {}
    for calendar_id, booking_id, during, count, _place in rows:
        first[calendar_id].append((booking_id, from_range(during)))
        counts[calendar_id] = count
    return {calendar_id: Conflicts(first[calendar_id], count) for calendar_id, count in counts.items()}


def _views(session: Session, rows: Sequence[Any]) -> list[CalendarView]:
    found = conflicts(session, [row.BusyCalendar.id for row in rows])
    return [CalendarView(row.BusyCalendar, row.Resource, found.get(row.BusyCalendar.id, Conflicts())) for row in rows]


def _seen(actor: Actor) -> Select[BusyCalendar, Resource]:
    owner = col(Resource.organisation_id)
    found = select(BusyCalendar, Resource).join(Resource, col(Resource.id) == col(BusyCalendar.resource_id))
    return found.where(or_(owner == actor.organisation_id, coordinated(actor, owner)), is_no_person())
