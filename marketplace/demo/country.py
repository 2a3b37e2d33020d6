"""Where things are in a made-up market: as the population is, around the seats of the real municipalities."""

from functools import cache

from core import geo
from core.geo import Municipality, Position
from marketplace.demo.chance import Chance

KM_PER_DEGREE = 111.2


@cache
def populations() -> dict[Municipality, float]:
    """Return the municipalities with how many live in their towns and villages, at least 1,000."""
    people = dict.fromkeys(geo.municipalities(), 1000.0)
    for place in geo.places():
        people[place.municipality] += place.population or 0
    return people


def somewhere(chance: Chance) -> Municipality:
    """Return a municipality, as often as its share of the population."""
    return chance.of(populations())


def around(chance: Chance, municipality: Municipality, spread_km: float = 2.5) -> Position:
    """Return a position near the seat of a municipality: most within `spread_km`, few beyond twice that."""
    north, east = chance.gauss(0, spread_km), chance.gauss(0, spread_km)
    seat = municipality.position
    # A degree of longitude is about half as long as one of latitude here: Sweden lies around 60° north.
    return Position(
        round(min(69.4, max(55.1, seat.latitude + north / KM_PER_DEGREE)), 5),
        round(min(24.4, max(10.1, seat.longitude + east / (KM_PER_DEGREE * 0.5))), 5),
    )
