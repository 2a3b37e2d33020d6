"""A hub on the wire: what its host says of it, and what everybody may read."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import FILLED_IN, KEPT, Label, Name, Text, Wire, each_limited, limited
from core.limits import GREATEST_WHOLE, LONGEST_CODE, LONGEST_TEXT
from hubs.membership.reading import HubTold
from hubs.places.models import HubManifesto, HubPhase, HubRole, ZoneUse
from hubs.places.queries import HubView, RoleHolder
from hubs.places.rules import (
    GREATEST_FEE,
    MOST_FEES,
    MOST_OPEN_HOUSES,
    MOST_ROLES,
    MOST_SEATS,
    MOST_ZONES,
    STEPS,
    FeeStep,
    HubDraft,
    OpenHouseDraft,
    RoleDraft,
    ZoneDraft,
)

_ID = "01980000-0000-7000-8000-0000000000{}"
Seats = Annotated[int | None, limited("How many people may be members; left out: all.", minimum=1, maximum=MOST_SEATS)]
Fee = Annotated[int, limited("A year, in kronor.", minimum=0, maximum=GREATEST_FEE)]


class HubFee(Wire):
    """What an organisation pays a year that employs at least so many. The first step begins at 1."""

    employees_from: Annotated[int, limited(minimum=1, maximum=GREATEST_WHOLE)]
    fee_sek: Fee


class HubZoneIn(Wire):
    """A room at the hub's site as a zone, and what it is for."""

    resource_id: UUID
    use: ZoneUse


class HubZoneOut(HubZoneIn, kw_only=True):
    """A zone, by the name that the room has."""

    name: str


class HubRoleIn(Wire):
    """Who has a role: an organisation, or one of its members. A working group has a name."""

    role: HubRole
    organisation_id: UUID
    member_id: UUID | None = None
    group_name: Label = ""


class HubRoleOut(HubRoleIn, kw_only=True):
    """Who has a role. Which person is told to members of the hub and its hosts alone."""

    organisation: str
    name: str | None


class HubOpenHouseWire(Wire):
    """Days on which those who are no members may come too."""

    first: date
    last: date


class HubChange(Wire):
    """All that a host says of a hub: what is left out is as it is by itself."""

    name: Name
    about: Text = ""
    landlord: Label = ""
    house_rules: Text = ""
    phase: HubPhase = HubPhase.PREPARE
    done: Annotated[
        list[Annotated[str, each_limited(max_length=LONGEST_CODE, pattern=KEPT)]], limited(max_items=len(STEPS))
    ] = field(default_factory=list)
    opened_on: date | None = None
    seats: Seats = None
    fees: Annotated[list[HubFee], limited(max_items=MOST_FEES)] = field(default_factory=list)
    zones: Annotated[list[HubZoneIn], limited(max_items=MOST_ZONES)] = field(default_factory=list)
    roles: Annotated[list[HubRoleIn], limited(max_items=MOST_ROLES)] = field(default_factory=list)
    open_houses: Annotated[list[HubOpenHouseWire], limited(max_items=MOST_OPEN_HOUSES)] = field(default_factory=list)

    @classmethod
    def example(cls) -> Self:
        """Return a hub that is open."""
        return cls(
            name="Hubben Östersund",
            about="En plats där offentligt anställda möts.",
            phase=HubPhase.RUN,
            done=["premises", "manifesto"],
            opened_on=date(2026, 6, 1),
            seats=40,
            fees=[HubFee(employees_from=1, fee_sek=10_000), HubFee(employees_from=500, fee_sek=50_000)],
        )

    def draft(self) -> HubDraft:
        """Return what the rules check."""
        return HubDraft(
            name=self.name,
            about=self.about,
            landlord=self.landlord,
            house_rules=self.house_rules,
            phase=self.phase,
            done=frozenset(self.done),
            opened_on=self.opened_on,
            seats=self.seats,
            fees=tuple(FeeStep(each.employees_from, each.fee_sek) for each in self.fees),
            zones=tuple(ZoneDraft(each.resource_id, each.use) for each in self.zones),
            roles=tuple(
                RoleDraft(each.role, each.organisation_id, each.member_id, each.group_name.strip())
                for each in self.roles
            ),
            open_houses=tuple(OpenHouseDraft(each.first, each.last) for each in self.open_houses),
        )


