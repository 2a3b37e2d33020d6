"""Why every need got what it got, or nothing: reasons as data, made into words at the edge."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from platsverket.marketplace.planning import places
from platsverket.marketplace.planning.building import Built, Considered, Demand
from platsverket.marketplace.planning.choosing import Chosen, Suggestion, Taking, suggestions, takings_of
from platsverket.marketplace.planning.market import Taken
from platsverket.marketplace.planning.options import Option
from platsverket.marketplace.planning.patterns import pattern_of
from platsverket.marketplace.planning.sieve import Sieve
from platsverket.marketplace.planning.smallest_change import smallest_changes
from platsverket.marketplace.requests.queries import PooledNeed
from platsverket.matching.explain import Choice, Explanation, Loss, Served, explain
from platsverket.matching.plan import Plan

MOST_ALTERNATIVES = 5
MOST_TAKEN_BY = 10
LONGEST_EXPLAINING_S = 20.0
LONGEST_SEARCHING_S = 20.0

Outcome = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is told of every line and every need. Searched for before publishing, so that publishing is short."""

    built: Built
    lines: Mapping[tuple[str, str], Mapping[str, Any]]
    unserved: Mapping[UUID, Mapping[str, Any]]
    codes: Mapping[UUID, str]
    missing: Mapping[UUID, list[dict[str, str]]] = field(default_factory=dict)

    def of_line(self, chosen: Chosen) -> dict[str, Any]:
        """Return the reasons of a proposal's line."""
        return dict(self.lines[chosen.demand.key, chosen.option.key])

    def outcomes(self, served: Collection[UUID], dropped: Collection[UUID]) -> dict[UUID, Outcome]:
        """Return every need's outcome, given those that are proposed and those that were taken meanwhile."""
        return {each.need.need_id: self._outcome(each, served, dropped) for each in self.built.considered}

    def _outcome(self, each: Considered, served: Collection[UUID], dropped: Collection[UUID]) -> Outcome:
        need_id, steps = each.need.need_id, [{"step": step, "left": left} for step, left in each.left.items()]
        if need_id in served:
            missing = self.missing.get(need_id, [])
            code = "partly_served" if any(one["code"] != "past" for one in missing) else "served"
            return {"served": True, "code": code, "reasons": {"steps": steps, "missing": missing}}
        code = "taken_meanwhile" if need_id in dropped else self.codes[need_id]
        return {"served": False, "code": code, "reasons": {"steps": steps, **self.unserved.get(need_id, {})}}


def find(built: Built, plan: Plan, *, should_stop: Callable[[], bool]) -> Reasons:
    """Return the reasons for a checked plan.

    Costs to others and smallest changes are searched for within a time of their own; what is not found by then is
    left open and says so.
    """
    wanted = suggestions(built, plan.matches)
    chosen = [line for suggestion in wanted for line in suggestion.lines]
    explained = _explained(built, plan)
    served = {line.need_id for line in chosen}
    codes = {each.need.need_id: _code(built, each, served) for each in built.considered}
    return Reasons(
        built=built,
        lines={(line.demand.key, line.option.key): _line(built, line, chosen, explained) for line in chosen},
        unserved=_unserved(built, wanted, codes, served, should_stop),
        codes=codes,
        missing=_missing(built, chosen),
    )


def _explained(built: Built, plan: Plan) -> dict[str, Served]:
    found: Explanation = explain(built.problem, plan, needs=_served_demands(plan), time_limit_s=LONGEST_EXPLAINING_S)
    return {each.need: each for each in found.served}


def _served_demands(plan: Plan) -> list[str]:
    return list(dict.fromkeys(match.need for match in plan.matches))


def _code(built: Built, each: Considered, served: Collection[UUID]) -> str:
    """Why a need is not served: a code of `NeedOutcome`."""
    need = each.need
    if each.blocked_by:
        return "bundle_broken"
    if not each.demands:
        return "no_option"
    siblings = {
        other.need.need_id
        for other in built.considered
        if need.alternative_group is not None
        and (other.need.request_id, other.need.alternative_group) == (need.request_id, need.alternative_group)
    }
    return "alternative_served" if siblings & set(served) else "lost_to_others"


def _line(built: Built, line: Chosen, chosen: Sequence[Chosen], explained: Mapping[str, Served]) -> dict[str, Any]:
    taken = {each.option.key for each in chosen if each.demand is line.demand}
    others = [option for option in line.demand.options if option.key not in taken]
    choices = {choice.option: choice for choice in explained[line.demand.key].choices} if explained else {}
    ranked = sorted(others, key=lambda option: _rank(choices.get(option.key), option))
    return {
        **_told(line.demand, line.option),
        "value": line.demand.value,
        "kept": _kept(built, line),
        "alternatives": [
            _alternative(built, line, option, choices.get(option.key))
            for option in ranked
            if line.demand.parts == 1 or option.most >= line.amount
        ][:MOST_ALTERNATIVES],
    }


