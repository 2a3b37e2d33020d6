"""What is offered in a synthetic market, and where: families, towns, sizes."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.markets.towns import towns
from matching.arrays.arrays import Floats, Ints

KM_PER_DEGREE = 111.2

ROOM, HALL, DESK, FURNITURE, VEHICLE, PERSON = range(6)
OFFERED = (0.21, 0.05, 0.10, 0.15, 0.06, 0.43)
"""The share of the offers that each family has."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered: one place each in every array; `unit` is the first of its `span` units, which are equal.

    `size` is what an offer suits: seats of a room, the skill of a person; 0 where it does not matter.
    """

    family: Ints
    town: Ints
    position: Floats
    capacity: Ints
    size: Ints
    span: Ints
    unit: Ints


def draw_offers(count: int, random: Generator) -> Offers:
    family = random.choice(len(OFFERED), count, p=OFFERED)
    family[: len(OFFERED)] = range(len(OFFERED))  # some of each, however small the market
    town, position = places(count, 0.85, random)
    seats = np.rint(random.lognormal(2.6, 0.7, count)).astype(np.int64)
    skill = 1 + kinds_of(6, count, random)
    capacity = np.ones(count, dtype=np.int64)
    capacity[family == DESK] = random.integers(4, 41, count)[family == DESK]
    capacity[family == FURNITURE] = random.integers(10, 201, count)[family == FURNITURE]
    capacity[family == PERSON] = 100
    span = np.where(family == HALL, random.integers(2, 4, count), 1)
    size = np.select([family == ROOM, family == PERSON], [seats, skill], 0)
    return Offers(family, town, position, capacity, size, span, np.cumsum(span) - span)


def places(count: int, power: float, random: Generator) -> tuple[Ints, Floats]:
    """Towns by their share of the people to a power, and places scattered around them, most of them close."""
    position, share = towns()
    weight = share**power
    town = random.choice(len(share), count, p=weight / weight.sum())
    km = random.exponential(12, count)
    angle = random.uniform(0, 2 * np.pi, count)
    north = km * np.cos(angle) / KM_PER_DEGREE
    east = km * np.sin(angle) / KM_PER_DEGREE / np.cos(np.radians(position[town, 0]))
    return town, position[town] + np.column_stack([north, east])


def kinds_of(kinds: int, count: int, random: Generator) -> Ints:
    """Kinds from 0, the first twice as common as the second, three times as common as the third."""
    weight = 1 / np.arange(1, kinds + 1)
    return random.choice(kinds, count, p=weight / weight.sum())
