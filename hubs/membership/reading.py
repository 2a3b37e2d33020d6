"""A hub as somebody reads it: everybody what it is, its members and hosts who answers for what by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from hubs.membership.queries import is_member, organisations_of
from hubs.places import queries
from hubs.places.models import HubManifesto, HubOpenHouse, HubZone
from hubs.places.queries import HubView, RoleHolder
from marketplace.organisations.models import Organisation
from marketplace.views.reads import members_read
from resources.models import Resource


@dataclass(frozen=True)
class HubTold:
    """A hub with all that belongs to it, as far as its reader may know; the latest manifesto comes first."""

    view: HubView
    zones: Sequence[tuple[HubZone, Resource]]
    roles: Sequence[RoleHolder]
    open_houses: Sequence[HubOpenHouse]
    organisations: Sequence[Organisation]
    manifestos: Sequence[HubManifesto]
    hosts: bool
    belongs: bool

    @property
    def manifesto(self) -> HubManifesto | None:
        """What there is to sign."""
        return next(iter(self.manifestos), None)


def hub_told(session: Session, actor: Actor | None, hub_id: UUID) -> HubTold:
    """Return a hub as the actor, or somebody who is not signed in, reads it; a fixed number of queries.

    Raises
    ------
    NotFound
        There is none, or it is being prepared by others.
    """
    view = queries.hub_view(session, actor, hub_id)
    hosts = view.hosted_by(actor)
    belongs = actor is not None and is_member(session, hub_id, actor.member_id)
    roles = queries.role_holders(session, hub_id)
    if actor is not None and (hosts or belongs):
        members_read(session, actor, [each.member for each in roles if each.member is not None])
    else:
        roles = [RoleHolder(each.held, each.organisation, None) for each in roles]
    return HubTold(
        view=view,
        zones=queries.zones(session, hub_id),
        roles=roles,
        open_houses=queries.open_houses(session, hub_id),
        organisations=organisations_of(session, hub_id),
        manifestos=queries.manifestos(session, hub_id),
        hosts=hosts,
        belongs=belongs,
    )
