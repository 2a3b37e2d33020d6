"""How well what is offered suits what is asked, whatever the family: the words that all families share."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The must-haves in the order in which they are looked at, as reasons name them."""

    SIZE = "size"
    EQUIPMENT = "equipment"
    ACCESS = "access"
    CONDITION = "condition"
    RANGE = "range"
    LICENCE = "licence"
    SKILL = "skill"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A must-have that the offered thing does not meet.

    `subject` is what it is about, such as `seats`, `projector` or a skill's code. `found` is None where the offer
    has none or does not say.
    """

    code: Step
    subject: str
    wanted: int | str | bool
    found: int | str | bool | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a thing fits that meets all must-haves.

    `should_share` is the share of the should-haves that it meets, 1 if there are none; `oversize` the share of it
    that nobody asked for: 0.9 for a hall of forty seats for four.
    """

    should_share: float = 1.0
    oversize: float = 0.0


def share(wanted: Collection[str], is_met: Callable[[str], bool]) -> float:
    """Return the share of the wanted things that are met, 1 if none are wanted."""
    return sum(map(is_met, wanted)) / len(wanted) if wanted else 1.0
