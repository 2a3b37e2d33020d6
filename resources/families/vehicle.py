"""Cars, vans, buses, bicycles and lorries."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from types import MappingProxyType

from core.errors import InvalidParameter
from resources.families.criteria import Allowed, AtLeast, OneOf
from resources.families.emissions import SEA, UK, Factor
from resources.families.family import Family, Journey, Measure, Sized
from resources.families.field_spec import check_fields, spec

MOST_SEATS = 100
LONGEST_RANGE_KM = 3_000
HEAVIEST_TOW_KG = 40_000


class VehicleKind(StrEnum):
    """Kinds of vehicle."""

    CAR = "car"
    VAN = "van"
    MINIBUS = "minibus"
    BICYCLE = "bicycle"
    TRUCK = "truck"


class Fuel(StrEnum):
    """What a vehicle runs on."""

    ELECTRIC = "electric"
    HYBRID = "hybrid"
    PETROL = "petrol"
    DIESEL = "diesel"
    BIOGAS = "biogas"
    HVO = "hvo"
    NONE = "none"


class Licence(StrEnum):
    """Swedish driving licence classes that what public bodies lend can ask for; a bicycle asks for none."""

    NONE = "none"
    B = "B"
    BE = "BE"
    C1 = "C1"
    C1E = "C1E"
    C = "C"
    CE = "CE"
    D1 = "D1"
    D1E = "D1E"
    D = "D"
    DE = "DE"


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


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """What only vehicles have; `range_km` is told for what runs on electricity."""

    seats: int = field(metadata=spec("säten", least=1, most=MOST_SEATS))
    fuel: Fuel = field(metadata=spec("drivmedel"))
    range_km: int | None = field(default=None, metadata=spec("räckvidd km", least=1, most=LONGEST_RANGE_KM, unit="km"))
    licence_class: Licence = field(default=Licence.B, metadata=spec("körkort"))
    towing_kg: int = field(default=0, metadata=spec("dragvikt kg", least=0, most=HEAVIEST_TOW_KG, unit="kg"))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class VehicleRequirements:
    """What is asked of a vehicle. `licence_classes` are those the driver holds; any of `fuel_should` is welcome."""

    seats: int = field(default=1, metadata=spec("säten", least=1, most=MOST_SEATS))
    min_range_km: int | None = field(
        default=None, metadata=spec("räckvidd minst km", "least range km", least=1, most=LONGEST_RANGE_KM, unit="km")
    )
    licence_classes: frozenset[Licence] = field(default=frozenset({Licence.B}), metadata=spec("körkort", "licences"))
    fuel_should: frozenset[Fuel] = field(default=frozenset(), metadata=spec("drivmedel önskas", "fuels should"))
    towing_kg: int = field(default=0, metadata=spec("dragvikt kg", least=0, most=HEAVIEST_TOW_KG, unit="kg"))

    def __post_init__(self) -> None:
        check_fields(self)


MOST_SEATS_OF = {Licence.B: 9, Licence.BE: 9, Licence.C1: 9, Licence.C1E: 9, Licence.C: 9, Licence.CE: 9} | {
    Licence.D1: 17,
    Licence.D1E: 17,
}
"""How many may sit in what a class may drive, the driver included (körkortslagen 1998:488, chapter 2)."""
_RIDDEN = frozenset({Fuel.NONE, Fuel.ELECTRIC})


def _contradictions(kind: str, facts: VehicleFacts) -> Iterator[InvalidParameter]:
    if kind == VehicleKind.BICYCLE:
        if facts.fuel not in _RIDDEN:
            yield InvalidParameter("fuel", facts.fuel.value, "a bicycle runs on electricity or on nothing")
        if facts.licence_class is not Licence.NONE:
            yield InvalidParameter("licenceClass", facts.licence_class.value, "nobody needs a licence for a bicycle")
        return
    if facts.fuel is Fuel.NONE:
        yield InvalidParameter("fuel", facts.fuel.value, "only a bicycle runs on nothing")
    if facts.licence_class is Licence.NONE:
        yield InvalidParameter("licenceClass", facts.licence_class.value, "only for a bicycle nobody needs a licence")
    elif facts.seats > MOST_SEATS_OF.get(facts.licence_class, MOST_SEATS):
        most = MOST_SEATS_OF[facts.licence_class]
        yield InvalidParameter("seats", facts.seats, f"with that licence there may be {most} seats at most")


def longest_km(facts: VehicleFacts) -> float:
    """Return how far it goes; without an end what is fuelled within minutes, if its lister does not say otherwise."""
    if facts.range_km is None:
        return 0 if facts.fuel in (Fuel.ELECTRIC, Fuel.NONE) else inf
    return facts.range_km


def may_drive(held: Collection[Licence], needed: Licence) -> bool:
    """Say whether somebody with these licence classes may drive what needs one."""
    return needed is Licence.NONE or any(needed in _COVERS[each].split() for each in held)


FUELS: Mapping[Fuel, Factor] = MappingProxyType(
    {
        Fuel.PETROL: Factor(209, f"{UK}: average petrol car: 162.72 + 45.99"),
        Fuel.DIESEL: Factor(215, f"{UK}: average diesel car: 173.04 + 41.46"),
        Fuel.HYBRID: Factor(161, f"{UK}: average hybrid car: 128.25 + 33.15"),
        Fuel.BIOGAS: Factor(
            59, f"{UK}: average gas car: 174.14 + 35.91; times 20.6 / 73.6, {SEA}: biogas, natural gas"
        ),
        Fuel.HVO: Factor(37, f"the diesel car's, times 14 / 80.4, {SEA}: HVO, diesel MK1"),
        Fuel.ELECTRIC: Factor(
            11, f"{UK}: average electric car: 40.47 g at 177 g a kWh is 0.823 MJ; times 13.1 g a MJ, {SEA}: electricity"
        ),
        Fuel.NONE: Factor(0, "a bicycle"),
    }
)
"""Of a car. Vans, buses and lorries use more, but by fuel in about the same proportions, and options for one need are
of about one size."""

VEHICLE = Family(
    name="vehicle",
    swedish_names=("fordon",),
    kinds=VehicleKind,
    facts=VehicleFacts,
    requirements=VehicleRequirements,
    musts=(
        AtLeast("seats", "seats", size=True, droppable=False),
        AtLeast(longest_km, "min_range_km"),
        AtLeast("towing_kg", "towing_kg", size=True),
        Allowed("licence_class", "licence_classes", may_drive),
    ),
    shoulds=(OneOf("fuel", "fuel_should"),),
    sized=Sized("seats", "seats", Measure.SEATS),
    journey=Journey.DRIVEN,
    emits=lambda facts: FUELS[facts.fuel],
    booking_kind="vehicle_loan",
    file="vehicles",
    file_names=("fordon", "vehicles"),
    swedish={
        VehicleKind: {
            "bil": VehicleKind.CAR,
            "personbil": VehicleKind.CAR,
            "skåpbil": VehicleKind.VAN,
            "minibuss": VehicleKind.MINIBUS,
            "cykel": VehicleKind.BICYCLE,
            "lastbil": VehicleKind.TRUCK,
        },
        Fuel: {
            "el": Fuel.ELECTRIC,
            "hybrid": Fuel.HYBRID,
            "bensin": Fuel.PETROL,
            "diesel": Fuel.DIESEL,
            "biogas": Fuel.BIOGAS,
            "hvo": Fuel.HVO,
            "hvo (förnybar diesel)": Fuel.HVO,
            "inget": Fuel.NONE,
            "inget bränsle": Fuel.NONE,
        },
        Licence: {licence.value: licence for licence in Licence} | {"inget körkort": Licence.NONE},
    },
    alike=(
        frozenset({VehicleKind.CAR, VehicleKind.MINIBUS}),
        frozenset({VehicleKind.CAR, VehicleKind.VAN}),
        frozenset({VehicleKind.VAN, VehicleKind.TRUCK}),
    ),
    form_defaults={"requirements.licenceClasses": "B"},
    shown=("seats", "fuel", "range_km"),
    contradictions=_contradictions,
)