def _rank(choice: Choice | None, option: Option) -> tuple[bool, int, int]:
    amount = choice.loss.amount if choice else None
    return amount is None, amount or 0, -option.points


def _told(demand: Demand, option: Option) -> dict[str, Any]:
    return {
        "terms": option.terms,
        "distanceM": None if option.distance_m is None else places.exact_m(demand.need, option.offer),
        "missing": _missing_dates(option),
    }


def _kept(built: Built, line: Chosen) -> bool:
    """Whether the last run proposed the same."""
    return any(match.need == line.demand.key and match.option == line.option.key for match in built.problem.previous)


def _alternative(built: Built, line: Chosen, option: Option, choice: Choice | None) -> dict[str, Any]:
    """An option that a line may be swapped to, in the shape that `proposals.swapping` reads."""
    amount = line.amount if line.demand.parts > 1 else option.amount
    score = built.problem.option_of[line.demand.key, option.key].score
    return {
        "option": option.key,
        "offerId": str(option.offer.offer_id),
        "amount": amount,
        "score": score * (amount if line.demand.parts > 1 else 1),
        **_told(line.demand, option),
        "claims": [_claim(built, each) for each in takings_of(option, amount)],
        "loss": _loss(choice.loss if choice else Loss("unknown")),
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


def _missing(built: Built, chosen: Sequence[Chosen]) -> dict[UUID, list[dict[str, str]]]:
    """The dates of each served series that nothing serves, with why."""
    won: dict[UUID, list[Chosen]] = {}
    for line in chosen:
        won.setdefault(line.need_id, []).append(line)
    missing = {need_id: _missing_dates(lines[0].option) for need_id, lines in won.items()}
    for each in built.considered:
        if each.dates and each.need.need_id in won:
            served = {line.demand.on for line in won[each.need.need_id]}
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


def _unserved(
    built: Built,
    wanted: Sequence[Suggestion],
    codes: Mapping[UUID, str],
    served: Collection[UUID],
    should_stop: Callable[[], bool],
) -> dict[UUID, dict[str, Any]]:
    """What is told of each need that got nothing: who took the last ones, and what change would help."""
    holders = _Holders(wanted)
    left = Sieve(replace(built.market, taken=holders.beside(built.market.taken)))
    until = time.monotonic() + LONGEST_SEARCHING_S

    def out_of_time() -> bool:
        return time.monotonic() > until or should_stop()

    found: dict[UUID, dict[str, Any]] = {}
    for each in built.considered:
        need_id = each.need.need_id
        if need_id in served:
            continue
        searched = codes[need_id] in {"no_option", "lost_to_others"} and not out_of_time()
        changes = smallest_changes(left, each.need, out_of_time) if searched else []
        found[need_id] = {
            "emptiedBy": next((step for step, number in each.left.items() if not number), None),
            "blockedBy": [str(other) for other in each.blocked_by],
            "takenBy": holders.of(each),
            "changes": [change.to_json() for change in changes],
            "searched": searched and not out_of_time(),
            "alsoMissing": [str(other) for other in _also_missing(built, left, each)],
        }
    return found


def _also_missing(built: Built, left: Sieve, each: Considered) -> list[UUID]:
    """The other needs of the same bundle for which nothing is left either, so that one change is not enough."""
    if not each.need.together:
        return []
    bundle = [other for other in built.considered if other.need.request_id == each.need.request_id]
    return [other.need.need_id for other in bundle if other is not each and not left.sift(other.need).found]


class _Holders:
    """Who holds what in the plan."""

    def __init__(self, wanted: Sequence[Suggestion]) -> None:
        self._by_unit: dict[UUID, list[tuple[Taking, Chosen]]] = {}
        for suggestion in wanted:
            for line in suggestion.lines:
                for each in line.takings:
                    self._by_unit.setdefault(each.unit, []).append((each, line))

    def beside(self, taken: Mapping[UUID, Sequence[Taken]]) -> dict[UUID, list[Taken]]:
        """Return what is taken of each unit with the plan."""
        both = {unit: list(of_unit) for unit, of_unit in taken.items()}
        for unit, held in self._by_unit.items():
            both.setdefault(unit, []).extend((each.start, each.end, each.amount) for each, _ in held)
        return both

    def of(self, each: Considered) -> list[dict[str, Any]]:
        """Return the matches that hold what the need's options would have taken, each once."""
        found: dict[tuple[UUID, UUID], dict[str, Any]] = {}
        for demand in each.demands:
            for option in demand.options:
                for line in self._in_the_way(option):
                    key = line.need_id, line.option.offer.offer_id
                    found[key] = {
                        "needId": str(line.need_id),
                        "requestId": str(line.demand.need.request_id),
                        "offerId": str(line.option.offer.offer_id),
                    }
        return list(found.values())[:MOST_TAKEN_BY]

    def _in_the_way(self, option: Option) -> Iterator[Chosen]:
        for unit, _ in option.takings:
            for each, line in self._by_unit.get(unit, ()):
                if any(each.start < until and since < each.end for since, until in option.during):
                    yield line
