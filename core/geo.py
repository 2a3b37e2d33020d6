"""Where things are: positions, distances, municipalities and places, all without the network.

The data and its sources are described in `data/README.md`.
"""

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Protocol, TypeVar

import numpy as np
from geographiclib.geodesic import Geodesic

from core.errors import BadInput
from core.swedish import same_case, swedish_key, without_accents

LATITUDES = (55.0, 69.5)
LONGITUDES = (10.0, 24.5)
"""A box around Sweden, in degrees of WGS84."""
LONGEST_NAME = 80
"""Twice as long as that of any place with its municipality."""


FAR_KM = 25
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Position:
    """A point in Sweden in degrees of WGS84.

    Raises
    ------
    BadInput
        It lies elsewhere or has its two numbers swapped.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if _within(LATITUDES, self.longitude) and _within(LONGITUDES, self.latitude):
            raise BadInput("latitude", self.latitude, f"latitude and longitude are swapped: {self.longitude} is north")
        for field, degrees, limits in (
            ("latitude", self.latitude, LATITUDES),
            ("longitude", self.longitude, LONGITUDES),
        ):
            if not _within(limits, degrees):
                raise BadInput(field, degrees, f"it is outside Sweden: use {limits[0]} to {limits[1]} degrees (WGS84)")


@dataclass(frozen=True, slots=True)
class County:
    """A county (län); the code has two digits."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality (kommun), standing where its seat is; codes have four and two digits."""

    code: str
    name: str
    county_code: str
    county_name: str
    latitude: float
    longitude: float

    @property
    def position(self) -> Position:
        """Where the seat is."""
        return Position(self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class Place:
    """A town or village, or a municipality looked up by name; `population` is None where it is not known."""

    name: str
    municipality: Municipality
    position: Position
    population: int | None = None


def distance_m(a: Position, b: Position) -> float:
    """Return the length of the shortest line over the ellipsoid, in metres."""
    line = Geodesic.WGS84.Inverse(a.latitude, a.longitude, b.latitude, b.longitude, Geodesic.DISTANCE)
    return float(line["s12"])


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Return the 290 municipalities in the order of the Swedish alphabet."""
    rows = (
        Municipality(
            row["code"],
            row["name"],
            row["county_code"],
            row["county_name"],
            float(row["latitude"]),
            float(row["longitude"]),
        )
        for row in _rows("municipalities.csv")
    )
    return tuple(sorted(rows, key=lambda each: swedish_key(each.name)))


@cache
def counties() -> tuple[County, ...]:
    """Return the 21 counties in the order of the Swedish alphabet."""
    found = {County(each.county_code, each.county_name) for each in municipalities()}
    return tuple(sorted(found, key=lambda each: swedish_key(each.name)))


@cache
def places() -> tuple[Place, ...]:
    """Return the places of at least some 500 people in the order of the Swedish alphabet."""
    by_code = _by_code()
    rows = (
        Place(
            row["name"],
            by_code[row["municipality_code"]],
            Position(float(row["latitude"]), float(row["longitude"])),
            int(row["population"]) if row["population"] else None,
        )
        for row in _rows("places.csv")
    )
    return tuple(sorted(rows, key=lambda each: swedish_key(each.name)))


def municipality(code_or_name: str) -> Municipality:
    """Return a municipality by code (`0180`, or `180` as a spreadsheet leaves it) or name (`Lund`, `Lunds kommun`).

    Raises
    ------
    BadInput
        There is none; the reason suggests names that look alike.
    """
    return _municipality(_no_longer_than_names(code_or_name))


@lru_cache(maxsize=2000)
def _municipality(code_or_name: str) -> Municipality:
    found = _by_code().get(code_or_name.strip().zfill(4)) or _municipality_named(code_or_name)
    if found is None:
        hint = _hint(code_or_name, municipalities())
        raise BadInput("municipality", code_or_name, f"there is no such municipality in Sweden: {hint}")
    return found


def place(name: str) -> Place:
    """Return where a name is: the seat of the municipality of that name, else the place of that name.

    A name that several places bear is told apart by its municipality, as in `Storvik, Sandviken`; of two in the same
    municipality it is the larger.

    Raises
    ------
    BadInput
        There is no such place (the reason suggests names that look alike), or there are several.
    """
    return _place(_no_longer_than_names(name))


@lru_cache(maxsize=2000)
def _place(name: str) -> Place:
    text, _, within = name.partition(",")
    whole = None if within else _municipality_named(text)
    if whole is not None:
        return Place(whole.name, whole, whole.position)
    found = _named(text, places())
    if within:
        there = [each for each in found if each.municipality == municipality(within)]
        found = sorted(there, key=lambda each: each.population or 0)[-1:]
    if len(found) > 1:
        choices = "; ".join(f"{each.name}, {each.municipality.name}" for each in found)
        raise BadInput("place", name, f"there are several: write one of {choices}")
    if not found:
        hint = _hint(text, (*municipalities(), *places()))
        raise BadInput("place", name, f"there is no such place in our list of Sweden: {hint}")
    return found[0]


def _no_longer_than_names(text: str) -> str:
    """Return a text cut where no name goes on, as searching for what looks like it takes time, and so does keeping."""
    return text[:LONGEST_NAME]


def check_within(code: str, position: Position) -> None:
    """Refuse a position that cannot be in a municipality: far from all of its places, and near one of another.

    Where its border runs is not known here, so only what lies in another part of the country is refused: at least
    `FAR_KM` from the nearest of its places of some 500 people, and four times as near to one of another municipality.
    """
    codes, latitudes, longitudes = _points()
    north = (latitudes - position.latitude) * KM_PER_DEGREE
    east = (longitudes - position.longitude) * KM_PER_DEGREE * np.cos(np.radians(position.latitude))
    km = np.hypot(north, east)
    nearest = int(km.argmin())
    own = float(km[codes == code].min())
    if own >= FAR_KM and 4 * km[nearest] <= own:
        names = _by_code()
        own_name, other_name = names[code].name, names[str(codes[nearest])].name
        raise BadInput(
            "latitude",
            position.latitude,
            f"it lies some {own:.0f} km from {own_name}, in or near {other_name}: correct it or the municipality",
        )


@cache
def _points() -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """Return codes of municipalities, latitudes and longitudes of their seats and places."""
    found = [(each.code, each.position) for each in municipalities()]
    found += [(each.municipality.code, each.position) for each in places()]
    codes, positions = zip(*found, strict=True)
    return np.array(codes), np.array([at.latitude for at in positions]), np.array([at.longitude for at in positions])


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _named(text: str, things: Iterable[N]) -> list[N]:
    """Return what has this name; only if nothing has, what is called so but for accents and hyphens."""
    things = list(things)
    exact = [each for each in things if same_case(each.name) == same_case(text)]
    return exact or [each for each in things if _loose(each.name) == _loose(text)]


def _municipality_named(text: str) -> Municipality | None:
    """Return a municipality by its name or its official name, such as `Lunds kommun` and `Region Gotland`."""
    short = same_case(text).removeprefix("region ").removesuffix(" kommun").removesuffix(" stad")
    spellings = [short] if short == same_case(text) else [short, short.removesuffix("s")]
    found = (each for spelling in spellings for each in _named(spelling, municipalities()))
    return next(found, None)


def _loose(text: str) -> str:
    return without_accents(same_case(text)).replace("-", " ")


def _hint(text: str, things: Iterable[_Named]) -> str:
    names = {_loose(each.name): each.name for each in things}
    alike = difflib.get_close_matches(_loose(text), names, n=3)
    return f"did you mean {', '.join(names[each] for each in alike)}?" if alike else "use the name of a municipality"


@cache
def _by_code() -> dict[str, Municipality]:
    return {each.code: each for each in municipalities()}


def _rows(name: str) -> list[dict[str, str]]:
    with files("core").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _within(limits: tuple[float, float], degrees: float) -> bool:
    return limits[0] <= degrees <= limits[1]
