"""What a scenario comes to beside its run, as data: in all, and for each need that gets something else."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec import Struct


class Extent(StrEnum):
    """How much was decided anew: what stands around the changes, or everything."""

    NEAR = "near"
    WHOLE = "whole"


class Effect(StrEnum):
    """What becomes of a need: served newly, or on more dates; better, elsewhere, or worse than before; no longer."""

    ROSE = "rose"
    GAINS = "gains"
    MOVES = "moves"
    LOSES = "loses"
    FELL = "fell"


class Figures(Struct, frozen=True, kw_only=True, rename="camel"):
    """A plan in all: its points, and the needs that it serves (of those with dates, on half of them at least)."""

    value: int
    served: int


class NeedChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a need gets by the scenario instead of what the run gave it, and what that is worth more, by criterion.

    `dates_before` and `dates_after` are on how many dates it is served, or 1; `points` also has ``served``, what
    serving it is worth.
    """

    need_id: UUID
    organisation_id: UUID
    effect: Effect
    gain: int
    points: Mapping[str, int]
    before: tuple[UUID, ...] = ()
    after: tuple[UUID, ...] = ()
    dates_before: int = 0
    dates_after: int = 0

    @property
    def main_rule(self) -> str | None:
        """The criterion that differs most; None where none does."""
        found = max(self.points.items(), key=lambda item: abs(item[1]), default=("", 0))
        return found[0] if found[1] else None


class Outcome(Struct, frozen=True, kw_only=True, rename="camel"):
    """The run and the scenario, both by the weights of the scenario; `needs` are those for which something changes.

    `bound` is what no plan can be worth more than, where everything was decided anew. `unfitting` are the changes, by
    position, that could not be made beside the others.
    """

    scope: Extent
    before: Figures
    after: Figures
    needs: tuple[NeedChange, ...]
    bound: int | None = None
    unfitting: tuple[int, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> dict[str, int]:
        """What each criterion gives more than in the run, by the needs for which something changes."""
        found: dict[str, int] = {}
        for each in self.needs:
            for name, gained in each.points.items():
                found[name] = found.get(name, 0) + gained
        return found

    def count(self, *effects: Effect) -> int:
        """Return for how many needs it has one of these effects."""
        return sum(each.effect in effects for each in self.needs)


def outcome(stored: object) -> Outcome:
    """Return an outcome from its JSON."""
    return msgspec.convert(stored, Outcome)


def to_json(found: Outcome) -> dict[str, object]:
    """Return an outcome as it is stored."""
    plain: dict[str, object] = msgspec.to_builtins(found)
    return plain
