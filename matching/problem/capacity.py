"""How much of a unit is taken when, by a plain sweep over every moment something changes.

Used where a given set of matches is judged (fixed sets, the checker, reasons). The solver has its own rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matching.problem.needs import Match, Option
from matching.problem.units import Interval, Unit


@dataclass(frozen=True, slots=True)
class Taking:
    """An amount of a unit taken by a match during one interval."""

    match: Match
    amount: int
    during: Interval


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of time during which neither the unit's capacity nor what is taken of it changes."""

    during: Interval
    capacity: int
    load: int
    takings: tuple[Taking, ...]


def takings_by_unit(taken: Iterable[tuple[Match, Option]]) -> dict[str, list[Taking]]:
    """What the matches take of each unit."""
    by_unit: dict[str, list[Taking]] = {}
    for match, option in taken:
        for claim in option.claims:
            of_unit = by_unit.setdefault(claim.unit, [])
            amount = claim.amount * match.amount
            of_unit.extend(Taking(match, amount, interval) for interval in claim.during)
    return by_unit


def levels(unit: Unit, takings: Sequence[Taking]) -> Iterator[Level]:
    """Every stretch during which something is taken of the unit, in order of time."""
    starting: dict[int, list[Taking]] = {}
    for taking in takings:
        starting.setdefault(taking.during.start, []).append(taking)
    capacity_from = _capacity_from(unit)
    capacity = unit.capacity if unit.available is None else 0
    active: list[Taking] = []
    for start, end in pairwise(sorted({*capacity_from, *starting, *(taking.during.end for taking in takings)})):
        capacity = capacity_from.get(start, capacity)
        active = [taking for taking in active if taking.during.end > start] + starting.get(start, [])
        if active:
            load = sum(taking.amount for taking in active)
            yield Level(Interval(start, end), capacity, load, tuple(active))


def overloads(unit: Unit, takings: Sequence[Taking]) -> list[Level]:
    """The stretches during which more is taken than there is."""
    return [level for level in levels(unit, takings) if level.load > level.capacity]


def _capacity_from(unit: Unit) -> dict[int, int]:
    """The capacity from each moment on at which it may change."""
    pieces = unit.available or ()
    return {piece.end: 0 for piece in pieces} | {piece.start: piece.capacity for piece in pieces}
