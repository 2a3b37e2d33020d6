"""Whether a space, furniture or a vehicle meets what is asked of it, and how well it fits. Pure."""

from collections.abc import Collection, Iterator
from math import inf

from core.suitability import Fit, Step, Unmet, share
from resources.facts import Facts, FurnitureFacts, SpaceFacts, VehicleFacts
from resources.requirements import FurnitureRequirements, Requirements, SpaceRequirements, VehicleRequirements
from resources.vocabulary import Fuel, Licence

_COVERS: dict[Licence, str] = {
    Licence.NONE: "",
    Licence.B: "B",
    Licence.BE: "B BE",
    Licence.C1: "B C1",
    Licence.C1E: "B BE C1 C1E",
    Licence.C: "B C1 C",
    Licence.CE: "B BE C1 C1E C CE",
    Licence.D1: "B D1",
    Licence.D1E: "B BE D1 D1E",
    Licence.D: "B D1 D",
    Licence.DE: "B BE D1 D1E D DE",
}
"""Which classes the holder of a class may drive as well (körkortslagen 1998:488, chapter 2)."""


def unmet(requirements: Requirements, facts: Facts) -> tuple[Unmet, ...]:
    """Return the must-haves that are not met, in the order of `Step`; none if it suits."""
    match requirements, facts:
        case SpaceRequirements(), SpaceFacts():
            return tuple(_unmet_space(requirements, facts))
        case FurnitureRequirements(), FurnitureFacts():
            return tuple(_unmet_furniture(requirements, facts))
        case VehicleRequirements(), VehicleFacts():
            return tuple(_unmet_vehicle(requirements, facts))
    raise TypeError(f"{type(requirements).__name__} are not asked of {type(facts).__name__}")


def fit(requirements: Requirements, facts: Facts, *, by_the_seat: bool = False) -> Fit:
    """Return how well what meets the must-haves fits; `by_the_seat`: seats left over can be lent to others."""
    match requirements, facts:
        case SpaceRequirements(), SpaceFacts():
            return _fit_space(requirements, facts, by_the_seat)
        case FurnitureRequirements(), FurnitureFacts():
            return Fit()
        case VehicleRequirements(), VehicleFacts():
            welcome = not requirements.fuel_should or facts.fuel in requirements.fuel_should
            return Fit(float(welcome), _oversize(facts.seats, requirements.seats))
    raise TypeError(f"{type(requirements).__name__} are not asked of {type(facts).__name__}")


def _unmet_space(asked: SpaceRequirements, facts: SpaceFacts) -> Iterator[Unmet]:
    if facts.seats < asked.people:
        yield Unmet(Step.SIZE, "seats", asked.people, facts.seats)
    for thing in sorted(asked.equipment_must - facts.equipment):
        yield Unmet(Step.EQUIPMENT, thing, True, None)
    for way in sorted(asked.access_must - facts.access):
        yield Unmet(Step.ACCESS, way, True, None)


def _unmet_furniture(asked: FurnitureRequirements, facts: FurnitureFacts) -> Iterator[Unmet]:
    sides = (
        ("width_cm", asked.max_width_cm, facts.width_cm),
        ("depth_cm", asked.max_depth_cm, facts.depth_cm),
        ("height_cm", asked.max_height_cm, facts.height_cm),
    )
    for side, most, found in sides:
        if most is not None and (found is None or found > most):
            yield Unmet(Step.SIZE, side, most, found)
    if facts.condition < asked.min_condition:
        yield Unmet(Step.CONDITION, "condition", asked.min_condition, facts.condition)


def _unmet_vehicle(asked: VehicleRequirements, facts: VehicleFacts) -> Iterator[Unmet]:
    if facts.seats < asked.seats:
        yield Unmet(Step.SIZE, "seats", asked.seats, facts.seats)
    if facts.towing_kg < asked.towing_kg:
        yield Unmet(Step.SIZE, "towing_kg", asked.towing_kg, facts.towing_kg)
    if asked.min_range_km is not None and longest_km(facts) < asked.min_range_km:
        yield Unmet(Step.RANGE, "range_km", asked.min_range_km, facts.range_km)
    needed = facts.licence_class
    if not may_drive(asked.licence_classes, needed):
        yield Unmet(Step.LICENCE, "licence_class", " ".join(sorted(asked.licence_classes)), needed)


def longest_km(facts: VehicleFacts) -> float:
    """Return how far it goes; without an end what is fuelled within minutes, if its lister does not say otherwise."""
    if facts.range_km is None:
        return 0 if facts.fuel in (Fuel.ELECTRIC, Fuel.NONE) else inf
    return facts.range_km


def may_drive(held: Collection[Licence], needed: Licence) -> bool:
    """Say whether somebody with these licence classes may drive what needs one."""
    return needed is Licence.NONE or any(needed in _COVERS[each].split() for each in held)


def _fit_space(asked: SpaceRequirements, facts: SpaceFacts, by_the_seat: bool) -> Fit:
    wanted = asked.equipment_should | asked.access_should
    has = facts.equipment | facts.access
    return Fit(share(wanted, has.__contains__), 0.0 if by_the_seat else _oversize(facts.seats, asked.people))


def _oversize(seats: int, people: int) -> float:
    return max(0, seats - people) / seats
