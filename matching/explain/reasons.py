"""Reasons as data: why a need got what it got, or nothing, and what else would have cost. Words are made elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matching.problem.checker import Worth
from matching.problem.needs import Match
from matching.problem.units import Interval

Terms = Mapping[tuple[str, str], Mapping[str, int]]
"""The points by criterion that the caller added up to a score, for each of the amount, by need and option."""

WhyUnserved = Literal["no_option", "not_worth_it", "lost_to_others", "unknown"]


@dataclass(frozen=True, slots=True)
class Loss:
    """What the best plan that makes another choice is worth less than the plan explained.

    `kind` says what `amount` is: `exact`; `at_most`, because a plan with that loss was found but better ones were not
    ruled out; or None, because the choice is `impossible` in any plan, or nothing is known (`unknown`).
    `amount` is below 0 where the plan explained was not the best. `to_others` is the part of it that other
    needs lose. `moved`, `fell` and `rose` are the other needs served otherwise, no longer, and newly by that plan.
    """

    kind: Literal["exact", "at_most", "impossible", "unknown"]
    amount: int | None = None
    to_others: int | None = None
    moved: tuple[str, ...] = ()
    fell: tuple[str, ...] = ()
    rose: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int]:
        """Where it stands among losses: known ones by size, then unknown ones, then the impossible."""
        return {"exact": 0, "at_most": 0, "unknown": 1, "impossible": 2}[self.kind], self.amount or 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A match, whether it was fixed, and its whole score by criterion if the terms were handed in."""

    match: Match
    fixed: bool
    terms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option not taken by a served need: its score for each of the amount, and the loss of taking it."""

    option: str
    score: int
    terms: Mapping[str, int]
    loss: Loss


@dataclass(frozen=True, slots=True)
class Served:
    """Why a need got what it got; `choices` are its other options, the least loss first and unknown losses last."""

    need: str
    worth: Worth
    taken: tuple[Taken, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that keeps an option from being added to a plan.

    `capacity`: of `unit`, `during` that time, `wanted` is more than the `free`, the rest being held by the `holders`
    and, beyond dispute, the `fixed_holders`;
    `forbidden`; `max_too_small`: the need wants `wanted` of one option, which gives `free` at most;
    `no_parts_left`: the fixed matches of the need take all its parts; `alternative_served` and `together_unserved`:
    the agreement with `needs`.
    """

    code: Literal["capacity", "forbidden", "max_too_small", "no_parts_left", "alternative_served", "together_unserved"]
    unit: str | None = None
    during: Interval | None = None
    wanted: int = 0
    free: int = 0
    holders: tuple[Match, ...] = ()
    fixed_holders: tuple[Match, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """An option of an unserved need: what blocks it in the plan, and the loss of serving the need by it anyway."""

    option: str
    score: int
    terms: Mapping[str, int]
    blockers: tuple[Blocker, ...]
    loss: Loss


@dataclass(frozen=True, slots=True)
class Unserved:
    """Why a need got nothing.

    `no_option`: no plan serves it, whatever others give up, for want of options, capacity, or the needs it goes
    together with; `not_worth_it`: serving it gains nothing even where all but the fixed matches give way;
    `lost_to_others`: it could be served with a gain if others gave way; `unknown`: time was up before it was clear.
    `loss` is the least of its options' losses.
    """

    need: str
    code: WhyUnserved
    options: tuple[Blocked, ...]
    loss: Loss


@dataclass(frozen=True, slots=True)
class Change:
    """What a need has in one plan and in another, and by how much its worth and the handed-in terms grow."""

    need: str
    before: tuple[Match, ...]
    after: tuple[Match, ...]
    growth: Worth
    terms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """The needs served only after, only before, and by other matches; and what all of them together grow by."""

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    moved: tuple[Change, ...]
    growth: Worth
    terms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Reasons for the needs asked about, in the order of the problem."""

    served: tuple[Served, ...]
    unserved: tuple[Unserved, ...]
