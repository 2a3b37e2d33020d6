"""What many offers are like, in columns: what `suiting` says of one offer, said of all of them at once.

The rules themselves stand with the families (`resources.suitability`, `competence.suitability`). A test holds the two
together for any facts and any requirements.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from competence.facts import StaffFacts
from competence.requirements import StaffRequirements
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.snapshot.calendar import Mask
from marketplace.planning.snapshot.snapshot import OpenOffer
from resources.facts import FurnitureFacts, SpaceFacts, VehicleFacts
from resources.models import Family
from resources.requirements import FurnitureRequirements, SpaceRequirements, VehicleRequirements
from resources.suitability import longest_km, may_drive
from resources.vocabulary import SpaceKind

Shares = NDArray[np.float64]
F = TypeVar("F", SpaceFacts, FurnitureFacts, VehicleFacts, StaffFacts)


class Qualities(Protocol):
    """What the offers in some rows are like, beside what a need asks for."""

    def is_large_enough(self, asked: Any, rows: Rows) -> Mask:
        """Tell which have the size: all must-haves of `Step.SIZE`."""

    def suits(self, asked: Any, rows: Rows) -> Mask:
        """Tell which meet all other must-haves."""

    def should_share(self, asked: Any, rows: Rows) -> Shares:
        """Return the share of the should-haves that each meets."""

    def oversize(self, asked: Any, rows: Rows) -> Shares:
        """Return the share of each that nobody asked for."""


class _Sets:
    """Who has what: for each thing a column."""

    def __init__(self, of_rows: Sequence[Collection[str]]) -> None:
        self._none = np.zeros(len(of_rows), np.bool_)
        self._columns: dict[str, Mask] = {}
        for row, things in enumerate(of_rows):
            for thing in things:
                self._columns.setdefault(thing, self._none.copy())[row] = True

    def have(self, thing: str, rows: Rows) -> Mask:
        """Tell which rows have a thing."""
        return self._columns.get(thing, self._none)[rows]


class SpaceQualities:
    """Seats, equipment and access."""

    def __init__(self, offers: Sequence[OpenOffer]) -> None:
        facts = _facts(offers, SpaceFacts)
        self._seats = np.array([each.seats for each in facts], np.int64)
        self._equipment = _Sets([each.equipment for each in facts])
        self._access = _Sets([each.access for each in facts])
        self._by_the_seat = np.array([each.kind == SpaceKind.DESK_POOL for each in offers], np.bool_)

    def is_large_enough(self, asked: SpaceRequirements, rows: Rows) -> Mask:
        """As many seats as people."""
        return self._seats[rows] >= asked.people

    def suits(self, asked: SpaceRequirements, rows: Rows) -> Mask:
        """All of the equipment and the access."""
        equipped = (self._equipment.have(thing, rows) for thing in asked.equipment_must)
        reached = (self._access.have(way, rows) for way in asked.access_must)
        return _all((*equipped, *reached), rows)

    def should_share(self, asked: SpaceRequirements, rows: Rows) -> Shares:
        """Of equipment and access together."""
        wanted = asked.equipment_should | asked.access_should
        return _share((self._equipment.have(each, rows) | self._access.have(each, rows) for each in wanted), rows)

    def oversize(self, asked: SpaceRequirements, rows: Rows) -> Shares:
        """Seats that stay empty, unless others can have them."""
        return np.where(self._by_the_seat[rows], 0.0, _oversize(self._seats[rows], asked.people))


class FurnitureQualities:
    """Sides and condition."""

    def __init__(self, offers: Sequence[OpenOffer]) -> None:
        facts = _facts(offers, FurnitureFacts)
        self._condition = np.array([each.condition for each in facts], np.int64)
        self._width_cm = _or_infinite(each.width_cm for each in facts)
        self._depth_cm = _or_infinite(each.depth_cm for each in facts)
        self._height_cm = _or_infinite(each.height_cm for each in facts)

    def is_large_enough(self, asked: FurnitureRequirements, rows: Rows) -> Mask:
        """Small enough, rather: what does not say how large it is, is not."""
        sides = (
            (self._width_cm, asked.max_width_cm),
            (self._depth_cm, asked.max_depth_cm),
            (self._height_cm, asked.max_height_cm),
        )
        return _all([found[rows] <= most for found, most in sides if most is not None], rows)

    def suits(self, asked: FurnitureRequirements, rows: Rows) -> Mask:
        """In good enough condition."""
        return self._condition[rows] >= asked.min_condition

    def should_share(self, _asked: FurnitureRequirements, rows: Rows) -> Shares:
        """There are no wishes."""
        return np.ones(len(rows))

    def oversize(self, _asked: FurnitureRequirements, rows: Rows) -> Shares:
        """What is left over, others can have."""
        return np.zeros(len(rows))


class VehicleQualities:
    """Seats, towing, range, licence and fuel."""

    def __init__(self, offers: Sequence[OpenOffer]) -> None:
        facts = _facts(offers, VehicleFacts)
        self._seats = np.array([each.seats for each in facts], np.int64)
        self._towing_kg = np.array([each.towing_kg for each in facts], np.int64)
        self._longest_km = np.array([longest_km(each) for each in facts], np.float64)
        self._licences = _Sets([{each.licence_class} for each in facts])
        self._fuels = _Sets([{each.fuel} for each in facts])
        self._needed = {each.licence_class for each in facts}

    def is_large_enough(self, asked: VehicleRequirements, rows: Rows) -> Mask:
        """Enough seats, and it can tow so much."""
        return (self._seats[rows] >= asked.seats) & (self._towing_kg[rows] >= asked.towing_kg)

    def suits(self, asked: VehicleRequirements, rows: Rows) -> Mask:
        """It goes so far, and the driver may drive it."""
        allowed = [each for each in self._needed if may_drive(asked.licence_classes, each)]
        driven = _any((self._licences.have(each, rows) for each in allowed), rows)
        return driven if asked.min_range_km is None else driven & (self._longest_km[rows] >= asked.min_range_km)

    def should_share(self, asked: VehicleRequirements, rows: Rows) -> Shares:
        """One of the fuels is welcome."""
        if not asked.fuel_should:
            return np.ones(len(rows))
        return _any((self._fuels.have(each, rows) for each in asked.fuel_should), rows).astype(np.float64)

    def oversize(self, asked: VehicleRequirements, rows: Rows) -> Shares:
        """Seats that stay empty."""
        return _oversize(self._seats[rows], asked.seats)


class StaffQualities:
    """Skills with their levels, and languages."""

    def __init__(self, offers: Sequence[OpenOffer]) -> None:
        facts = _facts(offers, StaffFacts)
        self._languages = _Sets([each.languages for each in facts])
        self._unskilled = np.zeros(len(facts), np.int8)
        self._levels: dict[str, NDArray[np.int8]] = {}
        for row, each in enumerate(facts):
            for code, level in each.skills.items():
                self._levels.setdefault(code, self._unskilled.copy())[row] = level

    def is_large_enough(self, _asked: StaffRequirements, rows: Rows) -> Mask:
        """How much of a person is left is a matter of capacity."""
        return np.ones(len(rows), np.bool_)

    def suits(self, asked: StaffRequirements, rows: Rows) -> Mask:
        """All skills at their level, and all languages."""
        skilled = (self._reach(code, level, rows) for code, level in asked.skills_must.items())
        spoken = (self._languages.have(each, rows) for each in asked.languages)
        return _all((*skilled, *spoken), rows)

    def should_share(self, asked: StaffRequirements, rows: Rows) -> Shares:
        """Of the skills that are wished for."""
        return _share((self._reach(code, level, rows) for code, level in asked.skills_should.items()), rows)

    def oversize(self, _asked: StaffRequirements, rows: Rows) -> Shares:
        """Others can have the rest of a person's time."""
        return np.zeros(len(rows))

    def _reach(self, code: str, level: int, rows: Rows) -> Mask:
        return self._levels.get(code, self._unskilled)[rows] >= level


