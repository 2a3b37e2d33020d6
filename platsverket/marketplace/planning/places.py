"""How far offers are from a need, for many at once.

Great-circle distance is off by at most 0.6 %, so what lies that near to the limit is measured exactly.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from platsverket.core import geo
from platsverket.core.geo import Position
from platsverket.marketplace.planning.market import PooledOffer
from platsverket.marketplace.requests.queries import PooledNeed

Metres = NDArray[np.float64]

EARTH_M = 6_371_009.0
ERROR_SHARE = 0.006


def position_of(need: PooledNeed) -> Position | None:
    """Return where a need is: its position, else the seat of its municipality, else nowhere in particular."""
    if need.latitude is not None and need.longitude is not None:
        return Position(need.latitude, need.longitude)
    return geo.municipality(need.municipality_code).position if need.municipality_code else None


def exact_m(need: PooledNeed, offer: PooledOffer) -> int | None:
    """Return the distance to show, in metres; None where one of the two is nowhere in particular."""
    here = position_of(need)
    if here is None or not offer.positions:
        return None
    return round(min(_geodesic_m(here, there) for there in offer.positions))


@lru_cache(maxsize=20_000)
def _geodesic_m(here: Position, there: Position) -> float:
    return geo.distance_m(here, there)


class Map:
    """Where offers stand, on the unit sphere."""

    def __init__(self, offers: Sequence[PooledOffer]) -> None:
        self._offers = offers
        rows = [(n, _vector(position)) for n, offer in enumerate(offers) for position in offer.positions]
        self._offer = np.array([n for n, _ in rows], np.int64)
        self._vectors = np.array([vector for _, vector in rows], np.float64).reshape(-1, 3)

    def distances_m(self, here: Position) -> Metres:
        """Return the great-circle distance to each offer's nearest position; infinite where it has none."""
        chords = np.linalg.norm(self._vectors - _vector(here), axis=1)
        found = np.full(len(self._offers), np.inf)
        np.minimum.at(found, self._offer, 2 * EARTH_M * np.arcsin(np.minimum(chords / 2, 1)))
        return found

    def within(self, need: PooledNeed, distances_m: Metres, limit_m: float) -> NDArray[np.bool_]:
        """Tell for each offer whether it is at most so far from the need."""
        near = distances_m <= limit_m
        for n in np.flatnonzero(np.abs(distances_m - limit_m) <= ERROR_SHARE * limit_m).tolist():
            near[n] = (exact_m(need, self._offers[n]) or 0) <= limit_m
        return near


def _vector(position: Position) -> Metres:
    latitude, longitude = np.radians([position.latitude, position.longitude])
    return np.array(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], np.float64
    )
