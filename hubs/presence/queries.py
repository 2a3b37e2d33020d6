"""Every question about who comes to a hub when, by one of its members: never of days that are over."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, any_, cast, exists, func, literal, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.limits import refuse_if
from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.opening import from_json, local_instant
from hubs.activities import queries as activities
from hubs.activities.models import HubActivity, HubRegistration
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import member_ids
from hubs.places.models import Hub, HubZone
from hubs.presence.meetings import Reason, reasons
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import SETTLES_WITHIN, WEEKDAYS, Coming, about, coming, days_of, week_faults
from hubs.profiles import queries as profiles
from hubs.profiles.models import HubProfile
from hubs.profiles.queries import Person, check_member
from resources.models import Resource, Site


@dataclass(frozen=True)
class DayView:
    """A day as a member may read it: about how many come, and those who tell it that they do, or could."""

    day: date
    about: int
    people: tuple[tuple[Person, Coming], ...]


@dataclass(frozen=True)
class Meeting:
    """Somebody whom one would meet, and why."""

    person: Person
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class AdvisedDay:
    """A day that a member is told, what it has registered for then, and whom it would meet of those who tell it."""

    day: date
    activities: tuple[str, ...]
    meetings: tuple[Meeting, ...]


def week(session: Session, actor: Actor, hub_id: UUID, monday: date) -> list[DayView]:
    """Return the days of a week on which the hub is open and that are not over.

    Raises
    ------
    BadInput, NotFound
        It is no week that may be asked about; the actor is no member.
    """
    rows, named = _read(session, actor, hub_id, monday)
    return [_day(rows, named, day) for day in open_days(session, hub_id, monday) if day >= clock.today()]


def own_week(session: Session, actor: Actor, hub_id: UUID, monday: date) -> HubWeek:
    """Return what the actor has said of a week, and was told.

    Raises
    ------
    BadInput, NotFound
        It is no week that may be asked about; the actor is no member.
    """
    refuse_if(week_faults("monday", monday))
    check_member(session, actor, hub_id)
    found = select(HubWeek).where(
        col(HubWeek.hub_id) == hub_id, col(HubWeek.member_id) == actor.member_id, col(HubWeek.monday) == monday
    )
    return session.scalars(found).one_or_none() or HubWeek(hub_id=hub_id, member_id=actor.member_id, monday=monday)


def advice(session: Session, actor: Actor, row: HubWeek) -> list[AdvisedDay]:
    """Return the days that the actor is told in its own week, what is on, and whom it would meet, as told now."""
    on = registered_for(session, row.hub_id, row.monday)
    rows, named = _read(session, actor, row.hub_id, row.monday)
    own = profiles.own_profile(session, actor, row.hub_id)
    days = [day for day in days_of(row.monday) if day >= clock.today() and day in row.advised]
    return [
        AdvisedDay(
            day,
            tuple(on.get((actor.member_id, day), [])),
            tuple(
                Meeting(person, tuple(why))
                for person, said in _day(rows, named, day).people
                if said is Coming.PLANS and (why := reasons(own, person))
            ),
        )
        for day in days
    ]


def registered_for(session: Session, hub_id: UUID, monday: date) -> dict[tuple[UUID, date], list[str]]:
    """Return what members have seats at in a week, by member and day."""
    begin, end = (local_instant(day, time()) for day in (monday, monday + timedelta(weeks=1)))
    on: dict[tuple[UUID, date], list[str]] = defaultdict(list)
    for member_id, starts, title in activities.registered_for(session, hub_id, begin, end):
        on[member_id, starts.astimezone(STOCKHOLM).date()].append(title)
    return on


def rows_of(session: Session, hub_id: UUID, monday: date, *, lock: bool = False) -> Sequence[HubWeek]:
    """Return what those who are members say of a week, in a fixed order."""
    found = select(HubWeek).where(
        col(HubWeek.hub_id) == hub_id, col(HubWeek.monday) == monday, col(HubWeek.member_id).in_(member_ids(hub_id))
    )
    ordered = found.order_by(col(HubWeek.id)).execution_options(populate_existing=lock)
    return session.scalars(ordered.with_for_update() if lock else ordered).all()


def open_days(session: Session, hub_id: UUID, monday: date) -> list[date]:
    """Return the days of a week on which a hub's site is open; all, where nothing is said of its hours."""
    of_site = select(col(Site.opening_hours)).join(Hub, col(Hub.site_id) == col(Site.id)).where(col(Hub.id) == hub_id)
    hours = session.scalars(of_site).one()
    opening = from_json(hours) if hours else None
    return [day for day in days_of(monday) if opening is None or opening.on(day)]


