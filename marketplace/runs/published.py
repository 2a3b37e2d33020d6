"""What a run's proposals came to in all, told of it ever after: how far away, and the points by criterion."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.runs.reasons import LineReasons


@dataclass(frozen=True)
class Published:
    """The mean distance in metres, None where none is known, and the points of all lines by criterion."""

    distance_m: float | None
    points: dict[str, int]


def published(lines: Iterable[LineReasons]) -> Published:
    """Add up the reasons of all lines that a run publishes."""
    metres, points = list[float](), Counter[str]()
    for line in lines:
        points.update(line.by_term)
        if line.metres is not None:
            metres.append(line.metres)
    return Published(sum(metres) / len(metres) if metres else None, dict(points))
