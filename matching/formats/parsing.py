"""JSON text as plain objects and arrays, strictly: a key given twice, NaN and what is not UTF-8 are refused."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from matching.formats.read_json import WHOLE
from matching.problem.errors import MatchingError, ProblemError

Pairs = list[tuple[str, Any]]
Text = bytes | memoryview | str


def parsed(data: Text) -> object:
    """What the JSON says; raises ProblemError with the line and column where it stops being JSON."""
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
