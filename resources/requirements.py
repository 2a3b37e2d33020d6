"""What a need asks of a space, furniture or a vehicle: must-haves, which exclude, and should-haves, which score.

Each is stored as JSON with `to_json` of `core.serialization` and read with its `from_json`. Everything may be left out.
"""

from dataclasses import dataclass

from core.errors import BadInput
from core.serialization import camel
from resources.facts import HEAVIEST_TOW_KG, LONGEST_RANGE_KM, LONGEST_SIDE_CM, MOST_SEATS, check_between
from resources.models import Family
from resources.vocabulary import Access, Equipment, Fuel, Licence


def _check_apart(field: str, must: frozenset[str], should: frozenset[str]) -> None:
    if both := must & should:
        raise BadInput(camel(field), sorted(both), "it is a must already: leave it out of the should-haves")


@dataclass(frozen=True, slots=True)
class SpaceRequirements:
    """What is asked of a space for so many people; of a desk pool, `people` desks are taken as well."""

    people: int = 1
    equipment_must: frozenset[Equipment] = frozenset()
    equipment_should: frozenset[Equipment] = frozenset()
    access_must: frozenset[Access] = frozenset()
    access_should: frozenset[Access] = frozenset()

    def __post_init__(self) -> None:
        check_between("people", self.people, 1, MOST_SEATS)
        _check_apart("equipment_should", self.equipment_must, self.equipment_should)
        _check_apart("access_should", self.access_must, self.access_should)


@dataclass(frozen=True, slots=True)
class FurnitureRequirements:
    """What is asked of furniture. `can_fetch`: the borrower has means to fetch it; `to_keep`: handed over for good."""

    min_condition: int = 1
    max_width_cm: int | None = None
    max_depth_cm: int | None = None
    max_height_cm: int | None = None
    can_fetch: bool = True
    to_keep: bool = False

    def __post_init__(self) -> None:
        check_between("min_condition", self.min_condition, 1, 5)
        for side in ("max_width_cm", "max_depth_cm", "max_height_cm"):
            check_between(side, getattr(self, side), 1, LONGEST_SIDE_CM)


@dataclass(frozen=True, slots=True)
class VehicleRequirements:
    """What is asked of a vehicle. `licence_classes` are those the driver holds; any of `fuel_should` is welcome."""

    seats: int = 1
    min_range_km: int | None = None
    licence_classes: frozenset[Licence] = frozenset({Licence.B})
    fuel_should: frozenset[Fuel] = frozenset()
    towing_kg: int = 0

    def __post_init__(self) -> None:
        check_between("seats", self.seats, 1, 100)
        check_between("min_range_km", self.min_range_km, 1, LONGEST_RANGE_KM)
        check_between("towing_kg", self.towing_kg, 0, HEAVIEST_TOW_KG)


Requirements = SpaceRequirements | FurnitureRequirements | VehicleRequirements

REQUIREMENTS: dict[Family, type[Requirements]] = {
    Family.SPACE: SpaceRequirements,
    Family.FURNITURE: FurnitureRequirements,
    Family.VEHICLE: VehicleRequirements,
}
"""The class of each family's requirements; those of staff stand in `competence.requirements`."""
