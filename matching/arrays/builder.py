"""Arrays that grow by some units or needs at a time, so that never all of them are Python objects."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import UnsetType

from matching.arrays.arrays import Arrays, Ints, Names
from matching.arrays.structs import AnyClaim, AnyNeed, AnyOption, AnyPiece, AnyTime, AnyUnit

UNKNOWN = -1
"""The position of a unit that there is not."""


@dataclass(frozen=True, slots=True)
class Times:
    """Intervals or pieces in a row; `of` is the position of the claim or unit that each belongs to."""

    of: Ints
    start: Ints
    end: Ints

    def apart(self) -> bool:
        """Whether each ends after its start, and none overlaps another of the same claim or unit."""
        order = np.lexsort((self.start, self.of))
        of, start, end = self.of[order], self.start[order], self.end[order]
        overlaps = (of[1:] == of[:-1]) & (start[1:] < end[:-1])
        return not (np.any(end <= start) or np.any(overlaps))


def times(holders: Sequence[Sequence[AnyTime]]) -> Times:
    """The times of every holder."""
    held = [time for times in holders for time in times]
    return Times(
        of=np.repeat(np.arange(len(holders)), [len(times) for times in holders]),
        start=_ints([time.start for time in held]),
        end=_ints([time.end for time in held]),
    )


@dataclass(frozen=True, slots=True)
class SomeUnits:
    """Units and their pieces."""

    units: Sequence[AnyUnit]
    pieces: Times

    @classmethod
    def of(cls, units: Sequence[AnyUnit]) -> "SomeUnits":
        """These units."""
        return cls(units, times([available(unit) or () for unit in units]))


@dataclass(frozen=True, slots=True)
class SomeNeeds:
    """Needs, all of their options, all of the claims of those, and all of the times of those.

    `limits` has the `max` of every option, 0 for none, and `units` the unit of every claim.
    """

    needs: Sequence[AnyNeed]
    options: list[AnyOption]
    option_ids: list[str]
    limits: list[int]
    claims: list[AnyClaim]
    units: list[str]
    during: Times

    @classmethod
    def of(cls, needs: Sequence[AnyNeed]) -> "SomeNeeds":
        """These needs."""
        options: list[AnyOption] = [option for need in needs for option in need.options]
        claims: list[AnyClaim] = [claim for option in options for claim in option.claims]
        return cls(
            needs=needs,
            options=options,
            option_ids=[option.id for option in options],
            limits=[option.max or 0 for option in options],
            claims=claims,
            units=[claim.unit for claim in claims],
            during=times([claim.during for claim in claims]),
        )


class GrowingArrays:
    """Units first, then needs; what is not needed again of them can be forgotten after it was added."""

    def __init__(self) -> None:
        self.unit_at: dict[str, int] = {}
        self._unit_ids, self._need_ids, self._option_ids = Names(), Names(), Names()
        self._capacity, self._pieces, self._position = array("q"), array("q"), array("d")
        self._value, self._amount, self._parts, self._options = array("q"), array("q"), array("q"), array("q")
        self._score, self._most = array("q"), array("q")
        self._claim_option, self._claim_unit, self._claim_load = array("q"), array("q"), array("q")
        self._claim_start, self._claim_end = array("q"), array("q")

    def add_units(self, some: SomeUnits) -> None:
        """Add units at the end."""
        first = len(self._unit_ids)
        ids = [unit.id for unit in some.units]
        self.unit_at |= {id_: first + position for position, id_ in enumerate(ids)}
        self._unit_ids.extend(ids)
        self._capacity.extend([unit.capacity if available(unit) is None else 0 for unit in some.units])
        capacity = [piece.capacity for unit in some.units for piece in available(unit) or ()]
        rows = np.column_stack([some.pieces.of + first, some.pieces.start, some.pieces.end, capacity])
        _append(self._pieces, rows.astype(np.int64))
        self._position.extend([degrees for unit in some.units for degrees in unit.position or (np.nan, np.nan)])

    def add_needs(self, some: SomeNeeds) -> None:
        """Add needs at the end, with their options and claims."""
        first, needs = len(self._option_ids), some.needs
        self._need_ids.extend([need.id for need in needs])
        self._value.extend([need.value for need in needs])
        self._amount.extend([need.amount for need in needs])
        self._parts.extend([need.parts or 1 for need in needs])
        self._options.extend([len(need.options) for need in needs])
        self._option_ids.extend(some.option_ids)
        self._score.extend([option.score for option in some.options])
        limits, amounts = _ints(some.limits), _ints([need.amount for need in needs for _ in need.options])
        _append(self._most, np.where(limits > 0, np.minimum(limits, amounts), amounts))
        claims = [len(option.claims) for option in some.options]
        option_of = np.repeat(np.arange(first, first + len(claims)), claims)
        unit_of = _ints([self.unit_at.get(unit, UNKNOWN) for unit in some.units])
        load_of = _ints([claim.amount for claim in some.claims])
        _append(self._claim_option, option_of[some.during.of])
        _append(self._claim_unit, unit_of[some.during.of])
        _append(self._claim_load, load_of[some.during.of])
        _append(self._claim_start, some.during.start)
        _append(self._claim_end, some.during.end)

    def arrays(self, name: str, seed: int, stability: int) -> Arrays:
        """All that was added, without agreements; nothing can be added any more."""
        return Arrays(
            name=name,
            seed=seed,
            stability=stability,
            unit_ids=self._unit_ids,
            need_ids=self._need_ids,
            option_ids=self._option_ids,
            capacity=_held(self._capacity),
            pieces=_held(self._pieces).reshape(-1, 4),
            position=np.frombuffer(self._position, dtype=np.float64).reshape(-1, 2),
            value=_held(self._value),
            amount=_held(self._amount),
            parts=_held(self._parts),
            option_from=np.concatenate([[0], np.cumsum(_held(self._options))]),
            score=_held(self._score),
            most=_held(self._most),
            claim_option=_held(self._claim_option),
            claim_unit=_held(self._claim_unit),
            claim_load=_held(self._claim_load),
            claim_start=_held(self._claim_start),
            claim_end=_held(self._claim_end),
            together=(),
            alternatives=(),
            fixed=np.empty((0, 2), dtype=np.int64),
            forbidden=np.empty(0, dtype=np.int64),
            previous=np.empty((0, 2), dtype=np.int64),
        )


def available(unit: AnyUnit) -> Sequence[AnyPiece] | None:
    """The pieces of the unit, if it has its capacity in pieces."""
    return None if isinstance(unit.available, UnsetType) else unit.available


def _ints(numbers: list[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64, count=len(numbers))


def _append(to: "array[int]", numbers: Ints) -> None:
    to.frombytes(numbers.tobytes())


def _held(numbers: "array[int]") -> Ints:
    """The numbers where they are; the array can no longer grow."""
    return np.frombuffer(numbers, dtype=np.int64)
