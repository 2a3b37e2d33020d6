"""What a lister says of a site or a resource: values that check themselves when built.

Errors name a field as it is called in the JSON form, for example ``areaM2``.
"""

from dataclasses import dataclass
from uuid import UUID

from core import geo
from core.errors import BadInput
from core.serialization import camel
from core.time.opening import OpeningHours
from resources.models import Family
from resources.vocabulary import Access, Equipment, Fuel, Licence, SpaceKind, ValuationBasis, kinds_of

MOST_SEATS = 5_000
MOST_THINGS = 100_000
MOST_AREA_M2 = 100_000
LONGEST_SIDE_CM = 2_000
LONGEST_RANGE_KM = 3_000
HEAVIEST_TOW_KG = 40_000
HIGHEST_VALUE_SEK = 100_000_000
LONGEST_NAME = 200


def check_between(field: str, value: float | None, least: float, most: float) -> None:
    """Refuse a number outside `least` through `most`; None is a fact that is not known."""
    if value is not None and not least <= value <= most:
        raise BadInput(camel(field), value, f"it has to be from {least} through {most}")


def check_name(field: str, value: str) -> None:
    """Refuse an empty or overlong name."""
    if not value.strip() or len(value) > LONGEST_NAME:
        raise BadInput(camel(field), value, f"it has to have 1 to {LONGEST_NAME} characters")


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """What only spaces have; in a desk pool a seat is a desk."""

    seats: int
    area_m2: float | None = None
    equipment: frozenset[Equipment] = frozenset()
    access: frozenset[Access] = frozenset()
    visitor_rules: str = ""

    def __post_init__(self) -> None:
        check_between("seats", self.seats, 1, MOST_SEATS)
        check_between("area_m2", self.area_m2, 1, MOST_AREA_M2)


@dataclass(frozen=True, slots=True)
class FurnitureFacts:
    """What only furniture has: `count` alike things, `condition` from 1 (for spare parts) to 5 (as new).

    A valuation says on what basis it was made, and no value at all is kept apart from a value of nothing.
    """

    count: int
    condition: int
    width_cm: int | None = None
    depth_cm: int | None = None
    height_cm: int | None = None
    pickup: str = ""
    valuation_sek: int | None = None
    valuation_basis: ValuationBasis | None = None

    def __post_init__(self) -> None:
        check_between("count", self.count, 1, MOST_THINGS)
        check_between("condition", self.condition, 1, 5)
        for side in ("width_cm", "depth_cm", "height_cm"):
            check_between(side, getattr(self, side), 1, LONGEST_SIDE_CM)
        check_between("valuation_sek", self.valuation_sek, 0, HIGHEST_VALUE_SEK)
        if self.valuation_sek is not None and self.valuation_basis is None:
            words = ", ".join(ValuationBasis)
            raise BadInput("valuationBasis", None, f"a valuation needs its basis: use one of {words}")


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """What only vehicles have; `range_km` is told for what runs on electricity."""

    seats: int
    fuel: Fuel
    range_km: int | None = None
    licence_class: Licence = Licence.B
    towing_kg: int = 0

    def __post_init__(self) -> None:
        check_between("seats", self.seats, 1, 100)
        check_between("range_km", self.range_km, 1, LONGEST_RANGE_KM)
        check_between("towing_kg", self.towing_kg, 0, HEAVIEST_TOW_KG)


@dataclass(frozen=True, slots=True)
class StaffTime:
    """How much of a person's time can be lent, in percent. What the person can do stands in `competence`."""

    extent_percent: int

    def __post_init__(self) -> None:
        check_between("extent_percent", self.extent_percent, 1, 100)


Facts = SpaceFacts | FurnitureFacts | VehicleFacts | StaffTime

_FACTS: dict[Family, type[Facts]] = {
    Family.SPACE: SpaceFacts,
    Family.FURNITURE: FurnitureFacts,
    Family.VEHICLE: VehicleFacts,
    Family.STAFF: StaffTime,
}


def facts_of(family: Family) -> type[Facts]:
    """Return the class of a family's facts."""
    return _FACTS[family]


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """What a lister says of an address."""

    name: str
    address: str
    municipality_code: str
    latitude: float
    longitude: float
    access: frozenset[Access] = frozenset()
    opening_hours: OpeningHours | None = None

    def __post_init__(self) -> None:
        check_name("name", self.name)
        geo.Position(self.latitude, self.longitude)
        try:
            code = geo.municipality(self.municipality_code).code
        except BadInput as error:
            raise BadInput("municipalityCode", self.municipality_code, error.parameters[0].reason) from error
        object.__setattr__(self, "municipality_code", code)


@dataclass(frozen=True, slots=True)
class PartDraft:
    """One part of a hall that divides."""

    name: str
    seats: int
    area_m2: float | None = None

    def __post_init__(self) -> None:
        check_name("name", self.name)
        check_between("seats", self.seats, 1, MOST_SEATS)
        check_between("area_m2", self.area_m2, 1, MOST_AREA_M2)


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """What a lister says of a resource; without opening hours of its own it has those of its site."""

    family: Family
    kind: str
    name: str
    facts: Facts
    description: str = ""
    site_id: UUID | None = None
    opening_hours: OpeningHours | None = None
    parts: tuple[PartDraft, ...] = ()

    def __post_init__(self) -> None:
        check_name("name", self.name)
        if self.kind not in kinds_of(self.family):
            words = ", ".join(kinds_of(self.family))
            raise BadInput("kind", self.kind, f"there is no such kind of {self.family}: use one of {words}")
        if not isinstance(self.facts, facts_of(self.family)):
            raise BadInput("facts", type(self.facts).__name__, f"these are not the facts of {self.family}")
        if self.site_id is None and self.family is not Family.STAFF:
            raise BadInput("siteId", None, f"{self.family} has to stand somewhere: name its site")
        self._check_parts()

    def _check_parts(self) -> None:
        if not self.parts:
            return
        if self.kind != SpaceKind.HALL:
            raise BadInput("parts", self.kind, "only a hall divides into parts")
        names = [part.name for part in self.parts]
        if len(names) < 2 or len(set(names)) < len(names):
            raise BadInput("parts", names, "a hall divides into two parts or more, each with its own name")

    @property
    def capacity(self) -> int:
        """How much of its unit can be taken at once."""
        return capacity_of(self.kind, self.facts)


def capacity_of(kind: str, facts: Facts) -> int:
    """Return how much of such a resource can be taken at once: desks of a pool, things of a lot, percent, else 1."""
    match facts:
        case FurnitureFacts():
            return facts.count
        case StaffTime():
            return facts.extent_percent
        case SpaceFacts() if kind == SpaceKind.DESK_POOL:
            return facts.seats
    return 1
