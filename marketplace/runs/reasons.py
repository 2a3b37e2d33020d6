"""Why a line or a need got what it got: data with codes and numbers, as a run stores it and others read it.

This is the one place that knows the JSON in `proposal_line.reasons` and `need_outcome.reasons`. Its keys never change,
so that old rows stay readable: what an old row does not have is None (or UNSET, where null means something else), and
is not written either.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from core.actor import Actor
from core.time.interval import Interval
from marketplace.runs.changes import AnyChange, as_stored, readable
from matching.explain.loss import LossKind, loss_order


class Step(Struct, frozen=True):
    """How many offers were left after a filter."""

    step: str
    left: int


class MissingDate(Struct, frozen=True):
    """A date of a series that nothing serves: it is `past`, `closed` or `taken`."""

    date: date
    code: str


class StoredLoss(Struct, frozen=True, rename="camel"):
    """What a choice costs, see `matching.explain`; the needs are None for readers that may only count them."""

    kind: LossKind = "unknown"
    amount: int | None = None
    to_others: int | None = None
    moved: tuple[UUID | None, ...] = ()
    fell: tuple[UUID | None, ...] = ()
    rose: tuple[UUID | None, ...] = ()

    @property
    def is_limit(self) -> bool:
        """Whether it is more than nothing and not exact, so that it may turn out to be less."""
        return self.kind == "at_most" and (self.to_others or 0) > 0

    @property
    def is_open(self) -> bool:
        """Whether more could be found out about it."""
        return self.kind == "unknown" or self.is_limit

    @property
    def order(self) -> tuple[int, int]:
        """What losses are sorted by, the least first."""
        return loss_order(self.kind, self.amount)


class StoredClaim(Struct, frozen=True, rename="camel"):
    """What of a unit an alternative would take, and when; without an end it is for good."""

    unit_id: UUID
    amount: int
    start: str = msgspec.field(name="from")
    end: str | None = msgspec.field(name="until")

    @classmethod
    def of(cls, unit_id: UUID, amount: int, during: Interval) -> "StoredClaim":
        """Return the claim of an interval."""
        return cls(unit_id, amount, during.start.isoformat(), during.end.isoformat() if during.end else None)

    @property
    def during(self) -> Interval:
        """The time that it would be taken."""
        end = datetime.fromisoformat(self.end) if self.end else None
        return Interval(datetime.fromisoformat(self.start), end)


class _OfOption(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is told of an option, for that of a line as for each alternative."""

    terms: dict[str, int] | None = None
    distance_m: float | int | UnsetType | None = UNSET
    missing: tuple[MissingDate, ...] | None = None

    @property
    def metres(self) -> float | None:
        """How far away it is; None where that does not matter, or is not known."""
        return None if isinstance(self.distance_m, UnsetType) else self.distance_m


class StoredAlternative(_OfOption, frozen=True, kw_only=True):
    """An option that a line may be swapped to."""

    option: str
    offer_id: UUID
    amount: int
    score: int
    claims: tuple[StoredClaim, ...]
    loss: StoredLoss | None = None

    @property
    def cost(self) -> StoredLoss:
        """What it would cost others, as far as it is known."""
        return self.loss or StoredLoss()

    @property
    def order(self) -> tuple[int, int, int]:
        """What alternatives are sorted by: the least loss first, of equals the better score."""
        return *self.cost.order, -self.score


class LineReasons(_OfOption, frozen=True, kw_only=True):
    """Why a line is served by its option, and what it could be swapped to, the least loss first."""

    value: int | UnsetType = UNSET
    kept: bool | UnsetType = UNSET
    alternatives: tuple[StoredAlternative, ...] | None = None


class TakenBy(Struct, frozen=True, rename="camel"):
    """A match that holds what a need would have taken; all None for readers that may only count them."""

    need_id: UUID | None
    request_id: UUID | None
    offer_id: UUID | None


class OutcomeReasons(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Why a need got what it got.

    A served one has the dates that are `missing`; all others what left nothing, stands in the way, took the last ones
    and would help, as far as it was `searched`. What was worked out on request: since when it is asked for, when that
    was done, and whether something is `free_now`.
    """

    steps: tuple[Step, ...] | None = None
    missing: tuple[MissingDate, ...] | None = None
    emptied_by: str | UnsetType | None = UNSET
    blocked_by: tuple[UUID, ...] | None = None
    taken_by: tuple[TakenBy, ...] | None = None
    loss: StoredLoss | None = None
    changes: tuple[AnyChange, ...] | None = None
    searched: bool | UnsetType = UNSET
    also_missing: tuple[UUID, ...] | None = None
    free_now: bool | UnsetType = UNSET
    asked_at: str | None = None
    worked_out_at: str | None = None

    @property
    def emptied(self) -> str | None:
        """The filter that left nothing, if one did."""
        return None if isinstance(self.emptied_by, UnsetType) else self.emptied_by

    def told_to(self, actor: Actor) -> "OutcomeReasons":
        """Return what an actor may read: to others than coordinators, the needs against theirs are only counted."""
        if actor.coordinates:
            return self
        loss = self.loss and msgspec.structs.replace(
            self.loss, **{name: (None,) * len(getattr(self.loss, name)) for name in ("moved", "fell", "rose")}
        )
        taken_by = None if self.taken_by is None else (TakenBy(None, None, None),) * len(self.taken_by)
        return msgspec.structs.replace(self, loss=loss, taken_by=taken_by)


def line_reasons(stored: Mapping[str, Any]) -> LineReasons:
    """Return the reasons of a line from their JSON."""
    return msgspec.convert(stored, LineReasons)


def outcome_reasons(stored: Mapping[str, Any]) -> OutcomeReasons:
    """Return the reasons of a need's outcome from their JSON."""
    if stored.get("changes"):
        stored = {**stored, "changes": [readable(change) for change in stored["changes"]]}
    return msgspec.convert(stored, OutcomeReasons)


def to_json(reasons: LineReasons | OutcomeReasons) -> dict[str, Any]:
    """Return reasons as they are stored and sent."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(reasons))
    if plain.get("changes"):
        plain["changes"] = [as_stored(change) for change in plain["changes"]]
    return plain
