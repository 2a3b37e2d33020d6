"""Every question about hubs. A hub in preparation is seen by its hosts alone, any other by everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, by_swedish
from core.errors import NotFound
from core.time import clock
from hubs.places.models import Hub, HubManifesto, HubOpenHouse, HubPhase, HubRoleHolder, HubZone
from hubs.places.rules import FeeStep, fee_steps
from marketplace.organisations.models import Member, Organisation
from resources.models import Resource, Site


@dataclass(frozen=True)
class RoleHolder:
    """Who has a role at a hub, by name for those who may know it."""

    held: HubRoleHolder
    organisation: Organisation
    member: Member | None


@dataclass(frozen=True)
class HubView:
    """A hub where it stands."""

    hub: Hub
    site: Site
    host: Organisation

    @cached_property
    def fees(self) -> tuple[FeeStep, ...]:
        """What organisations pay by their size."""
        return fee_steps(self.hub.fees)

    def hosted_by(self, actor: Actor | None) -> bool:
        """Tell whether somebody is host here."""
        return actor is not None and actor.hosts(self.site.id, self.host.id)


def hub_view(session: Session, actor: Actor | None, hub_id: UUID) -> HubView:
    """Return a hub that the actor, or somebody who is not signed in, may see; NotFound otherwise."""
    found = session.execute(_hubs(actor).where(col(Hub.id) == hub_id)).one_or_none()
    if found is None:
        raise NotFound("hub", hub_id)
    return HubView(*found)


def hosted_hub(session: Session, actor: Actor, hub_id: UUID) -> HubView:
    """Return a hub that the actor is host of.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see it, or is not host of it.
    """
    view = hub_view(session, actor, hub_id)
    if not view.hosted_by(actor):
        raise refusal(actor, Permission.HOST)
    return view


def hubs_page(session: Session, actor: Actor | None, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[HubView]:
    """Return the hubs that the actor, or somebody who is not signed in, may see, by name."""
    found = read_rows(session, _hubs(actor).order_by(by_swedish(col(Hub.name)), col(Hub.id)), page, limit)
    return found.of(lambda rows: [HubView(row.Hub, row.Site, row.Organisation) for row in rows])


def zones(session: Session, hub_id: UUID) -> list[tuple[HubZone, Resource]]:
    """Return a hub's zones with the resources that they are, in their order."""
    found = select(HubZone, Resource).join(Resource, col(Resource.id) == col(HubZone.resource_id))
    ordered = found.where(col(HubZone.hub_id) == hub_id).order_by(col(HubZone.position), col(HubZone.resource_id))
    return [(zone, resource) for zone, resource in session.execute(ordered)]


def manifestos(session: Session, hub_id: UUID) -> Sequence[HubManifesto]:
    """Return all versions of a hub's manifesto, the latest first."""
    found = select(HubManifesto).where(col(HubManifesto.hub_id) == hub_id)
    return session.scalars(found.order_by(col(HubManifesto.number).desc())).all()


def role_holders(session: Session, hub_id: UUID) -> list[RoleHolder]:
    """Return who has which role at a hub. Who they are by name is for its members and hosts: see the callers."""
    found = (
        select(HubRoleHolder, Organisation, Member)
        .join(Organisation, col(Organisation.id) == col(HubRoleHolder.organisation_id))
        .outerjoin(Member, col(Member.id) == col(HubRoleHolder.member_id))
        .where(col(HubRoleHolder.hub_id) == hub_id)
    )
    rows = [RoleHolder(*row) for row in session.execute(found.order_by(col(HubRoleHolder.id)))]
    order = list(type(rows[0].held.role)) if rows else []
    return sorted(rows, key=lambda each: order.index(each.held.role))


def open_houses(session: Session, hub_id: UUID, since: date | None = None) -> Sequence[HubOpenHouse]:
    """Return the days on which all may come that are not over on a day, today unless one is named."""
    found = select(HubOpenHouse).where(col(HubOpenHouse.hub_id) == hub_id)
    coming = found.where(col(HubOpenHouse.last) >= (since or clock.today()))
    return session.scalars(coming.order_by(col(HubOpenHouse.first), col(HubOpenHouse.id))).all()


def is_open_house(session: Session, hub_id: UUID, day: date) -> bool:
    """Tell whether all may come on a day."""
    found = select(exists().where(col(HubOpenHouse.hub_id) == hub_id, _covers(day)))
    return bool(session.scalar(found))


def sites_without_hub(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the sites that the actor hosts and that have no hub yet, by name."""
    taken = exists().where(col(Hub.site_id) == col(Site.id))
    found = select(Site).where(_hosted_sites(actor), ~taken)
    return session.scalars(found.order_by(by_swedish(col(Site.name)), col(Site.id))).all()


def rooms_at(session: Session, site: Site) -> Sequence[Resource]:
    """Return what may be a zone at a site: its spaces, by name."""
    found = select(Resource).where(col(Resource.site_id) == site.id, col(Resource.family) == "space")
    return session.scalars(found.order_by(by_swedish(col(Resource.name)), col(Resource.id))).all()


def _covers(day: date) -> ColumnElement[bool]:
    return (col(HubOpenHouse.first) <= day) & (col(HubOpenHouse.last) >= day)


def _hosted_sites(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or not actor.may(Permission.HOST):
        return false()
    if actor.site_ids:
        return any_of(col(Site.id), actor.site_ids)
    return col(Site.organisation_id) == actor.organisation_id


def _hubs(actor: Actor | None) -> Select[Hub, Site, Organisation]:
    found = (
        select(Hub, Site, Organisation)
        .join(Site, col(Site.id) == col(Hub.site_id))
        .join(Organisation, col(Organisation.id) == col(Hub.organisation_id))
    )
    return found.where(or_(col(Hub.phase) != HubPhase.PREPARE, _hosted_sites(actor)))
