"""Units and needs as msgspec reads and writes them: small, fast, with the fields of the dataclasses and their ranges.

What these accept may still be wrong (see `read_arrays`); what they refuse is read again by `read_json`, which says
why. A `max` or `parts` of 0 is one that is not given.
"""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from matching.problem import needs, units
from matching.problem.validation import LARGEST, LARGEST_EXACT

Name = Annotated[str, Meta(min_length=1)]
Minute = Annotated[int, Meta(ge=-LARGEST_EXACT, le=LARGEST_EXACT)]
Points = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Amount = Annotated[int, Meta(ge=1, le=LARGEST)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class _Lean(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """None of these can hold itself, so none needs the garbage collector."""


class Interval(_Lean, array_like=True):
    """`[start, end]`."""

    start: Minute
    end: Minute


class Piece(_Lean, array_like=True):
    """`[start, end, capacity]`."""

    start: Minute
    end: Minute
    capacity: Annotated[int, Meta(ge=0, le=LARGEST)]


class Unit(_Lean):
    """A unit."""

    id: Name
    capacity: Amount
    available: list[Piece] | UnsetType = UNSET
    position: tuple[Latitude, Longitude] | UnsetType = UNSET


class Claim(_Lean):
    """A claim."""

    unit: Name
    amount: Amount
    during: Annotated[list[Interval], Meta(min_length=1)]


class Option(_Lean, kw_only=True):
    """An option."""

    id: Name
    score: Points
    max: Amount = 0
    claims: list[Claim]


class Need(_Lean, kw_only=True):
    """A need."""

    id: Name
    value: Points
    amount: Amount
    parts: Amount = 0
    options: list[Option]


AnyUnit = Unit | units.Unit
AnyNeed = Need | needs.Need
AnyOption = Option | needs.Option
AnyClaim = Claim | needs.Claim
AnyPiece = Piece | units.Piece
AnyTime = Interval | units.Interval | AnyPiece
