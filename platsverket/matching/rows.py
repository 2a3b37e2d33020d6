"""Capacity as rows: what the columns may take of a unit together, at the overlaps that matter.

The claims on one unit form an interval graph. A set of claims that holds at some moment is a clique of it, and only
the largest cliques bind: while claims only begin and the capacity only falls, the last moment says it all. So a row
is kept at each such peak, not for each minute or pair (the consecutive-ones property of interval graphs).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from platsverket.matching.columns import Column
from platsverket.matching.problem import Problem
from platsverket.matching.unit import Unit


@dataclass(frozen=True, slots=True)
class Row:
    """Σ load × amount taken, over the columns with a load, is at most the capacity."""

    capacity: int
    loads: dict[int, int]


def rows_of(problem: Problem, columns: list[Column]) -> list[Row]:
    """The rows of every unit, with what the fixed matches take already gone from the capacity."""
    timelines = {unit.id: _Timeline(unit) for unit in problem.units}
    for match in problem.fixed:
        for claim in problem.option_of[match.need, match.option].claims:
            for interval in claim.during:
                timelines[claim.unit].gain(interval.start, interval.end, -claim.amount * match.amount)
    for index, column in enumerate(columns):
        for claim in column.option.claims:
            for interval in claim.during:
                timelines[claim.unit].claim(interval.start, interval.end, index, claim.amount)
    return [row for timeline in timelines.values() for row in undominated(list(timeline.peaks()))]


class _Timeline:
    """What changes on one unit, by moment: capacity gained, claims (column, load) that begin and that end."""

    def __init__(self, unit: Unit) -> None:
        self.capacity = unit.capacity if unit.available is None else 0
        self.gains: dict[int, int] = {}
        self.begins: dict[int, list[tuple[int, int]]] = {}
        self.ends: dict[int, list[tuple[int, int]]] = {}
        for piece in unit.available or ():
            self.gain(piece.start, piece.end, piece.capacity)

    def gain(self, start: int, end: int, amount: int) -> None:
        self.gains[start] = self.gains.get(start, 0) + amount
        self.gains[end] = self.gains.get(end, 0) - amount

    def claim(self, start: int, end: int, column: int, load: int) -> None:
        self.begins.setdefault(start, []).append((column, load))
        self.ends.setdefault(end, []).append((column, load))

    def peaks(self) -> Iterator[Row]:
        """A row at each moment after which a claim ends or the capacity rises, if it was not so since the last."""
        capacity, loads, tighter = self.capacity, dict[int, int](), False
        for moment in sorted({*self.gains, *self.begins, *self.ends}):
            begins, ends, gain = self.begins.get(moment, ()), self.ends.get(moment, ()), self.gains.get(moment, 0)
            if tighter and loads and (ends or gain > 0):
                yield Row(capacity, dict(loads))
                tighter = False
            _unload(loads, ends)
            capacity += gain
            for column, load in begins:
                loads[column] = loads.get(column, 0) + load
            tighter = tighter or bool(begins) or gain < 0


def _unload(loads: dict[int, int], ends: Iterable[tuple[int, int]]) -> None:
    for column, load in ends:
        loads[column] -= load
        if not loads[column]:
            del loads[column]


def undominated(rows: list[Row]) -> list[Row]:
    """The rows that no other row implies by loading every column at least as much within no more capacity."""
    rows_with: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        for column in row.loads:
            rows_with.setdefault(column, []).append(index)
    kept = []
    for index, row in enumerate(rows):
        rarest = min((rows_with[column] for column in row.loads), key=len)
        if not any(_implied(row, index, rows[other], other) for other in rarest):
            kept.append(row)
    return kept


def _implied(row: Row, index: int, other: Row, position: int) -> bool:
    """Whether the other row makes this one needless; of two equal rows the first stays."""
    if index == position or other.capacity > row.capacity or len(other.loads) < len(row.loads):
        return False
    if any(other.loads.get(column, 0) < load for column, load in row.loads.items()):
        return False
    return position < index or other != row
