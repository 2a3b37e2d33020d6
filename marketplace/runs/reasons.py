"""Why a line or a need got what it got: data with codes and numbers, as a run stores it and others read it.

This is the one place that knows the JSON in `proposal_line.reasons` and `need_outcome.reasons`. Its keys never change,
so that old rows stay readable: what an old row does not have is None (or UNSET, where null means something else), and
is not written either.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from core.actor import Actor
from core.time.interval import Interval
from marketplace.runs.changes import AnyChange, WithoutRequirement, as_stored, readable
from matching.explain.loss import LossKind, loss_order


class Step(Struct, frozen=True):
    """How many offers were left after a filter, and of those how many the one who asks may see (None known: older)."""

    step: str
    left: int
    seen: int | UnsetType = UNSET


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
    def named(self) -> Iterator[UUID]:
        """The needs that it names."""
        return (need_id for need_id in (*self.moved, *self.fell, *self.rose) if need_id is not None)

    def naming(self, need_ids: Collection[UUID]) -> "StoredLoss":
        """Return it with only these needs named and the others counted."""

        def seen(needs: tuple[UUID | None, ...]) -> tuple[UUID | None, ...]:
            return tuple(need_id if need_id in need_ids else None for need_id in needs)

        return msgspec.structs.replace(self, moved=seen(self.moved), fell=seen(self.fell), rose=seen(self.rose))

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
    """What is told of an option, for that of a line as for each alternative.

    `terms` are the points by criterion for all that the need asks for. A line may serve a part of it, one date or one
    of several lots: then `points` is what the terms give to its score. `stability` are the points for staying.
    """

    terms: dict[str, int] | None = None
    distance_m: float | int | UnsetType | None = UNSET
    missing: tuple[MissingDate, ...] | None = None
    points: dict[str, int] | None = None
    stability: int | UnsetType = UNSET

    @property
    def by_term(self) -> dict[str, int]:
        """The points by criterion that add up to the score: those of a series or of lots are each line's share."""
        return (self.points if self.points is not None else self.terms) or {}

    @property
    def staying(self) -> int | None:
        """The points for taking what was proposed before; None in old rows, which do not tell it."""
        return None if isinstance(self.stability, UnsetType) else self.stability

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


@dataclass(frozen=True)
class Difference:
    """What an alternative is worth more than what a line has (below 0: less), in the points of the objective.

    By criterion, for staying with what was proposed before, in what else serves the same need (other dates, other
    lots), and to others. These add up to `total`. Where that `is_limit`, it may turn out to be more. `rest`, `others`
    and `total` are None where nothing is known of what others lose.
    """

    terms: Mapping[str, int]
    stability: int
    rest: int | None
    others: int | None
    total: int | None
    is_limit: bool

    @property
    def own(self) -> int:
        """What the need itself has of it, without what else serves it."""
        return sum(self.terms.values()) + self.stability


class LineReasons(_OfOption, frozen=True, kw_only=True):
    """Why a line is served by its option, and what it could be swapped to, the least loss first.

    `value` is what serving the need is worth, `kept` whether the same was proposed before. `chosen` is the option that
    the run chose, where the line has been swapped: the losses are told against that.
    """

    value: int | UnsetType = UNSET
    kept: bool | UnsetType = UNSET
    alternatives: tuple[StoredAlternative, ...] | None = None
    chosen: str | None = None

    @property
    def served_value(self) -> int:
        """What serving the need is worth; 0 in old rows, which do not tell it."""
        return 0 if isinstance(self.value, UnsetType) else self.value

    def difference(self, score: int, other: StoredAlternative) -> Difference:
        """Return what an alternative to a line with that score is worth more, part by part."""
        codes = {**self.by_term, **other.by_term}
        terms = {code: other.by_term.get(code, 0) - self.by_term.get(code, 0) for code in codes}
        loss, known = other.cost, other.cost.amount is not None and other.cost.to_others is not None
        total, others = (-(loss.amount or 0), -(loss.to_others or 0)) if known else (None, None)
        if total is None or others is None:
            return Difference(terms, (other.staying or 0) - (self.staying or 0), None, None, None, is_limit=False)
        left = total - others - (other.score - score)
        stability = left if self.staying is None or other.staying is None else other.staying - self.staying
        return Difference(terms, stability, left - stability, others, total, loss.kind == "at_most")


class TakenBy(Struct, frozen=True, rename="camel"):
    """A match that holds what a need would have taken; all None for readers that may only count them."""

    need_id: UUID | None
    request_id: UUID | None
    offer_id: UUID | None


class OutcomeReasons(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Why a need got what it got.

    A served one has the dates that are `missing`; all others what left nothing, stands in the way, took the last ones
    and would help, as far as it was `searched`: changes, and the must-haves of which each is `only_missing`. What was
    worked out on request: since when it is asked for, when that was done or failed, and whether something is
    `free_now`.
    """

    steps: tuple[Step, ...] | None = None
    missing: tuple[MissingDate, ...] | None = None
    emptied_by: str | UnsetType | None = UNSET
    blocked_by: tuple[UUID, ...] | None = None
    taken_by: tuple[TakenBy, ...] | None = None
    loss: StoredLoss | None = None
    changes: tuple[AnyChange, ...] | None = None
    only_missing: tuple[str, ...] | None = None
    searched: bool | UnsetType = UNSET
    also_missing: tuple[UUID, ...] | None = None
    free_now: bool | UnsetType = UNSET
    asked_at: str | None = None
    worked_out_at: str | None = None
    failed_at: str | None = None

    @property
    def emptied(self) -> str | None:
        """The filter that left nothing, if one did."""
        return None if isinstance(self.emptied_by, UnsetType) else self.emptied_by

    @property
    def advised(self) -> tuple[AnyChange, ...]:
        """The changes to advise: none that is not enough. Older rows have such, and must-haves to drop, among them."""
        if self.also_missing:
            return ()
        return tuple(change for change in self.changes or () if not isinstance(change, WithoutRequirement))

    @property
    def lacking(self) -> tuple[str, ...]:
        """The must-haves that alone stand in the way, also those of older rows."""
        older = (change.subject for change in self.changes or () if isinstance(change, WithoutRequirement))
        return (*(self.only_missing or ()), *older)

    @property
    def named(self) -> Iterator[UUID]:
        """The needs of others that it names."""
        yield from (each.need_id for each in self.taken_by or () if each.need_id)
        yield from self.loss.named if self.loss else ()

    def told_to(self, actor: Actor, may_read: Collection[UUID] = ()) -> "OutcomeReasons":
        """Return what an actor may read: all to whoever coordinates all.

        To others needs are named that they may read, else only counted, and of offers only those count that the
        requester may see.
        """
        if actor.coordinates_all:
            return self
        steps = tuple(Step(each.step, each.seen) for each in self.steps or () if isinstance(each.seen, int))
        emptied = next((each.step for each in steps if not each.left), None)
        return msgspec.structs.replace(
            self,
            steps=steps or None,
            emptied_by=self.emptied_by if self.emptied is None else (emptied or UNSET),
            loss=self.loss and self.loss.naming(may_read),
            taken_by=self.taken_by
            and tuple(each if each.need_id in may_read else TakenBy(None, None, None) for each in self.taken_by),
        )


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
