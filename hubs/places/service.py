"""Use cases of a hub: make one at a site, and say something else of it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, SQLModel, col

from core.actor import Actor, Permission, refusal
from core.database.audit import record
from core.database.tables import any_of
from core.errors import BadInput, Conflict, InvalidParameter, NotFound, VersionChanged
from core.time import clock
from hubs.places import queries
from hubs.places.models import Hub, HubOpenHouse, HubRoleHolder, HubZone
from hubs.places.rules import HubDraft, RoleDraft
from marketplace.organisations.models import Member, Organisation
from resources.models import Site

ENTITY = "hub"


def create(session: Session, actor: Actor, site_id: UUID, draft: HubDraft) -> Hub:
    """Let a site that the actor is host of be a hub.

    Raises
    ------
    NotAllowed
        The actor is host of no site.
    NotFound
        It is not host of that one.
    BadInput
        What is said names resources that are not at the site, or organisations or people that are not there.
    Conflict
        ``hub_exists``: the site is a hub, or another hub has the name.
    """
    if not actor.may(Permission.HOST):
        raise refusal(actor, Permission.HOST)
    site = session.get(Site, site_id, with_for_update=True)
    if site is None or not actor.hosts(site.id, site.organisation_id):
        raise NotFound("site", site_id)
    _check_free(session, draft.name, site_id)
    _check(session, site, draft)
    row = Hub(organisation_id=site.organisation_id, site_id=site_id, **_columns(draft))
    session.add(row)
    session.flush()
    record(session, actor, ENTITY, row.id, to_state=row.phase.value)
    _put_in(session, row, draft)
    return row


def change(session: Session, actor: Actor, hub_id: UUID, draft: HubDraft, *, if_version: int | None = None) -> Hub:
    """Let a hub be what the draft says.

    Raises
    ------
    NotFound, NotAllowed, VersionChanged
        The actor does not see it, is not host of it, or it was changed since it was read.
    BadInput, Conflict
        As `create`.
    """
    view = queries.hosted_hub(session, actor, hub_id)
    row = view.hub
    session.refresh(row, with_for_update=True)
    if if_version not in {None, row.version}:
        raise VersionChanged(ENTITY, hub_id)
    _check_free(session, draft.name, row.site_id, hub_id)
    _check(session, view.site, draft)
    before = row.phase
    row.sqlmodel_update(_columns(draft))
    row.version += 1
    session.execute(delete(HubZone).where(col(HubZone.hub_id) == hub_id))
    session.execute(delete(HubRoleHolder).where(col(HubRoleHolder.hub_id) == hub_id))
    # What is over stays, for who asks later when all might come.
    coming = col(HubOpenHouse.last) >= clock.today()
    session.execute(delete(HubOpenHouse).where(col(HubOpenHouse.hub_id) == hub_id, coming))
    session.flush()
    _put_in(session, row, draft)
    record(session, actor, ENTITY, hub_id, from_state=before.value, to_state=row.phase.value, reason_code="changed")
    return row


def _columns(draft: HubDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "about": draft.about.strip(),
        "landlord": draft.landlord.strip(),
        "house_rules": draft.house_rules.strip(),
        "phase": draft.phase,
        "done": sorted(draft.done),
        "opened_on": draft.opened_on,
        "seats": draft.seats,
        "fees": [asdict(each) for each in draft.fees],
    }


def _put_in(session: Session, row: Hub, draft: HubDraft) -> None:
    rows: list[SQLModel] = [
        HubZone(hub_id=row.id, resource_id=each.resource_id, use=each.use, position=number)
        for number, each in enumerate(draft.zones)
    ]
    rows += [HubRoleHolder(hub_id=row.id, **asdict(each)) for each in draft.roles]
    there = {(each.first, each.last) for each in queries.open_houses(session, row.id, date.min)}
    wanted = {(each.first, each.last) for each in draft.open_houses}
    rows += [HubOpenHouse(hub_id=row.id, first=first, last=last) for first, last in sorted(wanted - there)]
    session.add_all(rows)
    session.flush()


def _check_free(session: Session, name: str, site_id: UUID, hub_id: UUID | None = None) -> None:
    taken = select(col(Hub.id)).where((col(Hub.name) == name.strip()) | (col(Hub.site_id) == site_id))
    if {*session.scalars(taken)} - {hub_id}:
        raise Conflict("hub_exists", "The site is a hub already, or another hub has that name.")


def _check(session: Session, site: Site, draft: HubDraft) -> None:
    """Refuse what the draft names and is not there, all of it at once."""
    rooms = {each.id for each in queries.rooms_at(session, site)}
    faults = [
        InvalidParameter(f"zones.{number}.resourceId", str(each.resource_id), "it is no room at the hub's site")
        for number, each in enumerate(draft.zones)
        if each.resource_id not in rooms
    ]
    faults += _role_faults(session, draft.roles)
    if faults:
        raise BadInput.of(faults)


def _role_faults(session: Session, roles: Collection[RoleDraft]) -> list[InvalidParameter]:
    organisations = _here(session, Organisation, {each.organisation_id for each in roles})
    members = _here(session, Member, {each.member_id for each in roles if each.member_id})
    faults = []
    for number, each in enumerate(roles):
        if each.organisation_id not in organisations:
            property_ = f"roles.{number}.organisationId"
            faults.append(InvalidParameter(property_, str(each.organisation_id), "there is no such organisation"))
        holder = members.get(each.member_id) if each.member_id else None
        if each.member_id and (holder is None or holder.organisation_id != each.organisation_id or not holder.active):
            property_ = f"roles.{number}.memberId"
            faults.append(InvalidParameter(property_, str(each.member_id), "it is no member of that organisation"))
    return faults


def _here(session: Session, table: Any, keys: Collection[UUID]) -> dict[UUID, Any]:
    return {each.id: each for each in session.scalars(select(table).where(any_of(col(table.id), keys)))}
