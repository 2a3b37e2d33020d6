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
    HR = "hr"


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
    token_id: UUID | None = None
    """The machine client's token that it acts by, if it does."""

    def has(self, role: Role) -> bool:
        """Tell whether the actor holds a role; an admin is lister and requester too, but has no duty given by name.

        A coordinator decides across organisations, and HR answers for what people have said of their own time.
        """
        return role in self.roles or (Role.ADMIN in self.roles and role in {Role.LISTER, Role.REQUESTER})

    @property
    def coordinates(self) -> bool:
        """Tell whether the actor may see and decide across organisations."""
        return Role.COORDINATOR in self.roles


def check_notes_consents_for(actor: Actor | None, organisation_id: UUID) -> None:
    """Refuse whoever is neither the system nor in charge of personnel matters in the organisation."""
    if actor is None:
        return
    if actor.organisation_id != organisation_id:
        raise NotAllowed("not_yours", "It belongs to another organisation.")
    if not actor.has(Role.HR):
        raise NotAllowed("hr_only", "Only HR notes what an employee, a manager or HR has said.")


def check_lists_for(actor: Actor | None, organisation_id: UUID) -> None:
    """Refuse whoever is neither the system nor a lister of the organisation."""
    if actor is None:
        return
    if actor.organisation_id != organisation_id:
        raise NotAllowed("not_yours", "It belongs to another organisation.")
    if not actor.has(Role.LISTER):
        raise NotAllowed("lister_only", "Only a lister of the organisation may do this.")
