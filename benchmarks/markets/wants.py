"""What is wanted in a synthetic market: when, for how long, how much, and what it is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.markets.offers import DESK, FURNITURE, HALL, PERSON, ROOM, kinds_of, places
from matching.arrays.arrays import Floats, Ints

DAY = 24 * 60
WEEK = 7 * DAY
WEEKS = 13
WANTED = (0.32, 0.08, 0.16, 0.12, 0.10, 0.22)
"""The share of the needs that each family has."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What is wanted: one place each in every array.

    It takes `load` for each of `amount`, from `start` for `length` minutes, in each of `weeks` weeks, and may start up
    to `starts` - 1 times `shift` minutes later. `whole` wants all parts of a hall.
    """

    family: Ints
    town: Ints
    position: Floats
    value: Ints
    amount: Ints
    parts: Ints
    load: Ints
    start: Ints
    length: Ints
    weeks: Ints
    starts: Ints
    shift: Ints
    size: Ints
    whole: Ints


def draw_wants(count: int, random: Generator) -> Wants:
    family = random.choice(len(WANTED), count, p=WANTED)
    town, position = places(count, 1.0, random)
    start, length, weeks, shift = _times(family, random)
    whole = (family == HALL) & (random.random(count) < 0.35)
    amount = np.where(family == FURNITURE, random.integers(5, 71, count), 1)
    percent = random.choice([20, 40, 50, 60, 80, 100], count, p=[0.15, 0.15, 0.25, 0.1, 0.1, 0.25])
    seats = np.rint(random.lognormal(2.1, 0.7, count)).astype(np.int64)
    skill = 1 + kinds_of(6, count, random)
    load = np.select([family == DESK, family == PERSON], [random.integers(1, 11, count), percent], 1)
    return Wants(
        family=family,
        town=town,
        position=position,
        value=values_of(length * weeks, _much(family, amount, load), random),
        amount=amount,
        parts=np.where(family == FURNITURE, random.integers(1, 4, count), 1),
        load=load,
        start=start,
        length=length,
        weeks=weeks,
        starts=random.choice([1, 2, 3], count, p=[0.4, 0.3, 0.3]),
        shift=shift,
        size=np.select([family == ROOM, family == PERSON], [seats, skill], 0),
        whole=whole.astype(np.int64),
    )


def _times(family: Ints, random: Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Start, length, number of weeks and how much later the next possible start is, in minutes.

    Half of everything wants the same five weeks, on working days.
    """
    count = len(family)
    kind = random.random(count)
    hours = random.integers(2, 9, count) * 60
    days = (np.minimum(random.geometric(0.11, count), 25) - 1) * DAY + 9 * 60
    months = random.integers(2, 19, count) * WEEK
    by_hours = np.isin(family, (ROOM, HALL)) & (kind < 0.15)
    weekly = ((family == ROOM) & (kind > 0.88)) | ((family == HALL) & (kind > 0.6))
    long = np.isin(family, (DESK, FURNITURE, PERSON))
    length = np.select([by_hours | weekly, long], [hours, months], days)
    length[family == FURNITURE] = random.choice([13, 26, 52, 104], count)[family == FURNITURE] * WEEK
    weeks = np.where(weekly, random.integers(3, 11, count), 1)
    week = np.where(random.random(count) < 0.5, random.integers(3, 8, count), random.integers(0, WEEKS, count))
    hour = 8 + np.where(by_hours | weekly, random.integers(0, 1 + np.maximum(0, 9 - hours // 60)), 0)
    start = week * WEEK + random.integers(0, 5, count) * DAY + np.where(long, 0, hour * 60)
    shift = np.select([by_hours, weekly, long], [60, DAY, WEEK], DAY)
    return start, length, weeks, shift


def _much(family: Ints, amount: Ints, load: Ints) -> Floats:
    """How much is wanted, 1 being usual for its family."""
    return np.select([family == DESK, family == FURNITURE, family == PERSON], [load / 4, amount / 16, load / 50], 1.0)


def values_of(minutes: Ints, much: Floats, random: Generator) -> Ints:
    """Points for being served: more for what is urgent, long and much; a few are worth many times the others."""
    count = len(minutes)
    urgency = random.choice([1.0, 1.7, 2.8], count, p=[0.5, 0.35, 0.15])
    rare = np.where(random.random(count) < 0.01, 5, 1)
    long = 1 + np.log2(1 + minutes / DAY) / 3
    points = 100 * urgency * rare * long * (0.5 + 0.5 * much) * random.uniform(0.8, 1.25, count)
    return np.rint(points).astype(np.int64)


def near_each_other(wants: Wants, together: tuple[tuple[int, ...], ...]) -> Wants:
    """Move what goes together to the place and the week of the group's first."""
    if together:
        first = np.array([group[0] for group in together for _ in group[1:]])
        other = np.array([need for group in together for need in group[1:]])
        wants.town[other] = wants.town[first]
        wants.position[other] = wants.position[first]
        wants.start[other] = wants.start[other] % WEEK + wants.start[first] // WEEK * WEEK
    return wants
