"""Use cases of sites and resources: listing what there is, and closing it for a while.

A resource takes its units: a room or vehicle one of capacity 1, a desk pool as many as it has desks, furniture as many
as there are things, staff as many as percent. A hall that divides has a unit for each part; each part is a resource of
its own that takes its unit, and the hall takes them all.
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel
from uuid_utils.compat import uuid7

from core import limits
from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.database.audit import record
from core.database.changes import change
from core.database.counting import take_turn
from core.errors import BadInput, Conflict, NotFound
from core.limits import refuse_if
from core.serialization import Dataclass, to_json
from core.settings import settings
from core.text import check_text
from core.time import clock, opening
from core.time.interval import Interval
from core.time.opening import OpeningHours
from resources import claims, extents, queries
from resources.claims import Wanted
from resources.drafts import PartDraft, ResourceDraft, SiteDraft, part_faults
from resources.families import FAMILIES, family_of, field_spec
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit


def create_site(session: Session, actor: Actor | None, draft: SiteDraft, organisation_id: UUID | None = None) -> Site:
    """Add an address to the actor's organisation; the system (`actor` None) names the organisation.

    Raises
    ------
    NotAllowed
        The actor is no lister of the organisation.
    Conflict
        The organisation has a site of that name.
    """
    row = Site(organisation_id=_lister_of(actor, organisation_id), **_site_values(draft))
    _add(session, row)
    record(session, actor, "site", row.id, to_state="listed")
    return row


def update_site(
    session: Session, actor: Actor | None, site_id: UUID, draft: SiteDraft, *, if_version: int | None = None
) -> Site:
    """Let a site be what the draft says. Raises as `create_site`, NotFound and VersionChanged."""
    row = queries.site(session, actor, site_id)
    write_site(session, actor, row, draft, if_version=if_version)
    return row


def write_site(
    session: Session, actor: Actor | None, row: Site, draft: SiteDraft, *, if_version: int | None = None
) -> None:
    """Let a site that was found be what the draft says."""
    check_may(actor, Permission.OFFER, row.organisation_id)
    change(session, actor, "site", row, _site_values(draft), if_version=if_version)


def create_resource(
    session: Session, actor: Actor | None, draft: ResourceDraft, organisation_id: UUID | None = None
) -> Resource:
    """Add a resource with its facts and units to the actor's organisation (the system names the organisation).

    It belongs to the unit that a lister of one unit lists for, else to the whole organisation until an offer says.

    Raises
    ------
    NotAllowed
        The actor is no lister of the organisation.
    NotFound
        The organisation has no such site.
    Conflict
        The organisation has a resource of that name.
    """
    return add_resource(session, actor, draft, organisation_id)[0]


def add_resource(
    session: Session,
    actor: Actor | None,
    draft: ResourceDraft,
    organisation_id: UUID | None = None,
    *,
    department: str | None = None,
) -> tuple[Resource, dict[str, Resource]]:
    """Add a resource of a unit, if told, as `create_resource` does; return it with its parts by their names."""
    owner = _lister_of(actor, organisation_id)
    department = _department(actor, department)
    check_may(actor, Permission.OFFER, owner, department)
    _check_site(session, owner, draft.site_id)
    row = Resource(organisation_id=owner, department=department, family=draft.family, **_resource_values(draft))
    _add(session, row)
    parts = _add_units(session, row, draft)
    if _changes(draft.facts):
        _set_capacity(session, row, draft.capacity, _changes(draft.facts))
    record(session, actor, "resource", row.id, to_state="listed")
    return row, parts


def update_resource(
    session: Session, actor: Actor | None, resource_id: UUID, draft: ResourceDraft, *, if_version: int | None = None
) -> Resource:
    """Let a resource be what the draft says. When its number of desks, things or percent changes, so does its unit.

    Raises
    ------
    Conflict
        The family or the parts would be others: list another resource instead.
    CapacityExceeded
        More is claimed than there would be.
    NotAllowed, NotFound, VersionChanged
        As their names say.
    """
    row = queries.resource(session, actor, resource_id)
    parts = queries.parts_of(session, [resource_id]).get(resource_id, {})
    write_resource(session, actor, row, parts, draft, if_version=if_version)
    return row


def write_resource(
    session: Session,
    actor: Actor | None,
    row: Resource,
    parts: Mapping[str, Resource],
    draft: ResourceDraft,
    *,
    if_version: int | None = None,
) -> None:
    """Let a resource that was found, with its parts, be what the draft says; raises as `update_resource`."""
    check_may(actor, Permission.OFFER, row.organisation_id, row.department)
    _check_site(session, row.organisation_id, draft.site_id)
    if draft.family != row.family:
        raise Conflict("family_fixed", f"It is {row.family} and cannot become {draft.family}: list another resource.")
    before, kind_before = _readable_facts(row), row.kind
    values = _resource_values(draft)
    if before == draft.facts:  # they may be written otherwise, by a version that had fewer of them
        del values["facts"]
    change(session, actor, "resource", row, values, if_version=if_version)
    _update_parts(session, parts, draft)
    was = None if before is None else family_of(row.family).capacity(kind_before, before)
    if draft.capacity != was or _changes(before) != _changes(draft.facts):
        _set_capacity(session, row, draft.capacity, _changes(draft.facts))


def let_belong(session: Session, actor: Actor | None, row: Resource, department: str | None) -> None:
    """Let a resource that was found, with its parts, belong to a unit, or to the whole organisation.

    For those who list for both. A lister of one unit who says none means that one.
    """
    department = _department(actor, department)
    if department == row.department:
        return
    for each in (row.department, department):
        check_may(actor, Permission.OFFER, row.organisation_id, each)
    for moved in (row, *queries.parts_of(session, [row.id]).get(row.id, {}).values()):
        moved.department = department
        moved.version += 1
        record(session, actor, "resource", moved.id, reason_code="department_changed")
    bulk.flush(session)


def let_be_invited(session: Session, actor: Actor | None, row: Resource, mailbox: str | None) -> None:
    """Let a resource that was found have a calendar of its own, at that address, or none any more."""
    if mailbox == row.calendar_mailbox:
        return
    row.calendar_mailbox = mailbox
    row.version += 1
    record(session, actor, "resource", row.id, reason_code="calendar_mailbox_changed")
    bulk.flush(session)


def change_capacity(
    session: Session, actor: Actor | None, resource_id: UUID, capacity: int, *, if_version: int | None = None
) -> None:
    """Let the desks of a pool or the things of a lot be fewer or more than the facts say.

    Raises
    ------
    BadInput
        The capacity is below 1, or it is something else: a room, of which there is one, or staff, whose card says it.
    CapacityExceeded
        More is claimed in some moment to come; see `claims.set_capacity`.
    NotAllowed, NotFound, VersionChanged
        As their names say.
    """
    row = queries.resource(session, actor, resource_id)
    check_may(actor, Permission.OFFER, row.organisation_id, row.department)
    _check_capacity(row, capacity)
    change(session, actor, "resource", row, {"updated_at": clock.now()}, if_version=if_version)
    _set_capacity(session, row, capacity)
    record(session, actor, "resource", row.id, reason_code="capacity_changed", details={"capacity": capacity})


def close_period(
    session: Session, actor: Actor | None, resource_id: UUID, during: Interval, note: str = ""
) -> list[Claim]:
    """Keep a resource for its owner for a while, all of it: the owner's claim on each of its units.

    Raises
    ------
    CapacityExceeded
        Some of it is taken already; see `claims.take`.
    Conflict
        ``too_many_closed_periods``: as many as may be are to come already.
    NotAllowed, NotFound
        As their names say.
    """
    refuse_if(
        (
            *limits.instant_faults("start", during.start),
            *limits.instant_faults("end", during.end),
        )
    )
    row = queries.resource(session, actor, resource_id)
    check_may(actor, Permission.OFFER, row.organisation_id, row.department)
    check_text("note", note, most=limits.LONGEST_WORDS)
    _refuse_too_many_closed(session, actor, row)
    units = queries.units_of(session, [row.id])[row.id]
    wanted = [Wanted(unit.id, unit.capacity, during) for unit, _ in units]
    changing = _changes(_readable_facts(row))
    if changing:
        extents.give_up(session, [unit.id for unit, _ in units])
    taken = claims.take(session, wanted, ClaimSource.OWNER, note=note)
    if changing:
        extents.keep(session, units[0][0].id, units[0][0].capacity, changing)
    details = {"from": during.start.isoformat(), "until": during.end.isoformat() if during.end else None}
    record(session, actor, "resource", row.id, reason_code="period_closed", details=details)
    return taken


def _refuse_too_many_closed(session: Session, actor: Actor | None, row: Resource) -> None:
    """Refuse more closed periods than there may be, which all who search in a period go through."""
    take_turn(session, "closed periods", row.organisation_id)
    now, most = clock.now(), limits.MOST_CLOSED_PERIODS
    if len(queries.closed_periods(session, actor, row.id, now)) >= most:
        raise Conflict(
            "too_many_closed_periods",
            f"The resource has {most} closed periods to come, as many as it may have.",
            {"most": most},
        )
    most = settings().organisation_closed_periods
    if actor is not None and queries.count_of_closed(session, row.organisation_id, now) >= most:
        raise Conflict(
            "too_many_closed_periods",
            f"Your organisation has {most} closed periods to come, as many as it may have. Reopen some of them first, "
            "or ask whoever runs the service to let there be more.",
            {"most": most},
        )


def reopen_period(session: Session, actor: Actor | None, resource_id: UUID, claim_id: UUID) -> None:
    """Give up one of the claims that `close_period` made. Doing it twice is no harm.

    Raises
    ------
    NotAllowed, NotFound
        As their names say; what a booking or a calendar holds is no closed period.
    """
    row = queries.resource(session, actor, resource_id)
    check_may(actor, Permission.OFFER, row.organisation_id, row.department)
    claim = queries.closed_period(session, row.id, claim_id)
    if claim.released_at is not None:
        return
    claims.release(session, [claim])
    if changing := _changes(_readable_facts(row)):
        extents.give_up(session, [claim.unit_id])
        extents.keep(session, claim.unit_id, claim.unit_capacity, changing)
    record(session, actor, "resource", row.id, reason_code="period_reopened", details={"claim": str(claim_id)})


def _lister_of(actor: Actor | None, organisation_id: UUID | None) -> UUID:
    """Return the organisation that something is listed for, which the actor may do."""
    if organisation_id is None:
        if actor is None:
            raise BadInput("organisationId", None, "the system has to say for which organisation it lists")
        organisation_id = actor.organisation_id
    at_home = actor is not None and actor.organisation_id == organisation_id
    check_may(actor, Permission.OFFER, None if at_home else organisation_id)
    return organisation_id


def _department(actor: Actor | None, said: str | None) -> str | None:
    """Return the unit that is said, or else that of a lister of a single one."""
    only = actor.departments_for(Permission.OFFER) if actor is not None else None
    return next(iter(only)) if not said and only is not None and len(only) == 1 else said or None


def _check_site(session: Session, organisation_id: UUID, site_id: UUID | None) -> None:
    """Refuse a site that is not the organisation's own."""
    site = session.get(Site, site_id) if site_id is not None else None
    if site_id is not None and (site is None or site.organisation_id != organisation_id):
        raise NotFound("site", site_id)


