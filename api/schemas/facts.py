"""What a lister says of each family, on the wire."""

from typing import Annotated

from msgspec import Meta, field

from api.schemas.base import Wire
from resources.vocabulary import Access, Equipment, Fuel, FurnitureKind, Licence, SpaceKind, ValuationBasis, VehicleKind


class SpaceSaid(Wire, tag_field="family", tag="space"):
    """A room, an area, a hall, or a pool of desks: then `seats` is how many."""

    kind: SpaceKind
    seats: int
    area_m2: float | None = None
    equipment: list[Equipment] = field(default_factory=list)
    access: Annotated[list[Access], Meta(description="Beside what its site has.")] = field(default_factory=list)
    visitor_rules: str = ""


class FurnitureSaid(Wire, tag_field="family", tag="furniture"):
    """A lot of alike things; `condition` from 1 (for spare parts) to 5 (as new)."""

    kind: FurnitureKind
    count: int
    condition: int
    width_cm: int | None = None
    depth_cm: int | None = None
    height_cm: int | None = None
    pickup: str = ""
    valuation_sek: int | None = None
    valuation_basis: ValuationBasis | None = None


class VehicleSaid(Wire, tag_field="family", tag="vehicle"):
    """A vehicle; `rangeKm` is told for what runs on electricity."""

    kind: VehicleKind
    seats: int
    fuel: Fuel
    range_km: int | None = None
    licence_class: Licence = Licence.B
    towing_kg: int = 0


class StaffSaid(Wire, tag_field="family", tag="staff"):
    """A capacity card without a name. Skills by code with a level, 1 (knows of it) to 5 (leads and teaches)."""

    extent_percent: int
    skills: dict[str, int]
    remote: bool = False
    municipality_codes: Annotated[list[str], Meta(description="Where work on site is possible.")] = field(
        default_factory=list
    )
    languages: Annotated[list[str], Meta(description="ISO 639 codes.")] = field(default_factory=lambda: ["sv"])


AnyFacts = SpaceSaid | FurnitureSaid | VehicleSaid | StaffSaid
