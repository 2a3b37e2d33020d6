"""What a made-up market has: organisations with sites, and what they can spare."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.models import StaffCapacity, StaffSkill
from core.geo import Municipality
from core.serialization import Dataclass, to_json
from core.time import opening, opening_text
from core.time.clock import now
from core.time.interval import Interval, to_range
from marketplace.demo.chance import Chance, Keys
from marketplace.demo.country import around, somewhere
from marketplace.demo.rows import Rows
from marketplace.offers.models import Offer, OfferState, PriceBasis, Terms, Visibility
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from resources.drafts import ResourceDraft
from resources.families import family_of
from resources.families.furniture import FurnitureFacts, FurnitureKind, ValuationBasis
from resources.families.space import Fitting, SpaceFacts, SpaceKind
from resources.families.staff import StaffKind, StaffTime
from resources.families.vehicle import Fuel, Licence, VehicleFacts, VehicleKind
from resources.models import Resource, ResourceUnit, Site, Unit
from resources.vocabulary import Access

KINDS = {
    OrganisationKind.MUNICIPALITY: 0.45,
    OrganisationKind.STATE_AGENCY: 0.3,
    OrganisationKind.REGION: 0.1,
    OrganisationKind.PUBLIC_COMPANY: 0.15,
}
NAMES = {
    OrganisationKind.MUNICIPALITY: "Förvaltningen i",
    OrganisationKind.STATE_AGENCY: "Myndigheten i",
    OrganisationKind.REGION: "Regionenheten i",
    OrganisationKind.PUBLIC_COMPANY: "Bolaget i",
}
FAMILIES = {"space": 0.5, "furniture": 0.22, "vehicle": 0.1, "staff": 0.18}
SPACES = {
    SpaceKind.MEETING_ROOM: 0.46,
    SpaceKind.PROJECT_AREA: 0.2,
    SpaceKind.DESK_POOL: 0.2,
    SpaceKind.WORKSHOP: 0.05,
    SpaceKind.HALL: 0.09,
}
SEATS = {
    SpaceKind.MEETING_ROOM: (8, 1.6, 2, 30),
    SpaceKind.PROJECT_AREA: (10, 1.7, 4, 60),
    SpaceKind.DESK_POOL: (8, 1.8, 2, 60),
    SpaceKind.WORKSHOP: (14, 1.5, 6, 40),
    SpaceKind.HALL: (70, 1.6, 30, 400),
}
"""Median, spread, least and most."""
FURNITURE = {
    FurnitureKind.CHAIR: 0.35,
    FurnitureKind.DESK: 0.18,
    FurnitureKind.STANDING_DESK: 0.15,
    FurnitureKind.CABINET: 0.1,
    FurnitureKind.MEETING_TABLE: 0.08,
    FurnitureKind.SCREEN: 0.07,
    FurnitureKind.SOFA: 0.04,
    FurnitureKind.WHITEBOARD: 0.03,
}
VEHICLES = {
    VehicleKind.CAR: 0.62,
    VehicleKind.VAN: 0.17,
    VehicleKind.MINIBUS: 0.1,
    VehicleKind.BICYCLE: 0.09,
    VehicleKind.TRUCK: 0.02,
}
FITTINGS = {
    Fitting.SCREEN: 0.6,
    Fitting.WHITEBOARD: 0.55,
    Fitting.VIDEO_CONFERENCE: 0.45,
    Fitting.PROJECTOR: 0.3,
    Fitting.KITCHEN: 0.2,
    Fitting.PRINTER: 0.15,
    Fitting.PHONE_BOOTH: 0.1,
    Fitting.SOUND_SYSTEM: 0.1,
    Fitting.CHARGING: 0.1,
    Fitting.TOOLS: 0.03,
}
ACCESS = {
    Access.STEP_FREE: 0.7,
    Access.LIFT: 0.5,
    Access.ACCESSIBLE_TOILET: 0.6,
    Access.PARKING: 0.4,
    Access.AUTOMATIC_DOORS: 0.35,
    Access.HEARING_LOOP: 0.15,
    Access.QUIET_ROOM: 0.1,
}
VISIBILITIES = {
    Visibility.ALL: 0.7,
    Visibility.REGION: 0.16,
    Visibility.PARTNERS: 0.06,
    Visibility.ORGANISATION: 0.08,
}
OFFICE_HOURS = {
    "må-fr 08:00-17:00; ej helgdagar": 0.6,
    "må-fr 07:00-18:00; ej helgdagar": 0.25,
    "må-lö 08:00-20:00; ej helgdagar": 0.15,
}
_HOURS = {text: opening.to_json(opening_text.from_text(text)) for text in OFFICE_HOURS}


@dataclass(frozen=True)
class House:
    """One site of a made-up organisation, with what is needed to fill it."""

    organisation_id: UUID
    member_id: UUID
    site_id: UUID
    municipality: Municipality


class Supply:
    """Makes organisations, sites, resources and offers, and keeps their rows."""

    def __init__(self, chance: Chance, keys: Keys, rows: Rows, seed: int, skills: dict[str, UUID]) -> None:
        self.chance, self.keys, self.rows, self.seed = chance, keys, rows, seed
        self.skills = skills
        self.popular = _popular(list(skills))
        self.houses: list[House] = []
        self._resources = 0

    def organisation(self, number: int) -> None:
        """Make an organisation with a member that lists and asks, and its sites, most of them where it has its seat."""
        kind, seat = self.chance.of(KINDS), somewhere(self.chance)
        organisation_id, member_id = self.keys.next(), self.keys.next()
        self.rows.add(
            Organisation,
            id=organisation_id,
            name=f"{NAMES[kind]} {seat.name} {self.seed}-{number}",
            kind=kind,
            municipality_code=seat.code,
            county_code=seat.county_code,
        )
        self.rows.add(
            Member,
            id=member_id,
            organisation_id=organisation_id,
            name="Lokalsamordnare",
            email=f"demo.{self.seed}.{number}@example.se",
            roles=["lister", "requester"],
        )
        # A state agency has offices about the country, the others are at home.
        spread = kind is OrganisationKind.STATE_AGENCY
        for count in range(self.chance.size(2, 1.8, 1, 12)):
            place = somewhere(self.chance) if spread and count else seat
            self._house(organisation_id, member_id, place, f"Hus {count + 1}")

    def coordinator(self, key: UUID) -> None:
        """Make a member that runs the matching; `key` comes from elsewhere, so that all else stays as it is."""
        self.rows.add(
            Member,
            id=key,
            organisation_id=self.houses[0].organisation_id,
            name="Samordnare",
            email=f"demo.{self.seed}.samordnare@example.se",
            roles=["coordinator"],
        )

    def offer(self, family: str | None = None) -> None:
        """Make a resource somewhere and an open offer of it."""
        house = self.chance.choice(self.houses)
        match family or self.chance.of(FAMILIES):
            case "space":
                self._space(house)
            case "furniture":
                self._furniture(house)
            case "vehicle":
                self._vehicle(house)
            case "staff":
                self._staff(house)

    def _house(self, organisation_id: UUID, member_id: UUID, municipality: Municipality, name: str) -> None:
        site_id, position = self.keys.next(), around(self.chance, municipality)
        self.rows.add(
            Site,
            id=site_id,
            organisation_id=organisation_id,
            name=name,
            municipality_code=municipality.code,
            latitude=position.latitude,
            longitude=position.longitude,
            access=sorted(self.chance.some(ACCESS)),
            opening_hours=_HOURS[self.chance.of(OFFICE_HOURS)],
        )
        self.houses.append(House(organisation_id, member_id, site_id, municipality))

    def _space(self, house: House) -> None:
        kind = self.chance.of(SPACES)
        seats = self.chance.size(*SEATS[kind])
        equipment = self.chance.some(FITTINGS) | ({Fitting.TOOLS} if kind is SpaceKind.WORKSHOP else set())
        facts = SpaceFacts(
            seats=seats,
            area_m2=round(seats * self.chance.uniform(2, 8), 1),
            equipment=equipment,
            access=self.chance.some({Access.HEARING_LOOP: 0.15}),
        )
        parts = ("Norra", "Södra") if kind is SpaceKind.HALL and self.chance.happens(0.4) else ()
        resource_id = self._resource(house, "space", kind, facts, parts)
        priced = self.chance.happens(0.2)
        price = (PriceBasis.DAY, self.chance.size(800, 1.8, 100, 6000)) if priced else (PriceBasis.NONE, 0)
        self._offered(house, resource_id, price=price)

    def _furniture(self, house: House) -> None:
        valued = self.chance.happens(0.4)
        facts = FurnitureFacts(
            count=self.chance.size(14, 2.2, 1, 400),
            condition=self.chance.choices((2, 3, 4, 5), (0.1, 0.4, 0.4, 0.1))[0],
            pickup="Efter överenskommelse",
            valuation_sek=self.chance.size(150, 2, 0, 3000) if valued else None,
            valuation_basis=ValuationBasis.MARKET_VALUE if valued else None,
        )
        resource_id = self._resource(house, "furniture", self.chance.of(FURNITURE), facts)
        self._offered(house, resource_id, terms=Terms.HAND_OVER if self.chance.happens(0.55) else Terms.LOAN)

    def _vehicle(self, house: House) -> None:
        kind = self.chance.of(VEHICLES)
        facts = self._vehicle_facts(kind)
        resource_id = self._resource(house, "vehicle", kind, facts)
        self._offered(house, resource_id, price=(PriceBasis.DAY, self.chance.size(450, 1.4, 100, 3000)))

    def _vehicle_facts(self, kind: VehicleKind) -> VehicleFacts:
        if kind is VehicleKind.BICYCLE:
            return VehicleFacts(seats=1, fuel=Fuel.NONE, licence_class=Licence.NONE)
        seats = {VehicleKind.CAR: 5, VehicleKind.VAN: 3, VehicleKind.MINIBUS: 9, VehicleKind.TRUCK: 2}[kind]
        fuel = self.chance.of({Fuel.ELECTRIC: 0.55, Fuel.HYBRID: 0.2, Fuel.HVO: 0.1, Fuel.PETROL: 0.15})
        reach = self.chance.size(380, 1.2, 150, 600) if fuel is Fuel.ELECTRIC else 700
        licence = Licence.C if kind is VehicleKind.TRUCK else Licence.B
        towing = 1500 if kind is VehicleKind.VAN and fuel is not Fuel.ELECTRIC else 0
        return VehicleFacts(seats=seats, fuel=fuel, range_km=reach, licence_class=licence, towing_kg=towing)

    def _staff(self, house: House) -> None:
        extent = self.chance.choices((20, 30, 40, 50, 60, 80, 100), (20, 10, 12, 28, 5, 10, 15))[0]
        resource_id = self._resource(house, "staff", StaffKind.STAFF, StaffTime(extent))
        remote = self.chance.happens(0.45)
        self.rows.add(
            StaffCapacity,
            resource_id=resource_id,
            extent_percent=extent,
            remote=remote,
            people_meant=self._resources % 40 + 1,  # no chance taken, so that the market of a seed stays as it was
            municipality_codes=[house.municipality.code],
            languages=["en", "sv"] if self.chance.happens(0.4) else ["sv"],
            approved_during=to_range(Interval(now(), None)),
        )
        for who in Approver:
            self.rows.add(
                CardApproval,
                resource_id=resource_id,
                who=who,
                state=ApprovalState.GIVEN,
                said={"extentPercent": extent, "remote": remote, "municipalityCodes": [house.municipality.code]},
                covers=to_range(Interval(now(), None)),
                at=now(),
                channel=Channel.NOTED,
                noted_by="system",
            )
        # Not a set: its order would be another in each process.
        for code in dict.fromkeys(self.chance.of(self.popular) for _ in range(self.chance.randint(1, 4))):
            level = self.chance.choices((2, 3, 4, 5), (0.1, 0.35, 0.4, 0.15))[0]
            self.rows.add(StaffSkill, resource_id=resource_id, skill_id=self.skills[code], level=level)
        self._offered(house, resource_id, median_days=150)

    def _resource(self, house: House, family: str, kind: Any, facts: Dataclass, parts: tuple[str, ...] = ()) -> UUID:
        """Make a resource with its unit; a hall of parts has a unit, and a resource, for each of them."""
        self._resources += 1
        site_id = None if family_of(family).workplace else house.site_id
        draft = ResourceDraft(family, kind, f"{kind} {self.seed}-{self._resources}", facts, site_id=site_id)
        resource_id = self._row(house, draft)
        if not parts:
            self._unit(resource_id, draft.kind, draft.capacity, resource_id)
        for name in parts:
            half = replace(facts, seats=facts.seats // 2, area_m2=None) if isinstance(facts, SpaceFacts) else facts
            part = replace(draft, name=f"{draft.name}, {name}", facts=half)
            part_id = self._row(house, part, part_of_id=resource_id)
            self._unit(resource_id, name, 1, resource_id, part_id)
        return resource_id

    def _row(self, house: House, draft: ResourceDraft, part_of_id: UUID | None = None) -> UUID:
        resource_id = self.keys.next()
        self.rows.add(
            Resource,
            id=resource_id,
            organisation_id=house.organisation_id,
            site_id=draft.site_id,
            part_of_id=part_of_id,
            family=draft.family,
            kind=draft.kind,
            name=draft.name.replace("_", " "),
            facts=to_json(draft.facts),
        )
        return resource_id

    def _unit(self, owner_id: UUID, name: str, capacity: int, *holders: UUID) -> None:
        unit_id = self.keys.next()
        self.rows.add(Unit, id=unit_id, resource_id=owner_id, name=name, capacity=capacity)
        for holder in holders:
            self.rows.add(ResourceUnit, resource_id=holder, unit_id=unit_id, amount=1)

    def _offered(
        self,
        house: House,
        resource_id: UUID,
        terms: Terms = Terms.LOAN,
        price: tuple[PriceBasis, int] = (PriceBasis.NONE, 0),
        median_days: int = 240,
    ) -> None:
        start = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=self.chance.randint(-30, 90))
        length = timedelta(days=self.chance.size(median_days, 1.7, 14, 900))
        end = None if terms is Terms.HAND_OVER else max(start, now()) + length
        self.rows.add(
            Offer,
            id=self.keys.next(),
            organisation_id=house.organisation_id,
            resource_id=resource_id,
            member_id=house.member_id,
            state=OfferState.OPEN,
            during=to_range(Interval(start, end)),
            visibility=self.chance.of(VISIBILITIES),
            terms=terms,
            price_basis=price[0],
            price_sek=price[1],
        )


def _popular(codes: list[str]) -> dict[str, float]:
    """Return skills with how common they are: a few are everywhere, most are rare (Zipf's law)."""
    return {code: 1 / rank for rank, code in enumerate(codes, start=1)}