def _readable_facts(row: Resource) -> Dataclass | None:
    """Return what was said of a resource; nothing where this version refuses it, so that it can be said anew."""
    try:
        return queries.stated_of(row)
    except ValueError:
        return None


def _check_capacity(row: Resource, capacity: int) -> None:
    counted = family_of(row.family).counted
    if counted is None or not (counted.recountable and counted.counts(row.kind)):
        raise BadInput("capacity", capacity, "only the desks of a pool and the things of a lot can be counted anew")
    most = field_spec.most_of(family_of(row.family).kept, counted.fact)
    if not 1 <= capacity <= most:
        raise BadInput("capacity", capacity, f"it has to be from 1 through {most}")


def _changes(facts: Dataclass | None) -> Mapping[date, int]:
    """Return from which days on there is how much, of what has an extent that changes."""
    found: Mapping[date, int] = getattr(facts, "extent_changes", {})
    return found


def _set_capacity(session: Session, row: Resource, capacity: int, changes: Mapping[date, int] | None = None) -> None:
    changing = tuple(sorted((changes or {}).items()))
    bulk.soon(session, "capacity", partial(_set_capacities, session), (row.id, capacity, changing))


def _set_capacities(session: Session, wanted: Collection[tuple[UUID, int, tuple[tuple[date, int], ...]]]) -> None:
    units = queries.units_of(session, [resource_id for resource_id, *_ in wanted])
    unit_of = {resource_id: held[0][0].id for resource_id, held in units.items()}
    extents.give_up(session, list(unit_of.values()))
    claims.set_capacities(session, {unit_of[resource_id]: capacity for resource_id, capacity, _ in wanted})
    for resource_id, capacity, changes in wanted:
        if changes:
            extents.keep(session, unit_of[resource_id], capacity, dict(changes))


