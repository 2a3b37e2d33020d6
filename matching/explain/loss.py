"""What another choice costs, as data: words are made elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from matching.problem.checker import served
from matching.problem.needs import Match
from matching.problem.problem import Problem

WhyUnserved = Literal["no_option", "not_worth_it", "lost_to_others", "unknown"]
"""Why a need got nothing.

`no_option`: no plan serves it, whatever others give up, for want of options, capacity, or the needs it goes together
with; `not_worth_it`: serving it gains nothing even where all but the fixed matches give way; `lost_to_others`: it could
be served with a gain if others gave way; `unknown`: time was up before it was clear.
"""


LossKind = Literal["exact", "at_most", "impossible", "unknown"]


def loss_order(kind: LossKind, amount: int | None) -> tuple[int, int]:
    """What losses are sorted by: known ones first, the least of them first, then unknown ones, last the impossible."""
    return {"exact": 0, "at_most": 0, "unknown": 1, "impossible": 2}[kind], amount or 0


@dataclass(frozen=True, slots=True)
class Loss:
    """What the best plan that makes another choice is worth less than the plan explained, in points.

    `kind` says what `amount` is: `exact`; `at_most`, because a plan with that loss was found but better ones were not
    ruled out; or None, because the choice is `impossible` in any plan, or nothing is known (`unknown`).
    `amount` is below 0 where the plan explained was not the best. `to_others` is the part of it that other
    needs lose. `moved`, `fell` and `rose` are the other needs served otherwise, no longer, and newly by that plan.
    `by_need` is what every need loses, in points, of which `amount` is the sum; those that lose nothing are left out.
    """

    kind: LossKind
    amount: int | None = None
    to_others: int | None = None
    moved: tuple[str, ...] = ()
    fell: tuple[str, ...] = ()
    rose: tuple[str, ...] = ()
    by_need: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def order(self) -> tuple[int, int]:
        """What losses are sorted by, the least first."""
        return loss_order(self.kind, self.amount)


UNKNOWN = Loss("unknown")
IMPOSSIBLE = Loss("impossible")


def changes(
    problem: Problem, before: Iterable[Match], after: Iterable[Match]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The needs served otherwise, no longer, and newly, each in the order of the problem."""
    before, after = tuple(before), tuple(after)
    was, now = served(problem, before), served(problem, after)
    had, has = _by_need(before), _by_need(after)
    needs = [need.id for need in problem.needs]
    return (
        tuple(need for need in needs if need in was & now and had[need] != has[need]),
        tuple(need for need in needs if need in was - now),
        tuple(need for need in needs if need in now - was),
    )


def _by_need(matches: Iterable[Match]) -> dict[str, set[Match]]:
    by_need: dict[str, set[Match]] = {}
    for match in matches:
        by_need.setdefault(match.need, set()).add(match)
    return by_need
