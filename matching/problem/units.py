"""What can be taken, and when: units with a capacity over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matching.problem.errors import ProblemError
from matching.problem.validation import LARGEST, LARGEST_EXACT, check_name, check_number, check_whole

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The half-open time `[start, end)` in whole minutes since the caller's epoch; never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        _check_times(self.start, self.end)


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A time `[start, end)` during which a unit has this much capacity; 0 closes it."""

    start: int
    end: int
    capacity: int

    def __post_init__(self) -> None:
        _check_times(self.start, self.end)
        check_whole("capacity", self.capacity, 0, LARGEST)


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that can be claimed: a room 1, a desk pool 12, a person 100 percent.

    Without `available` the capacity holds always; with it, only in the pieces, and is 0 outside them.
    `position` is WGS84 latitude and longitude, and changes nothing about what is allowed.
    """

    id: str
    capacity: int
    available: tuple[Piece, ...] | None = None
    position: Position | None = None

    def __post_init__(self) -> None:
        check_name("id", self.id)
        check_whole("capacity", self.capacity, 1, LARGEST)
        if self.available is not None:
            check_apart("available", self.available)
            self._check_pieces_within_capacity(self.available)
        if self.position is not None:
            _check_position(self.position)

    def _check_pieces_within_capacity(self, available: tuple[Piece, ...]) -> None:
        for position, piece in enumerate(available):
            if piece.capacity > self.capacity:
                where = f"available[{position}].capacity"
                raise ProblemError(where, f"{piece.capacity} is more than the unit's capacity {self.capacity}")


def check_apart(where: str, times: Sequence[Interval] | Sequence[Piece]) -> None:
    """Refuse times that overlap; they may touch and stand in any order."""
    order = sorted(range(len(times)), key=lambda position: (times[position].start, times[position].end))
    for earlier, later in pairwise(order):
        if times[later].start < times[earlier].end:
            one, other = times[earlier], times[later]
            raise ProblemError(f"{where}[{later}]", f"[{other.start}, {other.end}) overlaps [{one.start}, {one.end})")


def _check_times(start: int, end: int) -> None:
    check_whole("start", start, -LARGEST_EXACT, LARGEST_EXACT)
    check_whole("end", end, -LARGEST_EXACT, LARGEST_EXACT)
    if end <= start:
        raise ProblemError("end", f"{end} is not after the start {start}")


def _check_position(position: Position) -> None:
    if len(position) != 2:
        raise ProblemError("position", f"{position!r} is not a latitude and a longitude")
    check_number("position[0]", position[0], -90, 90)
    check_number("position[1]", position[1], -180, 180)
