"""The reasons for a plan in the order in which they are wanted: at once what needs no search, then the rest in turn."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from marketplace.planning.encoding.build import Built
from marketplace.planning.encoding.decode import DraftLine, lines_of, proposal_drafts
from marketplace.planning.reasons import collect
from marketplace.planning.reasons.alternatives import Alternative, Holders, alternatives, taken_by_demand
from marketplace.planning.reasons.collect import LineKey, Reasons
from marketplace.planning.reasons.unserved import Unserved
from marketplace.runs.reasons import LineReasons, OutcomeReasons
from matching.explain.loss import UNKNOWN, Loss
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.plan import Plan

T = TypeVar("T")
LISTED_AT_A_TIME, SEARCHED_AT_A_TIME = 500, 10
UNSERVED_SHARE = 0.5
"""Of the time, at most, for needs without an offer: what alternatives cost others is looked for in the rest."""


@dataclass(frozen=True)
class Found:
    """Reasons of some lines and needs, and how far the search has come with them."""

    done: int
    total: int
    lines: Mapping[LineKey, LineReasons] = field(default_factory=dict)
    unserved: Mapping[UUID, OutcomeReasons] = field(default_factory=dict)


class ReasonsInTurn:
    """The reasons for a checked plan, of some of the needs in it."""

    def __init__(self, built: Built, plan: Plan, of: Collection[UUID]) -> None:
        lines = [line for draft in proposal_drafts(built, plan.matches) for line in draft.lines]
        self._of = of
        self._built = built
        self._plan = plan
        self._lines = sorted((line for line in lines if line.need_id in of), key=lambda line: -line.demand.value)
        self._holders = Holders(built.snapshot, lines)
        self._taken = taken_by_demand(lines)
        served = {line.need_id for line in lines}
        self._unserved = Unserved(built, served, self._holders, lines_of(built, plan.matches), set(of))

    def at_hand(self) -> Reasons:
        """Return what can be told without any search: of lines no alternatives, of needs neither cost nor changes."""
        return Reasons(
            considered=[each for each in self._built.considered if each.need.need_id in self._of],
            lines={
                key: replace(told, alternatives=None)
                for key, told in self._told(dict.fromkeys(self._lines, ())).items()
            },
            missing=collect.missing(self._built, self._lines),
            codes=self._unserved.codes,
            unserved=self._unserved.at_hand(),
        )

    def found(self, time_limit_s: float, should_stop: Callable[[], bool]) -> Iterator[Found]:
        """Yield what is found, the most wanted first, until the time is up or somebody wants it to stop.

        First the alternatives of all lines, with what is free, for that is quick; then what needs without an offer
        could do; then what alternatives that are held cost others. `done` is `total` with the last, if it gets there.
        """
        total, done = 2 * len(self._lines) + len(self._unserved.lost), 0
        for some in _parts(self._lines, LISTED_AT_A_TIME):
            if should_stop():
                return
            done += len(some)
            yield Found(done, total, lines=self._with_alternatives(some, lambda *_: UNKNOWN))
        limits, half = (Limits(share * time_limit_s, should_stop) for share in (1, UNSERVED_SHARE))
        losses = Losses(self._built.problem, self._plan.matches, limits, collect.WHOLE_OPTIONS, collect.MOST_NEEDS)
        for needs in _parts(self._unserved.lost, SEARCHED_AT_A_TIME):
            if half.ended():
                break
            done += len(needs)
            yield Found(done, total, unserved=self._unserved.told(lambda: losses, lambda: half, needs))
        for some in _parts(self._lines, SEARCHED_AT_A_TIME):
            if limits.ended():
                return
            done += len(some)
            yield Found(done, total, lines=self._with_alternatives(some, losses.of_taking))

    def _with_alternatives(
        self, lines: Sequence[DraftLine], loss_of: Callable[[str, str, int], Loss]
    ) -> Mapping[LineKey, LineReasons]:
        return self._told(alternatives(self._built, lines, self._holders, loss_of, self._taken))

    def _told(self, others: Mapping[DraftLine, Sequence[Alternative]]) -> Mapping[LineKey, LineReasons]:
        return {
            (line.demand.key, line.option.key): collect.line_reasons(self._built, line, self._taken, found)
            for line, found in others.items()
        }


def _parts(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[first : first + size] for first in range(0, len(things), size))
