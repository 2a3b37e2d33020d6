"""Generalised assignment: the sets of OR-Library and of Yagiura, Yamaguchi and Ibaraki."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.experiments.assignments import as_arrays, worth_of_a_job
from matching.arrays.arrays import Arrays, Ints

KNOWN = Path(__file__).with_name("known.csv")
SIZES_OF_TYPES_A_TO_D = ((5, 100), (5, 200), (10, 100), (10, 200), (20, 100), (20, 200))


@dataclass(frozen=True, slots=True)
class Known:
    """The best plan and the best bound in the literature; `most` where the instance is maximised."""

    most: bool
    best: int
    bound: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Points and loads (agents, jobs) and capacities (agents); `points` are profits where `most`, else costs."""

    name: str
    points: Ints
    load: Ints
    capacity: Ints
    most: bool

    def arrays(self) -> Arrays:
        """As a market in which each job is worth so much that the best plan assigns all of them, if that can be."""
        return as_arrays(self.name, self.load, self._cost, self.capacity)

    def points_of(self, worth: float, served: int) -> float:
        """What a plan's worth in the market is in points of the instance: the cost or profit of the served jobs."""
        cost = worth_of_a_job(self._cost) * served - worth
        return int(self.points.max()) * served - cost if self.most else cost

    @property
    def _cost(self) -> Ints:
        return self.points.max() - self.points if self.most else self.points


def known() -> dict[str, Known]:
    """By instance. `gap1` to `gap12` from OR-Library; the others collected from the papers that docs name."""
    with KNOWN.open(encoding="utf-8") as file:
        return {
            row["instance"]: Known(row["sense"] == "most", int(row["best"]), int(row["bound"]))
            for row in csv.DictReader(file)
        }


def read(path: Path) -> Iterator[Assignment]:
    """The instances of a file: one alone, or (as in OR-Library) their number and one after another."""
    numbers = np.array(path.read_text(encoding="ascii").split(), dtype=np.int64)
    name = path.name.removesuffix(".txt")
    if len(numbers) == _length(numbers):
        yield _assignment(name, numbers)
        return
    place = 1
    for position in range(numbers[0]):
        of_one = numbers[place : place + _length(numbers[place:])]
        yield _assignment(_name(name, position), of_one)
        place += len(of_one)


def _length(numbers: Ints) -> int:
    agents, jobs = numbers[:2].tolist()
    return int(2 + 2 * agents * jobs + agents)


def _name(file: str, position: int) -> str:
    if file in {"gapa", "gapb", "gapc", "gapd"}:
        agents, jobs = SIZES_OF_TYPES_A_TO_D[position]
        return f"{file[-1]}{agents:02}{jobs}"
    return f"{file}-{position + 1}"


def _assignment(name: str, numbers: Ints) -> Assignment:
    agents, jobs = numbers[:2].tolist()
    points, load = numbers[2 : 2 + 2 * agents * jobs].reshape(2, agents, jobs)
    return Assignment(name, points, load, numbers[2 + 2 * agents * jobs :], most=name.startswith("gap"))
