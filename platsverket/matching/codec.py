"""Problems and plans as JSON and back, strictly: what is not understood is refused, naming the place."""

import json
from typing import Any, NoReturn

from platsverket.matching.errors import MatchingError, PlanError, ProblemError
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.reading import WHOLE, read_plan, read_problem
from platsverket.matching.writing import write_plan, write_problem


def problem_from_json(data: bytes | str) -> Problem:
    """The problem that the JSON says; raises ProblemError."""
    return read_problem(_parsed(data))


def plan_from_json(data: bytes | str) -> Plan:
    """The plan that the JSON says; raises PlanError."""
    try:
        return read_plan(_parsed(data))
    except ProblemError as error:
        raise PlanError(error.where, error.message) from error


def problem_to_json(problem: Problem) -> bytes:
    """The problem as UTF-8 JSON; reading it again gives an equal problem."""
    return _dumped(write_problem(problem))


def plan_to_json(plan: Plan) -> bytes:
    """The plan as UTF-8 JSON; reading it again gives an equal plan."""
    return _dumped(write_plan(plan))


def _parsed(data: bytes | str) -> object:
    try:
        return json.loads(data, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError(place, f"this is not JSON: {error.msg}") from error
    except MatchingError:
        raise
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of thousands of digits, endless nesting
        raise ProblemError(WHOLE, f"this is not JSON that can be read: {error}") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ProblemError(WHOLE, f"an object in it has the key {repeated!r} twice")
    return content


def _refuse_constant(constant: str) -> NoReturn:
    raise ProblemError(WHOLE, f"{constant} is not JSON; a number is written with digits")


def _dumped(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