def _site_values(draft: SiteDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "address": draft.address,
        "municipality_code": draft.municipality_code,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
        "access": sorted(draft.access),
        "opening_hours": _hours(draft.opening_hours),
    }


def _resource_values(draft: ResourceDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "name": draft.name.strip(),
        "description": draft.description,
        "facts": to_json(draft.facts),
        "site_id": draft.site_id,
        "opening_hours": _hours(draft.opening_hours),
    }


def _hours(hours: OpeningHours | None) -> dict[str, object] | None:
    return opening.to_json(hours) if hours else None


def _add(session: Session, row: SQLModel) -> None:
    session.add(row)
    bulk.flush(session)


def _add_units(session: Session, row: Resource, draft: ResourceDraft) -> dict[str, Resource]:
    if not draft.parts:
        _add_unit(session, row, draft.kind, draft.capacity, row)
    return {part.name: _add_part(session, row, draft, part) for part in draft.parts}


def _add_part(session: Session, hall: Resource, draft: ResourceDraft, part: PartDraft) -> Resource:
    """Add a part of a hall as a resource of its own: the hall's facts, but its own size and unit."""
    facts = to_json(draft.facts) | _part_facts(part)
    values = _resource_values(draft) | {"name": f"{hall.name}, {part.name}", "part_of_id": hall.id, "facts": facts}
    row = Resource(organisation_id=hall.organisation_id, department=hall.department, family=hall.family, **values)
    _add(session, row)
    _add_unit(session, hall, part.name, 1, hall, row)
    return row


