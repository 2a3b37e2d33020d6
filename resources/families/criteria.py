"""What is asked of a thing, as criteria on columns of facts: the one rule for one thing and for a hundred thousand.

A criterion compares a field of a need's requirements with a fact. It gives one mask for each thing that is asked:
as a must-have all of them have to hold, as a should-have the share of them scores.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from resources.families.field_spec import number_of

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Reader = Callable[[Any], Any]
"""Reads something off facts where it is not a field of theirs."""


class FactColumns:
    """The facts of many things of one family, a column for each fact that is asked about; a row is a position."""

    def __init__(self, facts: Sequence[Any]) -> None:
        self._facts = facts
        self._numbers: dict[tuple[object, float], Numbers] = {}
        self._sets: dict[str, dict[Any, Mask]] = {}
        self._levels: dict[str, dict[str, NDArray[np.int8]]] = {}

    def __len__(self) -> int:
        return len(self._facts)

    def numbers(self, fact: str | Reader, missing: float) -> Numbers:
        """Return a fact that is a number or a date, (things,)."""
        key = (fact, missing)
        if key not in self._numbers:
            read = _reader(fact)
            values = [number_of(read(each), missing) for each in self._facts]
            self._numbers[key] = np.array(values, np.float64)
        return self._numbers[key]

    def values(self, fact: str) -> Mapping[Any, Mask]:
        """Return which things have each of the values that a fact takes; a set of values counts for each in it."""
        if fact not in self._sets:
            found: dict[Any, Mask] = {}
            for row, each in enumerate(self._facts):
                value = getattr(each, fact)
                for one in value if isinstance(value, Set | tuple) else (value,):
                    found.setdefault(one, np.zeros(len(self._facts), np.bool_))[row] = True
            self._sets[fact] = found
        return self._sets[fact]

    def have(self, fact: str, value: Any, rows: Rows) -> Mask:
        """Tell which rows have a value, (rows,)."""
        found = self.values(fact).get(value)
        return np.zeros(len(rows), np.bool_) if found is None else found[rows]

    def levels(self, fact: str, code: str) -> NDArray[np.int8]:
        """Return the level that each thing has of a code, 0 where it has none, (things,)."""
        if fact not in self._levels:
            found: dict[str, NDArray[np.int8]] = {}
            for row, each in enumerate(self._facts):
                for one, level in getattr(each, fact).items():
                    found.setdefault(one, np.zeros(len(self._facts), np.int8))[row] = level
            self._levels[fact] = found
        return self._levels[fact].get(code, np.zeros(len(self._facts), np.int8))


class Criterion(Protocol):
    """One thing asked, in the field `asked` of the requirements.

    `size` says whether it is about the thing's size, which is looked at first. What is `droppable` may be done
    without; all else is what makes the thing usable at all, or less is asked of it instead.
    """

    @property
    def asked(self) -> str: ...
    @property
    def size(self) -> bool: ...
    @property
    def droppable(self) -> bool: ...

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield which rows, (rows,), have each of the things that the requirements' field asks for."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A number or date that is at least what is asked; what does not tell it counts as `missing`."""

    fact: str | Reader
    asked: str
    size: bool = False
    droppable: bool = True
    missing: float = -inf

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield one mask, or none where nothing is asked."""
        if wanted is not None:
            yield columns.numbers(self.fact, self.missing)[rows] >= number_of(wanted, 0)


@dataclass(frozen=True, slots=True)
class AtMost:
    """A number that is at most what is asked; what does not tell how large it is, is too large."""

    fact: str | Reader
    asked: str
    size: bool = False
    droppable: bool = True

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield one mask, or none where nothing is asked."""
        if wanted is not None:
            yield columns.numbers(self.fact, inf)[rows] <= number_of(wanted, 0)


@dataclass(frozen=True, slots=True)
class Has:
    """A set that has everything asked."""

    fact: str
    asked: str
    size: bool = False
    droppable: bool = True

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield a mask for each thing."""
        return (columns.have(self.fact, each, rows) for each in wanted)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is one of those asked, where any are."""

    fact: str
    asked: str
    size: bool = False
    droppable: bool = True

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield one mask, or none where nothing is asked."""
        if wanted:
            yield _any((columns.have(self.fact, each, rows) for each in wanted), rows)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A value that those who ask may handle by what they have, as `allows(have, value)` says."""

    fact: str
    asked: str
    allows: Callable[[Any, Any], bool]
    size: bool = False
    droppable: bool = False

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield one mask."""
        fine = (value for value in columns.values(self.fact) if self.allows(wanted, value))
        yield _any((columns.have(self.fact, each, rows) for each in fine), rows)


@dataclass(frozen=True, slots=True)
class Levels:
    """Everything asked, each at its level or above."""

    fact: str
    asked: str
    size: bool = False
    droppable: bool = True

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield a mask for each thing."""
        return (columns.levels(self.fact, code)[rows] >= level for code, level in wanted.items())


@dataclass(frozen=True, slots=True)
class Is:
    """Something that is so, where it is asked for."""

    fact: str
    asked: str
    size: bool = False
    droppable: bool = True

    def masks(self, wanted: Any, columns: FactColumns, rows: Rows) -> Iterator[Mask]:
        """Yield one mask, or none where it is not asked for."""
        if wanted:
            yield columns.have(self.fact, True, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What many ask by one criterion, and what meets it. Those who ask alike share a line.

    `wanted` says which line each of them has, (requirements,); `asked` how many things are asked in it, (lines,); `met`
    how many of these each thing has, (lines, things).
    """

    wanted: Rows
    asked: Rows
    met: NDArray[np.int16]


def counts_met(criterion: Criterion, requirements: Sequence[Any], columns: FactColumns) -> Counts:
    """Hold all things against what many requirements ask by one criterion."""
    values = [getattr(each, criterion.asked) for each in requirements]
    keys = [frozenset(value.items()) if isinstance(value, Mapping) else value for value in values]
    line_of = {key: line for line, key in enumerate(dict.fromkeys(keys))}
    lines = dict(zip(keys, values, strict=True))
    rows, asked = np.arange(len(columns)), np.zeros(len(line_of), np.int64)
    met = np.zeros((len(line_of), len(columns)), np.int16)
    for key, line in line_of.items():
        for mask in criterion.masks(lines[key], columns, rows):
            asked[line] += 1
            met[line] += mask
    return Counts(np.array([line_of[key] for key in keys], np.int64), asked, met)


def _reader(fact: str | Reader) -> Reader:
    return (lambda facts: getattr(facts, fact)) if isinstance(fact, str) else fact


def _any(masks: Iterator[Mask], rows: Rows) -> Mask:
    found = np.zeros(len(rows), np.bool_)
    for mask in masks:
        found |= mask
    return found