class HubIn(HubChange, kw_only=True):
    """A new hub at a site that you are host of."""

    site_id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return a hub that is being prepared."""
        return cls(site_id=UUID(_ID.format("11")), name="Hubben Östersund")


class ManifestoIn(Wire):
    """What members of a hub sign from now on; what was signed before stays as it was."""

    words: Annotated[str, limited(min_length=1, max_length=LONGEST_TEXT, pattern=FILLED_IN)]

    @classmethod
    def example(cls) -> Self:
        """Return a short one."""
        return cls(words="Vi delar med oss av det vi kan.")


class ManifestoOut(Wire):
    """A version of a hub's manifesto."""

    number: int
    words: str
    at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return the first one."""
        return cls(number=1, words="Vi delar.", at=datetime.fromisoformat("2026-11-20T08:00:00Z"))


class HubInShort(Wire):
    """A hub as it stands in a list."""

    id: UUID
    name: str
    phase: HubPhase
    address: str
    municipality_code: str
    opened_on: date | None

    @classmethod
    def example(cls) -> Self:
        """Return one in Östersund."""
        return cls(
            id=UUID(_ID.format("a1")),
            name="Hubben Östersund",
            phase=HubPhase.RUN,
            address="Storgatan 1",
            municipality_code="2380",
            opened_on=date(2026, 6, 1),
        )


class HubOrganisation(Wire):
    """An organisation that is a member of a hub."""

    id: UUID
    name: str


class HubOut(Wire):
    """A hub with all that everybody may read; `done` is told to its hosts alone, and who has a role to members."""

    id: UUID
    site_id: UUID
    host: HubOrganisation
    name: str
    about: str
    landlord: str
    house_rules: str
    phase: HubPhase
    done: list[str]
    opened_on: date | None
    address: str
    municipality_code: str
    seats: int | None
    fees: list[HubFee]
    zones: list[HubZoneOut]
    roles: list[HubRoleOut]
    open_houses: Annotated[list[HubOpenHouseWire], Meta(description="Those that are not over.")]
    organisations: list[HubOrganisation]
    manifesto: ManifestoOut | None

    @classmethod
    def example(cls) -> Self:
        """Return one with a zone."""
        host = HubOrganisation(id=UUID(_ID.format("01")), name="Länsstyrelsen i Jämtlands län")
        zone = HubZoneOut(resource_id=UUID(_ID.format("12")), use=ZoneUse.QUIET, name="Gläntan")
        return cls(
            id=UUID(_ID.format("a1")),
            site_id=UUID(_ID.format("11")),
            host=host,
            name="Hubben Östersund",
            about="En plats där offentligt anställda möts.",
            landlord="Gomorron",
            house_rules="Diska efter dig.",
            phase=HubPhase.RUN,
            done=[],
            opened_on=date(2026, 6, 1),
            address="Storgatan 1",
            municipality_code="2380",
            seats=40,
            fees=[HubFee(employees_from=1, fee_sek=10_000)],
            zones=[zone],
            roles=[],
            open_houses=[HubOpenHouseWire(first=date(2027, 3, 1), last=date(2027, 3, 5))],
            organisations=[host],
            manifesto=ManifestoOut.example(),
        )


def hub_listed(view: HubView) -> HubInShort:
    """Return a hub as it stands in a list."""
    return HubInShort(
        id=view.hub.id,
        name=view.hub.name,
        phase=view.hub.phase,
        address=view.site.address,
        municipality_code=view.site.municipality_code,
        opened_on=view.hub.opened_on,
    )


def hub_out(told: HubTold) -> HubOut:
    """Return a hub as its reader may know it."""
    view = told.view
    said: dict[str, Any] = {
        name: getattr(view.hub, name)
        for name in ("id", "site_id", "name", "about", "landlord", "house_rules", "phase", "opened_on", "seats")
    }
    return HubOut(
        **said,
        host=HubOrganisation(id=view.host.id, name=view.host.name),
        done=view.hub.done if told.hosts else [],
        address=view.site.address,
        municipality_code=view.site.municipality_code,
        fees=[HubFee(employees_from=each.employees_from, fee_sek=each.fee_sek) for each in view.fees],
        zones=[HubZoneOut(resource_id=room.id, use=zone.use, name=room.name) for zone, room in told.zones],
        roles=[_role(each) for each in told.roles],
        open_houses=[HubOpenHouseWire(first=each.first, last=each.last) for each in told.open_houses],
        organisations=[HubOrganisation(id=each.id, name=each.name) for each in told.organisations],
        manifesto=manifesto_out(told.manifesto) if told.manifesto else None,
    )


def manifesto_out(row: HubManifesto) -> ManifestoOut:
    """Return a version of a manifesto."""
    return ManifestoOut(number=row.number, words=row.words, at=row.at)


def _role(each: RoleHolder) -> HubRoleOut:
    return HubRoleOut(
        role=each.held.role,
        organisation_id=each.organisation.id,
        member_id=each.member.id if each.member else None,
        group_name=each.held.group_name,
        organisation=each.organisation.name,
        name=each.member.name if each.member else None,
    )
