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
from matching.arrays import segments

Metres = NDArray[np.float64]
Rows = NDArray[np.int64]

WGS84_EQUATOR_M = 6_378_137.0
WGS84_FLATTENING = 1 / 298.257223563
CURVATURE_M = 6_383_000.0
"""How round the ellipsoid is in Sweden, in any direction: 6,365 to 6,397 km."""
ERROR_SHARE = 0.00001
SLACK_M = 1.0
NOWHERE = np.empty(0, np.int64)


def position_of(need: OpenNeed) -> Position | None:
    """Return where a need is: its position, else the seat of its municipality, else nowhere in particular."""
    if need.latitude is not None and need.longitude is not None:
        return Position(need.latitude, need.longitude)
    return seat_of(need)


def seat_of(need: OpenNeed) -> Position | None:
    """Return the seat of a need's municipality: what stands there is near, from wherever in it the need is measured."""
    return geo.municipality(need.municipality_code).position if need.municipality_code else None


def exact_m(need: OpenNeed, offer: OpenOffer) -> int | None:
    """Return the distance to show, in metres; None where one of the two is nowhere in particular."""
    here = position_of(need)
    if here is None or not offer.positions:
        return None
    if seat_of(need) in offer.positions:
        return 0
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
        at: dict[Position | None, list[int]] = {}
        for row, offer in enumerate(offers):
            for position in offer.positions:
                at.setdefault(position, []).append(row)
        self._at = {position: np.array(rows, np.int64) for position, rows in at.items()}
        self._northward = np.argsort(self._vectors[:, 2], kind="stable")
        self._north_m = self._vectors[self._northward, 2]

    def at(self, position: Position | None) -> Rows:
        """Return which offers stand at a position."""
        return self._at.get(position, NOWHERE)

    def near(self, needs: Sequence[OpenNeed], limits_m: Metres) -> tuple[Rows, Rows, Metres]:
        """Return which offers are at most so far from each of some needs, and how far their nearest position is.

        All needs have a place. The first of the three says which need; each pair stands once, in no order.
        """
        here = _vectors_of(needs)
        reach_m = limits_m * (1 + ERROR_SHARE) + SLACK_M
        of, rows, found_m = self._about(here, reach_m)
        near = found_m <= limits_m[of]
        for n in np.flatnonzero(np.abs(found_m - limits_m[of]) <= (reach_m - limits_m)[of]).tolist():
            near[n] = (exact_m(needs[of[n]], self._offers[rows[n]]) or 0) <= limits_m[of[n]]
        return of[near], rows[near], found_m[near]

    def distances_m(self, needs: Sequence[OpenNeed]) -> Metres:
        """Return how far each offer's nearest position is from each need, (needs, offers); infinite where it has none.

        All needs have a place.
        """
        found = np.full((len(needs), len(self._offers)), np.inf)
        if len(self._placed) and len(needs):
            away = self._vectors[None] - _vectors_of(needs)[:, None]
            squares = np.minimum.reduceat(np.einsum("nmd,nmd->nm", away, away), self._first, axis=1)
            found[:, self._placed] = _arcs_m(squares)
        return found

    def _about(self, here: Metres, reach_m: Metres) -> tuple[Rows, Rows, Metres]:
        # Sweden is long: a slice from south to north leaves few to measure. A chord is shorter than its arc, so that
        # nothing within reach along the ground lies outside the slice.
        south, north = (np.searchsorted(self._north_m, here[:, 2] + side * reach_m) for side in (-1, 1))
        slices, of = segments.expand(south, north)
        places = self._northward[slices]
        away = self._vectors[places] - here[of]
        arcs_m = _arcs_m(np.einsum("nd,nd->n", away, away))
        within = arcs_m <= reach_m[of]
        found = of[within], self._row[places[within]], arcs_m[within]
        return found if len(self._placed) == len(self._row) else _nearest(*found)


def _arcs_m(squares: Metres) -> Metres:
    """Return the ways along the ground, given the squares of the straight lines."""
    arcs_m: Metres = 2 * CURVATURE_M * np.arcsin(np.sqrt(squares) / (2 * CURVATURE_M))
    return arcs_m


def _nearest(of: Rows, rows: Rows, found_m: Metres) -> tuple[Rows, Rows, Metres]:
    """Each row of each need once, in order, with the least of its distances."""
    order = np.lexsort((found_m, rows, of))
    of, rows, found_m = of[order], rows[order], found_m[order]
    first = np.ones(len(rows), np.bool_)
    first[1:] = (rows[1:] != rows[:-1]) | (of[1:] != of[:-1])
    return of[first], rows[first], found_m[first]


def _vectors_of(needs: Sequence[OpenNeed]) -> Metres:
    vectors: Metres = np.array([_vector(here) for here in map(position_of, needs) if here is not None]).reshape(-1, 3)
    return vectors


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
