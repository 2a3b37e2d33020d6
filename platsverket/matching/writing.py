"""Problems and plans as plain objects and arrays; what has its default is left out."""

from typing import Any

from platsverket.matching.need import Claim, Match, Need, Option
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.reading import PLAN_FORMAT, PROBLEM_FORMAT
from platsverket.matching.unit import Unit

Object = dict[str, Any]


def write_problem(problem: Problem) -> Object:
    """The problem as its file says it."""
    content = {
        "format": PROBLEM_FORMAT,
        "name": problem.name,
        "seed": problem.seed,
        "units": [_unit(unit) for unit in problem.units],
        "needs": [_need(need) for need in problem.needs],
    }
    optional = {
        "together": problem.together,
        "alternatives": problem.alternatives,
        "fixed": [_match(match) for match in problem.fixed],
        "forbidden": [{"need": pair.need, "option": pair.option} for pair in problem.forbidden],
        "previous": [_match(match) for match in problem.previous],
        "stability": problem.stability,
    }
    return content | {key: field for key, field in optional.items() if field}


def write_plan(plan: Plan) -> Object:
    """The plan as its file says it."""
    return {
        "format": PLAN_FORMAT,
        "problem": plan.problem,
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "seed": plan.seed,
        "runtime_s": plan.runtime_s,
        "matches": [_match(match) for match in plan.matches],
    }


def _unit(unit: Unit) -> Object:
    content: Object = {"id": unit.id, "capacity": unit.capacity}
    if unit.available is not None:
        content["available"] = [[piece.start, piece.end, piece.capacity] for piece in unit.available]
    if unit.position is not None:
        content["position"] = unit.position
    return content


def _need(need: Need) -> Object:
    content: Object = {"id": need.id, "value": need.value, "amount": need.amount}
    if need.parts != 1:
        content["parts"] = need.parts
    return content | {"options": [_option(option) for option in need.options]}


def _option(option: Option) -> Object:
    content: Object = {"id": option.id, "score": option.score}
    if option.max is not None:
        content["max"] = option.max
    return content | {"claims": [_claim(claim) for claim in option.claims]}


def _claim(claim: Claim) -> Object:
    during = [[interval.start, interval.end] for interval in claim.during]
    return {"unit": claim.unit, "amount": claim.amount, "during": during}


def _match(match: Match) -> Object:
    return {"need": match.need, "option": match.option, "amount": match.amount}
