"""Who does something: a member in an organisation, or the system itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from core.errors import NotAllowed
from core.roles import AUDIENCES, PERMISSIONS, Permission, Private, Reach, Role

__all__ = ["Actor", "Area", "Permission", "Private", "Role", "check_may", "refusal"]


@dataclass(frozen=True)
class Area:
    """What a coordinator coordinates: the organisations, by id, and the counties of which it is all of them."""

    organisation_ids: frozenset[UUID] = frozenset()
    county_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Actor:
    """A signed-in member with what is needed to decide what it may see and do.

    `roles` are those that hold now. `area` is what a coordinator coordinates; None: all there is. `departments`
    are those that a role is granted for; a role that is not named there holds in the whole organisation.
    """

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
    area: Area | None = None
    site_ids: frozenset[UUID] = frozenset()
    """What a host is host of by name, be it other organisations'."""
    departments: Mapping[Role, frozenset[str]] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, hash=False
    )
    ended: Mapping[Role, str] = field(default_factory=lambda: MappingProxyType({}), compare=False, hash=False)

    def may(self, permission: Permission, organisation_id: UUID | None = None, department: str | None = None) -> bool:
        """Tell whether the actor may do something to what is an organisation's, or one of its units'; none: anywhere.

        What belongs to no unit is the whole organisation's: a role for some units does not reach it.
        """
        rule = PERMISSIONS[permission]
        held = rule.roles & self.roles
        if Role.COORDINATOR in held and rule.reach is not Reach.OWN:
            everywhere = self.area is None
            if rule.reach is Reach.MARKET:
                return everywhere
            if organisation_id is None or self.coordinates_for(organisation_id):
                return True
            held -= {Role.COORDINATOR}
        if organisation_id is None:
            return bool(held)
        at_home = organisation_id == self.organisation_id
        return at_home and any(role not in self.departments or department in self.departments[role] for role in held)

    def departments_for(self, permission: Permission) -> frozenset[str] | None:
        """Return the units of its organisation in which the actor may do something; None: in the whole of it."""
        held = PERMISSIONS[permission].roles & self.roles
        if any(role not in self.departments for role in held):
            return None
        return frozenset().union(*(self.departments[role] for role in held))

    def reads(self, private: Private, organisation_id: UUID, department: str | None = None) -> bool:
        """Tell whether the actor is in the audience of what is private to an organisation, or one of its units."""
        return any(self.may(permission, organisation_id, department) for permission in AUDIENCES[private].permissions)

    def hosts(self, site_id: UUID, organisation_id: UUID) -> bool:
        """Tell whether the actor is host of an organisation's site: by name, or of all of its own organisation's."""
        if not self.may(Permission.HOST):
            return False
        return site_id in self.site_ids if self.site_ids else organisation_id == self.organisation_id

    @property
    def coordinates(self) -> bool:
        """Tell whether the actor may see and decide across organisations, be it not all of them."""
        return Role.COORDINATOR in self.roles

    @property
    def coordinates_all(self) -> bool:
        """Tell whether the actor coordinates every organisation."""
        return self.coordinates and self.area is None

    def coordinates_for(self, organisation_id: UUID) -> bool:
        """Tell whether the actor coordinates an organisation."""
        return self.coordinates and (self.area is None or organisation_id in self.area.organisation_ids)

    def coordinates_county(self, county_code: str | None) -> bool:
        """Tell whether the actor coordinates all of a county, or of the country where none is named."""
        return self.coordinates and (self.area is None or county_code in self.area.county_codes)


def check_may(
    actor: Actor | None, permission: Permission, organisation_id: UUID | None = None, department: str | None = None
) -> None:
    """Refuse whoever is neither the system nor may do this in the organisation, or unit, and say why; none: anywhere.

    Raises
    ------
    NotAllowed
        ``not_yours``: it is another organisation's, which the actor does not coordinate. ``not_your_department``:
        its role does not reach what belongs there. Else as the table says.
    """
    if actor is None or actor.may(permission, organisation_id, department):
        return
    rule = PERMISSIONS[permission]
    if rule.reach is Reach.OWN and organisation_id not in {None, actor.organisation_id}:
        raise NotAllowed("not_yours", "It belongs to another organisation.")
    if rule.reach is Reach.OWN and actor.may(permission):
        units = ", ".join(sorted(actor.departments_for(permission) or ()))
        raise NotAllowed(
            "not_your_department",
            f"Your role for this is for {units} alone. This belongs to another unit, or to the whole organisation.",
        )
    raise refusal(actor, permission)


def refusal(actor: Actor, permission: Permission) -> NotAllowed:
    """Return why the actor may not do something, also that the role for it has ended."""
    rule = PERMISSIONS[permission]
    ended = [day for role, day in sorted(actor.ended.items()) if role in rule.roles]
    if ended:
        return NotAllowed("grant_ended", f"Your role for this ended on {ended[0]}. Ask an admin for it.")
    return NotAllowed(rule.code, rule.reason)
