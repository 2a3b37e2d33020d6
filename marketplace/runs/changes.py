"""The smallest changes that would have served a need, as data: each kind with its own facts, told apart by its code."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct


class StoredChange(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="code"):
    """One thing to change about a need, after which the offer named is free for it.

    `contested`: what it would take has been advised to another need too, and is not enough for both.
    """

    offer_id: UUID | None = None
    contested: bool = False

    @property
    def code(self) -> str:
        """What is to be changed."""
        return str(self.__struct_config__.tag)

    @property
    def key(self) -> str:
        """What tells it from the other changes that would help the same need."""
        return self.code


class Farther(StoredChange, frozen=True, tag="distance"):
    """To go so much farther, so far in all."""

    farther_km: int
    distance_km: int


class OtherTime(StoredChange, frozen=True, tag="time"):
    """To begin later, or earlier (below 0): at a moment, or every time at an hour."""

    shift_min: int
    start: str | None = None
    from_time: str | None = None


class OtherWeekday(StoredChange, frozen=True, tag="weekday"):
    """Another weekday."""

    old: str = msgspec.field(name="from")
    new: str = msgspec.field(name="to")


class SeveralPlaces(StoredChange, frozen=True, tag="several_places"):
    """Not the same one on every date."""


class OtherPeriod(StoredChange, frozen=True, tag="period"):
    """The same length later, or earlier (below 0)."""

    shift_days: int
    first: str


class Shorter(StoredChange, frozen=True, tag="shorter"):
    """So many days less, from another first day or until another last one."""

    days: int
    first: str | None = None
    last: str | None = None


class Fewer(StoredChange, frozen=True, tag="amount"):
    """So much less, so much in all."""

    fewer: int
    amount: int


class WithoutRequirement(StoredChange, frozen=True, tag="requirement"):
    """Without a must-have, such as ``equipment_must.projector`` or ``min_condition``."""

    subject: str

    @property
    def key(self) -> str:
        """As above: there may be several."""
        return f"{self.code}.{self.subject}"


class MoreLots(StoredChange, frozen=True, tag="parts"):
    """From up to so many lots."""

    parts: int


class OtherKind(StoredChange, frozen=True, tag="kind"):
    """Another kind of thing."""

    kind: str


class UnknownChange(Struct, frozen=True, tag_field="code", tag="?"):
    """A change that this version knows nothing of, as it stands in the row."""

    stored: dict[str, Any]

    @property
    def code(self) -> str:
        """What is to be changed."""
        return str(self.stored.get("code"))

    @property
    def key(self) -> str:
        """As of those that are known."""
        return self.code


KnownChange = (
    Farther
    | OtherTime
    | OtherWeekday
    | SeveralPlaces
    | OtherPeriod
    | Shorter
    | Fewer
    | WithoutRequirement
    | MoreLots
    | OtherKind
)
AnyChange = KnownChange | UnknownChange

_CODES = frozenset(str(kind.__struct_config__.tag) for kind in StoredChange.__subclasses__())


def readable(change: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a change so that it can be read, whatever version wrote it."""
    return change if change.get("code") in _CODES else {"code": "?", "stored": change}


def change_from_json(stored: Mapping[str, Any]) -> AnyChange:
    """Return a change from its JSON."""
    change: AnyChange = msgspec.convert(readable(dict(stored)), AnyChange)
    return change


def change_to_json(change: AnyChange) -> dict[str, Any]:
    """Return a change as it is stored and sent."""
    return as_stored(msgspec.to_builtins(change))


def as_stored(change: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a change as it stands in rows, see `readable`."""
    stored: dict[str, Any] = change["stored"] if change["code"] == "?" else change
    return stored
