"""Why every need got what it got, or nothing: reasons as data, made into words at the edge.

A line tells its terms, its distance and the next best choices with what they cost others. A need without an offer
tells how many were left after each filter, who took the last ones, and the smallest change that would have helped.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from marketplace.planning.candidates.possible_times import pattern_of
from marketplace.planning.encoding.build import Built, Considered, Demand
from marketplace.planning.encoding.decode import DraftLine
from marketplace.planning.options.options import Option
from marketplace.planning.reasons.alternatives import Alternative
from marketplace.planning.reasons.unserved import stored_loss
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.runs.reasons import (
    LineReasons,
    MissingDate,
    OutcomeReasons,
    Step,
    StoredAlternative,
    StoredClaim,
)

WHOLE_OPTIONS, MOST_NEEDS = 400, 20
"""How much of a problem is solved again for one cost: all of a small one, else so many needs around the choice."""


LineKey = tuple[str, str]
"""The demand and the option of a line, as the problem calls them."""


class Outcome(NamedTuple):
    """What a run did with a need, and why."""

    served: bool
    code: str
    reasons: OutcomeReasons


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is told of every line and every need. Searched for before publishing, so that publishing is short."""

    considered: Sequence[Considered]
    lines: Mapping[LineKey, LineReasons]
    missing: Mapping[UUID, tuple[MissingDate, ...]]
    codes: Mapping[UUID, str]
    unserved: Mapping[UUID, OutcomeReasons]

    def of_line(self, chosen: DraftLine) -> LineReasons:
        """Return the reasons of a proposal's line."""
        return self.lines[chosen.demand.key, chosen.option.key]

    def outcomes(self, served: Collection[UUID], dropped: Collection[UUID]) -> dict[UUID, Outcome]:
        """Return every need's outcome, given those that are proposed and those that were taken meanwhile."""
        return {each.need.need_id: self._outcome(each, served, dropped) for each in self.considered}

    def _outcome(self, each: Considered, served: Collection[UUID], dropped: Collection[UUID]) -> Outcome:
        need_id, steps = each.need.need_id, tuple(Step(step, n, each.seen[step]) for step, n in each.left.items())
        if need_id in served:
            missing = self.missing[need_id]
            code = "partly_served" if any(one.code != "past" for one in missing) else "served"
            return Outcome(True, code, OutcomeReasons(steps=steps, missing=missing))
        code = "taken_meanwhile" if need_id in dropped else self.codes[need_id]
        return Outcome(False, code, replace(self.unserved.get(need_id, OutcomeReasons()), steps=steps))


def line_reasons(
    built: Built, line: DraftLine, taken: Mapping[str, Collection[str]], others: Sequence[Alternative]
) -> LineReasons:
    """Return what is told of a line beside some alternatives; `taken` are the options that each demand has."""
    stability = built.stability(line.demand, taken[line.demand.key])
    return LineReasons(
        terms=line.option.terms,
        points=_points(line.demand, line.option, line.amount),
        distance_m=_metres(line.option),
        missing=_missing_dates(line.option),
        value=line.demand.value,
        stability=stability,
        kept=stability > 0,
        alternatives=tuple(_alternative(built, line.demand, each) for each in others),
    )


def _points(demand: Demand, option: Option, amount: int) -> dict[str, int] | None:
    """What the terms give to the score of a part of what the need asks for; None where they are that already."""
    times = amount // option.amount
    return None if demand.share == times == 1 else demand.terms(option, times)


def _alternative(built: Built, demand: Demand, each: Alternative) -> StoredAlternative:
    calendar = built.snapshot.calendar
    return StoredAlternative(
        terms=each.option.terms,
        points=_points(demand, each.option, each.amount),
        stability=each.stability,
        distance_m=_metres(each.option),
        missing=_missing_dates(each.option),
        option=each.option.key,
        offer_id=each.option.offer.offer_id,
        amount=each.amount,
        score=each.score,
        claims=tuple(StoredClaim.of(one.unit, one.amount, one.interval(calendar)) for one in each.takings),
        loss=stored_loss(each.loss, {demand.need.need_id}),
    )


def _metres(option: Option) -> int | None:
    return None if option.distance_m is None else round(option.distance_m)


def missing(built: Built, lines: Sequence[DraftLine]) -> dict[UUID, tuple[MissingDate, ...]]:
    """Return the dates of each served need that are not served, with why."""
    found = {line.need_id: _missing_dates(line.option) for line in lines}
    served: dict[UUID, set[date | None]] = {}
    for line in lines:
        served.setdefault(line.need_id, set()).add(line.demand.on)
    for each in built.considered:
        if each.dates and each.need.need_id in served:
            found[each.need.need_id] = _dates_lost(built, each.need, served[each.need.need_id])
    return found


def _missing_dates(option: Option) -> tuple[MissingDate, ...]:
    return tuple(MissingDate(missing.on, missing.code) for missing in option.missing)


def _dates_lost(built: Built, need: OpenNeed, served: Collection[date | None]) -> tuple[MissingDate, ...]:
    pattern = pattern_of(need.timing, built.snapshot.calendar, built.snapshot.now)
    ahead = (pattern.starts >= built.snapshot.now).tolist()
    return tuple(
        MissingDate(on, "taken" if is_ahead else "past")
        for on, is_ahead in zip(pattern.dates, ahead, strict=True)
        if on not in served
    )
