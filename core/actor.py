"""Who does something: a member in an organisation, or the system itself."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.errors import NotAllowed


class Role(StrEnum):
    """What a member may do, beside reading what the organisation may see."""

    LISTER = "lister"
    REQUESTER = "requester"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Actor:
    """A signed-in member with what is needed to decide what it may see and do."""

    member_id: UUID
    name: str
    organisation_id: UUID
    county_code: str
    department: str | None = None
    partner_ids: frozenset[UUID] = frozenset()
    roles: frozenset[Role] = field(default_factory=frozenset)
    language: str = "sv"

    def has(self, role: Role) -> bool:
        """Tell whether the actor holds a role; an admin holds all of its own organisation's but coordinator."""
        return role in self.roles or (Role.ADMIN in self.roles and role is not Role.COORDINATOR)

    @property
    def coordinates(self) -> bool:
        """Tell whether the actor may see and decide across organisations."""
        return Role.COORDINATOR in self.roles


def check_lists_for(actor: Actor | None, organisation_id: UUID) -> None:
    """Refuse whoever is neither the system nor a lister of the organisation."""
    if actor is None:
        return
    if actor.organisation_id != organisation_id:
        raise NotAllowed("not_yours", "It belongs to another organisation.")
    if not actor.has(Role.LISTER):
        raise NotAllowed("lister_only", "Only a lister of the organisation may do this.")