def _add_unit(session: Session, owner: Resource, name: str, capacity: int, *holders: Resource) -> None:
    key = uuid7()
    bulk.add(session, Unit, id=key, resource_id=owner.id, name=name, capacity=capacity)
    bulk.flush(session)
    for holder in holders:
        bulk.add(session, ResourceUnit, resource_id=holder.id, unit_id=key)
    bulk.flush(session)


def _part_facts(part: PartDraft) -> dict[str, Any]:
    """Return what of the facts each part has for itself, as it is stored."""
    return {name: value for name, value in to_json(part).items() if name != "name"}


def _update_parts(session: Session, parts: Mapping[str, Resource], draft: ResourceDraft) -> None:
    """Let the parts of a hall have the sizes that the draft says, if it names parts. They stay the same parts."""
    if parts and not draft.parts:
        refuse_if(part_faults(draft.facts, [queries.stated_of(part) for part in parts.values()]))
    named = {part.name: part for part in draft.parts} or parts
    if named.keys() != parts.keys() or (parts and draft.kind not in FAMILIES[draft.family].divisible):
        names = ", ".join(parts) or "none"
        raise Conflict("parts_fixed", f"The parts of a hall cannot become others ({names}): list another resource.")
    for part in draft.parts:
        row = parts[part.name]
        facts = row.facts | _part_facts(part)
        if facts != row.facts:
            row.facts = facts
            row.version += 1
    bulk.flush(session)
