"""Reading what stands in a page's address: wrong values narrow nothing, as if they were not there."""

from enum import StrEnum
from typing import TypeVar
from uuid import UUID

E = TypeVar("E", bound=StrEnum)


def one_of(enum: type[E], text: str) -> E | None:
    """Return the value of an enum that a text is, if it is one."""
    return enum(text) if text in set(enum) else None


def uuid_of(text: str) -> UUID | None:
    """Return the id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
