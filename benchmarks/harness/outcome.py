"""What a contestant has to show for itself."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from matching.arrays.arrays import Ints

Point = tuple[float, float, float]
"""Seconds since the start, the best worth and the best bound until then."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A worth that no plan can exceed (infinity: none known), and a plan: rows [option, amount], None without one."""

    bound: float
    taken: Ints | None
    progress: list[Point] = field(default_factory=list)


class ProgressLog:
    """Writes down what is found when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.points: list[Point] = []
        self._clock = clock
        self._started = clock()

    def seconds(self) -> float:
        """Since the start."""
        return self._clock() - self._started

    def add(self, value: float, bound: float = math.inf) -> None:
        """A better plan or bound, now."""
        self.points.append((round(self.seconds(), 3), value, bound))
