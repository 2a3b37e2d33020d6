"""Problems and plans out of parsed JSON, strictly.

Every reader builds one thing and names places from there; `_each` adds where that thing stands.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from matching.problem.errors import MatchingError, ProblemError
from matching.problem.needs import Claim, Forbidden, Match, Need, Option
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.problem.units import Interval, Piece, Position, Unit

PROBLEM_FORMAT = "platsverket-problem/1"
PLAN_FORMAT = "platsverket-plan/1"
WHOLE = "the file"
"""The place named when nothing smaller can be."""

T = TypeVar("T")


def read_problem(content: object) -> Problem:
    """The problem that the file says.

    Raises
    ------
    ProblemError
        It says none; the error names the place.
    """
    fields = problem_fields(content)
    units, needs = read_units(fields["units"]), read_needs(fields["needs"])
    return Problem(units=units, needs=needs, **read_rest(fields))


def problem_fields(content: object) -> dict[str, Any]:
    """The content as an object of this format with all of a problem's keys; what they hold is not looked at."""
    _check_format(content, PROBLEM_FORMAT)
    optional = ("seed", "together", "alternatives", "fixed", "forbidden", "previous", "stability")
    return _fields(content, ("format", "name", "units", "needs"), optional)


def read_units(content: object, first: int = 0) -> tuple[Unit, ...]:
    """The units of the file, or some of them, whose first has this position."""
    return _each("units", content, _unit, first)


def read_needs(content: object, first: int = 0) -> tuple[Need, ...]:
    """The needs of the file, or some of them, whose first has this position."""
    return _each("needs", content, _need, first)


def read_rest(fields: dict[str, Any]) -> dict[str, Any]:
    """All but the units and needs, by the names of the problem's fields."""
    return {
        "name": fields["name"],
        "seed": fields.get("seed", 0),
        "together": _each("together", fields.get("together", []), _group),
        "alternatives": _each("alternatives", fields.get("alternatives", []), _group),
        "fixed": _each("fixed", fields.get("fixed", []), _match),
        "forbidden": _each("forbidden", fields.get("forbidden", []), _forbidden),
        "previous": _each("previous", fields.get("previous", []), _match),
        "stability": fields.get("stability", 0),
    }


def read_plan(content: object) -> Plan:
    """The plan that the file says.

    Raises
    ------
    PlanError
        A field is wrong.
    ProblemError
        The shape is wrong.
    """
    _check_format(content, PLAN_FORMAT)
    required = ("format", "problem", "status", "objective", "bound", "seed", "runtime_s", "matches")
    fields = _fields(content, required)
    plain = {key: field for key, field in fields.items() if key not in ("format", "matches")}
    return Plan(**plain, matches=_each("matches", fields["matches"], _match))


def _unit(content: object) -> Unit:
    fields = _fields(content, ("id", "capacity"), ("available", "position"))
    available = _each("available", fields["available"], _piece) if "available" in fields else None
    position = _position(fields["position"]) if "position" in fields else None
    return Unit(fields["id"], fields["capacity"], available, position)


def _piece(content: object) -> Piece:
    return Piece(*_row(content, ("start", "end", "capacity")))


def _position(content: object) -> Position:
    try:
        latitude, longitude = _row(content, ("latitude", "longitude"))
    except ProblemError as error:
        raise error.inside("position") from error
    return latitude, longitude


def _need(content: object) -> Need:
    fields = _fields(content, ("id", "value", "amount", "options"), ("parts",))
    options = _each("options", fields["options"], _option)
    return Need(fields["id"], fields["value"], fields["amount"], options, fields.get("parts", 1))


def _option(content: object) -> Option:
    fields = _fields(content, ("id", "score", "claims"), ("max",))
    if fields.get("max", 1) is None:
        raise ProblemError("max", "null is not a whole number; leave the key out where there is no limit")
    return Option(fields["id"], fields["score"], _each("claims", fields["claims"], _claim), fields.get("max"))


def _claim(content: object) -> Claim:
    fields = _fields(content, ("unit", "amount", "during"))
    return Claim(fields["unit"], fields["amount"], _each("during", fields["during"], _interval))


def _interval(content: object) -> Interval:
    return Interval(*_row(content, ("start", "end")))


def _group(content: object) -> tuple[str, ...]:
    return _each("", content, _need_id)


def _need_id(content: object) -> str:
    if not isinstance(content, str):
        raise ProblemError("", f"{_shown(content)} is not the id of a need")
    return content


def _match(content: object) -> Match:
    return Match(**_fields(content, ("need", "option", "amount")))


def _forbidden(content: object) -> Forbidden:
    return Forbidden(**_fields(content, ("need", "option")))


def _check_format(content: object, expected: str) -> None:
    """Look at the format first, so that a later version is not blamed for its new keys."""
    if not isinstance(content, dict):
        raise ProblemError(WHOLE, f"{_shown(content)} is not an object with format {expected!r}")
    if content.get("format", expected) != expected:
        message = f"{_shown(content['format'])} is not {expected!r}, which is what is read here"
        raise ProblemError("format", message)


def _fields(content: object, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
    """The content as an object with all of the required keys, and no others than the optional ones."""
    if not isinstance(content, dict):
        raise ProblemError("", f"{_shown(content)} is not an object with {', '.join(required)}")
    for key in content:
        if key not in required and key not in optional:
            raise ProblemError(key, f"this key is not known; those known here are {', '.join([*required, *optional])}")
    for key in required:
        if key not in content:
            raise ProblemError(key, "this key is missing")
    return content


def _row(content: object, names: Sequence[str]) -> Sequence[Any]:
    """The content as an array of as many things as there are names."""
    if not isinstance(content, list | tuple) or len(content) != len(names):
        raise ProblemError("", f"{_shown(content)} is not [{', '.join(names)}]")
    return content


def _each(where: str, content: object, read: Callable[[object], T], first: int = 0) -> tuple[T, ...]:
    if not isinstance(content, list):
        raise ProblemError(where, f"{_shown(content)} is not an array")
    things = []
    for position, thing in enumerate(content, first):
        try:
            things.append(read(thing))
        except ProblemError as error:
            raise error.inside(f"{where}[{position}]") from error
    return tuple(things)


def _shown(content: object) -> str:
    text = repr(content)
    return text if len(text) <= 60 else f"{text[:57]}..."


Pairs = list[tuple[str, Any]]
Text = bytes | memoryview | str


def parsed(data: Text) -> object:
    """What the JSON says.

    Raises
    ------
    ProblemError
        It is no JSON; the error names the line and column where it stops being so.
    """
    return _parsed(data, _object)


def check_json(data: Text) -> None:
    """Refuse what `parsed` refuses, in little memory, however long it is."""
    _parsed(data, _nothing)


def _parsed(data: Text, read: Callable[[Pairs], object]) -> object:
    try:
        text = data if isinstance(data, str) else str(data, "utf-8-sig")
        return json.loads(text, object_pairs_hook=read, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError(place, f"this is not JSON: {error.msg}") from error
    except MatchingError:
        raise
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of thousands of digits, endless nesting
        raise ProblemError(WHOLE, f"this is not JSON that can be read: {error}") from error


def _object(pairs: Pairs) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ProblemError(WHOLE, f"an object in it has the key {repeated!r} twice")
    return content


def _nothing(pairs: Pairs) -> None:
    _object(pairs)


def _refuse_constant(constant: str) -> NoReturn:
    raise ProblemError(WHOLE, f"{constant} is not JSON; a number is written with digits")
