"""What a kilometre emits, by what is driven: every figure with its source."""

from dataclasses import dataclass

UK = "UK Government GHG Conversion Factors for Company Reporting 2025, driving and well-to-tank"
SEA = "Energimyndigheten, Växthusgasutsläpp, fuels delivered in 2016, life cycle"


@dataclass(frozen=True, slots=True)
class Factor:
    """Grams of CO2e for each kilometre, and where that comes from."""

    g_per_km: float
    source: str


CAR = Factor(211, f"{UK}: average car, fuel unknown: 167.25 + 43.99")
VAN = Factor(316, f"{UK}: average van up to 3.5 tonnes, fuel unknown: 254.30 + 61.30")
