"""Why every need got what it got, or nothing: reasons as data, made into words at the edge.

A line tells its terms, its distance and the next best choices with what they cost others. A need without an offer
tells how many were left after each filter, who took the last ones, and the smallest change that would have helped.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marketplace.planning.candidates.possible_times import pattern_of
from marketplace.planning.encoding.build import Built, Considered
from marketplace.planning.encoding.decode import DraftLine, Taking, proposal_drafts
from marketplace.planning.options.options import Option
from marketplace.planning.reasons.alternatives import Alternative, Holders, alternatives
from marketplace.planning.reasons.unserved import Unserved, told_loss
from marketplace.planning.snapshot.open_needs import OpenNeed
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.plan import Plan

SEARCH_S = 10.0
"""Seconds of each of three searches in a short run: for what alternatives cost others, for what needs without an offer
would cost them, and for smallest changes."""
WHOLE_OPTIONS, MOST_NEEDS = 400, 20
"""How much of a problem is solved again for one cost: all of a small one, else so many needs around the choice."""

Outcome = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is told of every line and every need. Searched for before publishing, so that publishing is short."""

    considered: Sequence[Considered]
    lines: Mapping[tuple[str, str], dict[str, Any]]
    missing: Mapping[UUID, list[dict[str, str]]]
    codes: Mapping[UUID, str]
    unserved: Mapping[UUID, dict[str, Any]]

    def of_line(self, chosen: DraftLine) -> dict[str, Any]:
        """Return the reasons of a proposal's line."""
        return self.lines[chosen.demand.key, chosen.option.key]

    def outcomes(self, served: Collection[UUID], dropped: Collection[UUID]) -> dict[UUID, Outcome]:
        """Return every need's outcome, given those that are proposed and those that were taken meanwhile."""
        return {each.need.need_id: self._outcome(each, served, dropped) for each in self.considered}

    def _outcome(self, each: Considered, served: Collection[UUID], dropped: Collection[UUID]) -> Outcome:
        need_id, steps = each.need.need_id, [{"step": step, "left": left} for step, left in each.left.items()]
        if need_id in served:
            missing = self.missing[need_id]
            code = "partly_served" if any(one["code"] != "past" for one in missing) else "served"
            return {"served": True, "code": code, "reasons": {"steps": steps, "missing": missing}}
        code = "taken_meanwhile" if need_id in dropped else self.codes[need_id]
        return {"served": False, "code": code, "reasons": {"steps": steps, **self.unserved.get(need_id, {})}}


def find(built: Built, plan: Plan, *, should_stop: Callable[[], bool], search_s: float = SEARCH_S) -> Reasons:
    """Return the reasons for a checked plan.

    Costs to others and smallest changes are searched for within `search_s` seconds each; what is not found by then is
    left open and says so.
    """
    lines = [line for draft in proposal_drafts(built, plan.matches) for line in draft.lines]
    holders = Holders(built.snapshot, lines)

    def limits() -> Limits:
        return Limits(search_s, should_stop)

    def losses() -> Losses:
        return Losses(built.problem, plan.matches, limits(), WHOLE_OPTIONS, MOST_NEEDS)

    others = alternatives(built, lines, holders, losses().of_taking)
    lost = Unserved(built, {line.need_id for line in lines}, holders)
    return Reasons(
        considered=built.considered,
        lines={(line.demand.key, line.option.key): _line(built, line, others[line]) for line in lines},
        missing=_missing(built, lines),
        codes=lost.codes,
        unserved=lost.told(losses, limits),
    )


def _line(built: Built, line: DraftLine, others: Sequence[Alternative]) -> dict[str, Any]:
    return {
        **_told(line.option),
        "value": line.demand.value,
        "kept": built.as_before(line.demand, line.option),
        "alternatives": [_alternative(built, each) for each in others],
    }


def _told(option: Option) -> dict[str, Any]:
    return {
        "terms": option.terms,
        "distanceM": None if option.distance_m is None else round(option.distance_m),
        "missing": _missing_dates(option),
    }


def _alternative(built: Built, each: Alternative) -> dict[str, Any]:
    """An option that a line may be swapped to, in the shape that `proposals.swapping` reads."""
    return {
        "option": each.option.key,
        "offerId": str(each.option.offer.offer_id),
        "amount": each.amount,
        "score": each.score,
        **_told(each.option),
        "claims": [_claim(built, taking) for taking in each.takings],
        "loss": told_loss(each.loss),
    }


def _claim(built: Built, taking: Taking) -> dict[str, Any]:
    calendar = built.snapshot.calendar
    return {
        "unitId": str(taking.unit),
        "amount": taking.amount,
        "from": calendar.instant(taking.start).isoformat(),
        "until": None if taking.for_good else calendar.instant(taking.end).isoformat(),
    }


def _missing(built: Built, lines: Sequence[DraftLine]) -> dict[UUID, list[dict[str, str]]]:
    """The dates of each served need that are not served, with why."""
    missing = {line.need_id: _missing_dates(line.option) for line in lines}
    served: dict[UUID, set[date | None]] = {}
    for line in lines:
        served.setdefault(line.need_id, set()).add(line.demand.on)
    for each in built.considered:
        if each.dates and each.need.need_id in served:
            missing[each.need.need_id] = _dates_lost(built, each.need, served[each.need.need_id])
    return missing


def _missing_dates(option: Option) -> list[dict[str, str]]:
    return [{"date": missing.on.isoformat(), "code": missing.code} for missing in option.missing]


def _dates_lost(built: Built, need: OpenNeed, served: Collection[date | None]) -> list[dict[str, str]]:
    pattern = pattern_of(need.timing, built.snapshot.calendar, built.snapshot.now)
    ahead = (pattern.starts >= built.snapshot.now).tolist()
    return [
        {"date": on.isoformat(), "code": "taken" if is_ahead else "past"}
        for on, is_ahead in zip(pattern.dates, ahead, strict=True)
        if on not in served
    ]