def plan_to_come(hub_id: UUID) -> ColumnElement[UUID]:
    """Return a subquery of who tells the hosts of a hub that it plans to come, today or later: of no day before."""
    today = clock.today()
    found = select(col(HubWeek.member_id)).where(
        col(HubWeek.hub_id) == hub_id,
        col(HubWeek.told_to) == Audience.HOSTS,
        or_(literal(today) <= any_(col(HubWeek.plans)), literal(today) <= any_(col(HubWeek.advised))),
    )
    return found.scalar_subquery()


def room_of(session: Session, hub_id: UUID) -> int | None:
    """Return for how many people a hub's zones have seats; nothing where it has no zones."""
    seats = func.sum(col(Resource.facts)["seats"].as_integer())
    found = (
        select(seats).join(HubZone, col(HubZone.resource_id) == col(Resource.id)).where(col(HubZone.hub_id) == hub_id)
    )
    found_seats: int | None = session.scalars(found).one()
    return found_seats


def due(session: Session) -> list[tuple[UUID, date]]:
    """Return of which hubs and weeks the plan is to be made: as somebody's days are others than before, or as what
    members say of themselves, or have registered for in the week, is other than when it was made last."""
    asks = and_(col(HubWeek.visits).is_not(None), col(HubWeek.monday) > clock.today() - timedelta(weeks=1))
    found = select(col(HubWeek.hub_id), col(HubWeek.monday)).where(
        or_(col(HubWeek.due), and_(asks, or_(_said_since_planned(), _registered_since_planned())))
    )
    ordered = found.distinct().order_by(col(HubWeek.hub_id), col(HubWeek.monday))
    return [(hub_id, monday) for hub_id, monday in session.execute(ordered)]


def _said_since_planned() -> ColumnElement[bool]:
    at_hub = (
        col(HubMember.hub_id) == col(HubWeek.hub_id),
        col(HubMember.member_id) == col(HubProfile.member_id),
        col(HubMember.state) == HubMemberState.ACTIVE,
    )
    return exists().where(*at_hub, _since_planned(col(HubProfile.updated_at)))


def _registered_since_planned() -> ColumnElement[bool]:
    of_activity = col(HubActivity.id) == col(HubRegistration.activity_id)
    day = cast(func.timezone(STOCKHOLM.key, col(HubActivity.starts)), Date)
    return exists().where(
        of_activity,
        col(HubActivity.hub_id) == col(HubWeek.hub_id),
        day >= col(HubWeek.monday),
        day < col(HubWeek.monday) + WEEKDAYS,
        _since_planned(col(HubRegistration.updated_at)),
    )


def _since_planned(changed_at: Any) -> ColumnElement[bool]:
    """Say that something was changed since the plan was made: shortly before, its change was not there yet perhaps."""
    changed: ColumnElement[bool] = changed_at > col(HubWeek.planned_at) - SETTLES_WITHIN
    return changed


def _read(session: Session, actor: Actor, hub_id: UUID, monday: date) -> tuple[Sequence[HubWeek], dict[UUID, Person]]:
    """Return all rows of a week, and by the member's id those who tell the actor of theirs."""
    refuse_if(week_faults("monday", monday))
    check_member(session, actor, hub_id)
    rows = rows_of(session, hub_id, monday)
    chosen = profiles.has_chosen(hub_id, col(HubWeek.member_id), actor.member_id)
    choosers = select(col(HubWeek.member_id)).where(
        col(HubWeek.hub_id) == hub_id, col(HubWeek.monday) == monday, chosen
    )
    told_me = set(session.scalars(choosers))
    people = profiles.people(session, actor, hub_id)
    tells = {each.member_id for each in rows if _tells(each, told_me)}
    return rows, {member: each for member, each in people.items() if member in tells}


def _tells(row: HubWeek, told_me: set[UUID]) -> bool:
    return row.told_to.is_all_members or (row.told_to is Audience.CHOSEN and row.member_id in told_me)


def _day(rows: Sequence[HubWeek], named: dict[UUID, Person], day: date) -> DayView:
    said = [(named.get(row.member_id), coming(row, day)) for row in rows]
    people = [(person, each) for person, each in said if person and each]
    people.sort(key=lambda each: (each[1] is Coming.COULD, each[0].first_name.casefold(), each[0].id))
    return DayView(day, about(each for each in said if each[1] is Coming.PLANS), tuple(people))