QUALITIES: dict[Family, Callable[[Sequence[OpenOffer]], Qualities]] = {
    Family.SPACE: SpaceQualities,
    Family.FURNITURE: FurnitureQualities,
    Family.VEHICLE: VehicleQualities,
    Family.STAFF: StaffQualities,
}


def _facts(offers: Sequence[OpenOffer], kind: type[F]) -> list[F]:
    """The facts of offers, which are all of one kind."""
    facts = [each.facts for each in offers if isinstance(each.facts, kind)]
    if len(facts) < len(offers):
        raise TypeError(f"offers of one family have other facts than {kind.__name__}")
    return facts


def _all(masks: Iterable[Mask], rows: Rows) -> Mask:
    found = np.ones(len(rows), np.bool_)
    for mask in masks:
        found &= mask
    return found


def _any(masks: Iterable[Mask], rows: Rows) -> Mask:
    found = np.zeros(len(rows), np.bool_)
    for mask in masks:
        found |= mask
    return found


def _share(masks: Iterable[Mask], rows: Rows) -> Shares:
    met = list(masks)
    return np.sum(met, axis=0) / len(met) if met else np.ones(len(rows))


def _oversize(seats: NDArray[np.int64], people: int) -> Shares:
    return np.maximum(0, seats - people) / seats


def _or_infinite(sides: Iterable[int | None]) -> Shares:
    return np.array([np.inf if side is None else side for side in sides], np.float64)
