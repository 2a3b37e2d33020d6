"""How far offers are from a need, for many at once.

The straight line between two points of the ellipsoid, bent as the ground is, differs from the geodesic by less than
0.001 % within Sweden. Only what lies that near to a limit, and what is shown, is measured exactly.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import geo
from core.geo import Position
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer

Metres = NDArray[np.float64]
Rows = NDArray[np.int64]

WGS84_EQUATOR_M = 6_378_137.0
WGS84_FLATTENING = 1 / 298.257223563
CURVATURE_M = 6_383_000.0
"""How round the ellipsoid is in Sweden, in any direction: 6,365 to 6,397 km."""
ERROR_SHARE = 0.00001
SLACK_M = 1.0


def position_of(need: OpenNeed) -> Position | None:
    """Return where a need is: its position, else the seat of its municipality, else nowhere in particular."""
    if need.latitude is not None and need.longitude is not None:
        return Position(need.latitude, need.longitude)
    return geo.municipality(need.municipality_code).position if need.municipality_code else None


def exact_m(need: OpenNeed, offer: OpenOffer) -> int | None:
    """Return the distance to show, in metres; None where one of the two is nowhere in particular."""
    here = position_of(need)
    if here is None or not offer.positions:
        return None
    return round(min(_geodesic_m(here, there) for there in offer.positions))


@lru_cache(maxsize=20_000)
def _geodesic_m(here: Position, there: Position) -> float:
    return geo.distance_m(here, there)


class Map:
    """Where offers stand, in metres from the centre of the earth."""

    def __init__(self, offers: Sequence[OpenOffer]) -> None:
        self._offers = offers
        counts = np.array([len(offer.positions) for offer in offers], np.int64)
        self._placed = np.flatnonzero(counts)
        self._first = (np.cumsum(counts) - counts)[self._placed]
        self._row = np.repeat(np.arange(len(offers)), counts)
        self._vectors = _vectors([position for offer in offers for position in offer.positions])
        self._northward = np.argsort(self._vectors[:, 2], kind="stable")
        self._north_m = self._vectors[self._northward, 2]

    def near(self, need: OpenNeed, here: Position, limit_m: float) -> tuple[Rows, Metres]:
        """Return the offers that are at most so far from a need, in order, and how far their nearest position is."""
        reach_m = limit_m * (1 + ERROR_SHARE) + SLACK_M
        rows, found_m = self._about(_vector(here), reach_m)
        near = found_m <= limit_m
        for n in np.flatnonzero(np.abs(found_m - limit_m) <= reach_m - limit_m).tolist():
            near[n] = (exact_m(need, self._offers[rows[n]]) or 0) <= limit_m
        return rows[near], found_m[near]

    def distances_m(self, here: Position) -> Metres:
        """Return how far each offer's nearest position is; infinite where it has none."""
        found = np.full(len(self._offers), np.inf)
        if len(self._placed):
            found[self._placed] = np.minimum.reduceat(_arcs_m(self._vectors, _vector(here)), self._first)
        return found

    def _about(self, here: Metres, reach_m: float) -> tuple[Rows, Metres]:
        # Sweden is long: a slice from south to north leaves few to measure. A chord is shorter than its arc, so that
        # nothing within reach along the ground lies outside the slice.
        south, north = np.searchsorted(self._north_m, (here[2] - reach_m, here[2] + reach_m)).tolist()
        places = self._northward[south:north]
        arcs_m = _arcs_m(self._vectors[places], here)
        within = arcs_m <= reach_m
        return _nearest(self._row[places[within]], arcs_m[within])


def _arcs_m(there: Metres, here: Metres) -> Metres:
    away = there - here
    chords_m = np.sqrt(np.einsum("nd,nd->n", away, away))
    arcs_m: Metres = 2 * CURVATURE_M * np.arcsin(chords_m / (2 * CURVATURE_M))
    return arcs_m


def _nearest(rows: Rows, found_m: Metres) -> tuple[Rows, Metres]:
    """Each row once, in order, with the least of its distances."""
    order = np.lexsort((found_m, rows))
    rows, found_m = rows[order], found_m[order]
    first = np.ones(len(rows), np.bool_)
    first[1:] = rows[1:] != rows[:-1]
    return rows[first], found_m[first]


@lru_cache(maxsize=20_000)
def _vector(position: Position) -> Metres:
    vector: Metres = _vectors([position])[0]
    return vector


def _vectors(positions: Sequence[Position]) -> Metres:
    """Return positions on the ellipsoid of WGS84 as (n, 3) metres from its centre, the axis last."""
    degrees = np.array([(each.latitude, each.longitude) for each in positions], np.float64).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    squeezed = (1 - WGS84_FLATTENING) ** 2
    upright_m = WGS84_EQUATOR_M / np.sqrt(1 - (1 - squeezed) * np.sin(latitude) ** 2)
    across_m = upright_m * np.cos(latitude)
    return np.stack(
        (across_m * np.cos(longitude), across_m * np.sin(longitude), squeezed * upright_m * np.sin(latitude)), axis=1
    )
