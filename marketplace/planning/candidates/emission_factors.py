"""What a kilometre emits, by what is driven: every figure with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from competence.facts import StaffFacts
from resources.facts import FurnitureFacts, SpaceFacts, VehicleFacts
from resources.vocabulary import Fuel

UK = "UK Government GHG Conversion Factors for Company Reporting 2025, driving and well-to-tank"
SEA = "Energimyndigheten, Växthusgasutsläpp, fuels delivered in 2016, life cycle"


@dataclass(frozen=True, slots=True)
class Factor:
    """Grams of CO2e for each kilometre, and where that comes from."""

    g_per_km: float
    source: str


CAR = Factor(211, f"{UK}: average car, fuel unknown: 167.25 + 43.99")
VAN = Factor(316, f"{UK}: average van up to 3.5 tonnes, fuel unknown: 254.30 + 61.30")
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


def factor_of(facts: SpaceFacts | FurnitureFacts | VehicleFacts | StaffFacts) -> Factor:
    """Return how the way to something is bridged: a vehicle by itself, furniture in a van, people by car."""
    match facts:
        case VehicleFacts(fuel=fuel):
            return FUELS[fuel]
        case FurnitureFacts():
            return VAN
    return CAR
