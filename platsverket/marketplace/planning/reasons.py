"""Why every need got what it got, or nothing: reasons as data, made into words at the edge.

A line tells its terms, its distance and the next best choices with what they cost others. A need without an offer
tells how many were left after each filter, who took the last ones, and the smallest change that would have helped.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from platsverket.marketplace.planning import places
from platsverket.marketplace.planning.alternatives import UNKNOWN, Alternative, alternatives
from platsverket.marketplace.planning.building import Built, Considered, Demand
from platsverket.marketplace.planning.choosing import Chosen, Taking, suggestions
from platsverket.marketplace.planning.holders import Holders
from platsverket.marketplace.planning.options import Option
from platsverket.marketplace.planning.patterns import pattern_of
from platsverket.marketplace.planning.sieve import Sieve
from platsverket.marketplace.planning.smallest_change import smallest_changes
from platsverket.marketplace.requests.queries import PooledNeed
from platsverket.matching.limits import Limits
from platsverket.matching.loss import Losses
from platsverket.matching.plan import Plan
from platsverket.matching.reasons import Loss

MOST_TAKEN_BY = 10
COSTS_S, CHANGES_S = 10.0, 10.0
"""Seconds of searching for costs to others, and for smallest changes, in one run."""
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

    def of_line(self, chosen: Chosen) -> dict[str, Any]:
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


def find(built: Built, plan: Plan, *, should_stop: Callable[[], bool]) -> Reasons:
    """Return the reasons for a checked plan.

    Costs to others and smallest changes are searched for within a time of their own; what is not found by then is
    left open and says so.
    """
    lines = [line for suggestion in suggestions(built, plan.matches) for line in suggestion.lines]
    holders = Holders(built.market, lines)
    losses = Losses(built.problem, plan.matches, Limits(COSTS_S, should_stop), WHOLE_OPTIONS, MOST_NEEDS)
    others = alternatives(built, lines, holders, losses.of_taking)
    served = {line.need_id for line in lines}
    lost = [each for each in built.considered if each.need.need_id not in served]
    codes = {each.need.need_id: _code(built, each, served, losses) for each in lost}
    return Reasons(
        considered=built.considered,
        lines={(line.demand.key, line.option.key): _line(built, line, others[line]) for line in lines},
        missing=_missing(built, lines),
        codes=codes,
        unserved=_Unserved(built, holders, losses, Limits(CHANGES_S, should_stop)).of_all(lost, codes),
    )


def _code(built: Built, each: Considered, served: Collection[UUID], losses: Losses) -> str:
    """Why a need is not served: a code of `NeedOutcome`."""
    if each.blocked_by:
        return "bundle_broken"
    if not each.demands:
        return "no_option"
    group = (each.need.request_id, each.need.alternative_group)
    siblings = {
        other.need.need_id
        for other in built.considered
        if (other.need.request_id, other.need.alternative_group) == group and group[1] is not None
    }
    if siblings & set(served):
        return "alternative_served"
    return "no_option" if losses.why_unserved(each.demands[0].key) == "no_option" else "lost_to_others"


def _line(built: Built, line: Chosen, others: Sequence[Alternative]) -> dict[str, Any]:
    return {
        **_told(line.demand, line.option),
        "value": line.demand.value,
        "kept": built.as_before(line.demand, line.option),
        "alternatives": [_alternative(built, line, each) for each in others],
    }


def _told(demand: Demand, option: Option) -> dict[str, Any]:
    return {
        "terms": option.terms,
        "distanceM": None if option.distance_m is None else places.exact_m(demand.need, option.offer),
        "missing": _missing_dates(option),
    }


def _alternative(built: Built, line: Chosen, each: Alternative) -> dict[str, Any]:
    """An option that a line may be swapped to, in the shape that `proposals.swapping` reads."""
    return {
        "option": each.option.key,
        "offerId": str(each.option.offer.offer_id),
        "amount": each.amount,
        "score": each.score,
        **_told(line.demand, each.option),
        "claims": [_claim(built, taking) for taking in each.takings],
        "loss": _loss(each.loss),
    }


def _claim(built: Built, taking: Taking) -> dict[str, Any]:
    during = taking.interval(built.market.calendar)
    return {
        "unitId": str(taking.unit),
        "amount": taking.amount,
        "from": during.start.isoformat(),
        "until": during.end.isoformat() if during.end else None,
    }


def _loss(loss: Loss) -> dict[str, Any]:
    """What a choice costs: all in all, and others; with the needs that would move, fall or rise."""
    return {
        "kind": loss.kind,
        "amount": loss.amount,
        "toOthers": loss.to_others,
        "moved": _need_ids(loss.moved),
        "fell": _need_ids(loss.fell),
        "rose": _need_ids(loss.rose),
    }


def _need_ids(keys: Collection[str]) -> list[str]:
    return list(dict.fromkeys(key.partition("@")[0] for key in keys))


def _missing(built: Built, lines: Sequence[Chosen]) -> dict[UUID, list[dict[str, str]]]:
    """The dates of each served need that are not served, with why."""
    missing = {line.need_id: _missing_dates(line.option) for line in lines}
    for each in built.considered:
        if each.dates and each.need.need_id in missing:
            served = {line.demand.on for line in lines if line.need_id == each.need.need_id}
            missing[each.need.need_id] = _dates_lost(built, each.need, served)
    return missing


def _missing_dates(option: Option) -> list[dict[str, str]]:
    return [{"date": missing.on.isoformat(), "code": missing.code} for missing in option.missing]


def _dates_lost(built: Built, need: PooledNeed, served: Collection[date | None]) -> list[dict[str, str]]:
    pattern = pattern_of(need.timing, built.market.calendar, built.market.now)
    ahead = (pattern.starts >= built.market.now).tolist()
    return [
        {"date": on.isoformat(), "code": "taken" if is_ahead else "past"}
        for on, is_ahead in zip(pattern.dates, ahead, strict=True)
        if on not in served
    ]


class _Unserved:
    """What is told of needs that got nothing: who took the last ones, at what cost they could have, what would help."""

    def __init__(self, built: Built, holders: Holders, losses: Losses, limits: Limits) -> None:
        self._holders = holders
        self._losses = losses
        self._limits = limits
        self._left = Sieve(replace(built.market, taken=holders.taken()))
        self._any_left: dict[UUID, bool] = {}
        self._bundles: dict[UUID, list[PooledNeed]] = {}
        for each in built.considered:
            self._bundles.setdefault(each.need.request_id, []).append(each.need)

    def of_all(self, lost: Sequence[Considered], codes: Mapping[UUID, str]) -> dict[UUID, dict[str, Any]]:
        """Return it for each need."""
        return {each.need.need_id: self._of(each, codes[each.need.need_id]) for each in lost}

    def _of(self, each: Considered, code: str) -> dict[str, Any]:
        searched = code in {"no_option", "lost_to_others"} and not self._limits.ended()
        changes = smallest_changes(self._left, each.need, self._limits.ended) if searched else []
        best = next((demand for demand in each.demands if demand.options), None)
        loss = self._losses.of_taking(best.key, best.options[0].key) if best and code == "lost_to_others" else UNKNOWN
        return {
            "emptiedBy": next((step for step, left in each.left.items() if not left), None),
            "blockedBy": [str(need_id) for need_id in each.blocked_by],
            "takenBy": self._taken_by(each),
            "loss": _loss(loss),
            "changes": [change.to_json() for change in changes],
            "searched": searched and not self._limits.ended(),
            "alsoMissing": [str(need_id) for need_id in self._also_missing(each)] if searched else [],
        }

    def _taken_by(self, each: Considered) -> list[dict[str, str]]:
        """The matches that hold what the need's options would have taken, each once."""
        found = {
            (line.need_id, line.option.offer.offer_id): {
                "needId": str(line.need_id),
                "requestId": str(line.demand.need.request_id),
                "offerId": str(line.option.offer.offer_id),
            }
            for demand in each.demands
            for option in demand.options
            for line in self._holders.in_the_way(option)
        }
        return list(found.values())[:MOST_TAKEN_BY]

    def _also_missing(self, each: Considered) -> list[UUID]:
        """The other needs of the bundle for which nothing is left either, so that one change is not enough."""
        bundle = self._bundles.get(each.need.request_id, ()) if each.need.together else ()
        return [need.need_id for need in bundle if need is not each.need and not self._has_any_left(need)]

    def _has_any_left(self, need: PooledNeed) -> bool:
        if need.need_id not in self._any_left:
            self._any_left[need.need_id] = bool(self._left.sift(need).found)
        return self._any_left[need.need_id]
