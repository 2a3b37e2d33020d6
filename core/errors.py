"""Everything the product can refuse to do, as a tree of exceptions that knows no HTTP.

::

    PlatsverketError
    ├── BadInput          one or several values that cannot be right
    ├── NotFound          no such thing, or not for this actor to see
    ├── NotAllowed        the actor may see it but not do this to it
    ├── Conflict          right in itself, but not in the present state
    │   ├── StateChanged      somebody else moved it first
    │   ├── VersionChanged    edited by somebody else since it was read
    │   └── CapacityExceeded  the unit is taken for that period
    ├── Unavailable       the database or the job system does not answer
    └── StorageFull       no room left where the data lies
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID


class PlatsverketError(Exception):
    """Root of all errors that the product raises on purpose."""


LONGEST_QUOTE = 100
LONGEST_REASON = 500
MOST_FAULTS = 100
"""So many are told at most, so that an answer never grows with what was sent."""


def quoted(value: object) -> object:
    """Return a wrong value as it is told: itself where it is short, else the beginning of it."""
    if isinstance(value, str):
        return _shortened(str(value), LONGEST_QUOTE)  # a word of an enum as it was written
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "…"
    return value if len(text) <= LONGEST_QUOTE * 5 else _shortened(text, LONGEST_QUOTE)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True)
class InvalidParameter:
    """One wrong value: where it stands, what it was, quoted short, and what would be right."""

    property: str
    value: object
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "property", _shortened(self.property, LONGEST_QUOTE * 2))
        object.__setattr__(self, "value", quoted(self.value))
        object.__setattr__(self, "reason", _shortened(self.reason, LONGEST_REASON))

    def under(self, prefix: str) -> "InvalidParameter":
        """Return the same fault seen from further out."""
        return InvalidParameter(f"{prefix}.{self.property}" if self.property else prefix, self.value, self.reason)

    def __str__(self) -> str:
        return f"{self.property}: {self.reason}" + ("" if self.value is None else f" (got {_told(self.value)})")


def _told(value: object) -> str:
    """Return a value in words that are not only Python's."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else repr(value)


class BadInput(PlatsverketError):
    """A value that cannot be right, whatever the state of the system."""

    def __init__(self, property: str, value: object, reason: str) -> None:
        self.parameters: tuple[InvalidParameter, ...] = (InvalidParameter(property, value, reason),)
        super().__init__(str(self.parameters[0]))

    @classmethod
    def of(cls, parameters: Sequence[InvalidParameter]) -> "BadInput":
        """Several wrong values at once, in the order a reader would meet them."""
        first = parameters[0]
        error = cls(first.property, first.value, first.reason)
        error.parameters = tuple(parameters[:MOST_FAULTS])
        error.args = ("; ".join(str(parameter) for parameter in error.parameters),)
        return error

    def under(self, prefix: str) -> "BadInput":
        """Return the same error seen from further out, as in ``needs[2].timing.start``."""
        return BadInput.of([parameter.under(prefix) for parameter in self.parameters])


class Faults:
    """What is wrong, gathered while reading goes on, so that all of it is told at once."""

    def __init__(self) -> None:
        self.parameters: list[InvalidParameter] = []

    @contextmanager
    def under(self, path: str = "") -> Iterator[None]:
        """Keep a `BadInput` of the block, as seen from further out; nothing: as it is."""
        try:
            yield
        except BadInput as error:
            self.parameters += (error.under(path) if path else error).parameters

    def refuse(self) -> None:
        """Raise `BadInput` with all that was found, if anything was."""
        if self.parameters:
            raise BadInput.of(self.parameters)


class NotFound(PlatsverketError):
    """No such thing, or nothing this actor may know of."""

    def __init__(self, entity: str, key: object) -> None:
        self.entity, self.key = entity, key
        super().__init__(f"There is no {entity} {key}.")


class NotAllowed(PlatsverketError):
    """The actor may see the thing but not do this to it."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


class Conflict(PlatsverketError):
    """Right in itself, but not in the present state of things."""

    def __init__(self, code: str, reason: str, details: Mapping[str, object] | None = None) -> None:
        self.code = code
        self.details = dict(details or {})
        super().__init__(reason)


class StateChanged(Conflict):
    """The thing is no longer in the state that the change starts from."""

    def __init__(self, entity: str, key: UUID, actual: str, wanted: str) -> None:
        super().__init__(
            "state_changed",
            f"The {entity} is {actual.replace('_', ' ')}, so it cannot become {wanted.replace('_', ' ')}.",
            {"entity": entity, "id": str(key), "state": actual, "wanted": wanted},
        )


class VersionChanged(Conflict):
    """Somebody else changed the thing after it was read."""

    def __init__(self, entity: str, key: UUID) -> None:
        super().__init__(
            "version_changed",
            f"The {entity} was changed by somebody else since you read it. Read it again and redo the change.",
            {"entity": entity, "id": str(key)},
        )


class CapacityExceeded(Conflict):
    """Claims on a unit would exceed its capacity in some moment of the period."""

    def __init__(self, reason: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__("capacity_exceeded", reason, details)


class Unavailable(PlatsverketError):
    """A service that the product needs does not answer now; trying again later is right."""


class StorageFull(PlatsverketError):
    """There is no room left on the disk where the data lies."""
