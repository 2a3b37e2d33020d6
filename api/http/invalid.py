"""Which value of a request is wrong, read from what Litestar and msgspec say about it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar.exceptions import HTTPException

from core.errors import InvalidParameter

# What msgspec says of an object: where the object stands is told apart from the field's name.
_FIELD = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]+)`")
_MISSING_PARAMETER = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'.*")


def parameters_of(error: HTTPException, body: bytes) -> Sequence[InvalidParameter]:
    """Return what is wrong, with the values of the body as they were sent where they can be found."""
    if isinstance(error.extra, list) and error.extra:
        return [_listed(item, body) for item in error.extra]
    missing = _MISSING_PARAMETER.fullmatch(error.detail)
    if missing:
        return [InvalidParameter(missing["name"], None, "it is required")]
    return [InvalidParameter("body", None, f"it is not JSON: {error.detail}")]


def _listed(item: dict[str, Any], body: bytes) -> InvalidParameter:
    """Read one entry of Litestar's list: a field of the body, or a parameter of the query, path or header."""
    message, place = str(item["message"]), str(item.get("key", ""))
    if item.get("source") != "body":
        return InvalidParameter(place, None, _sentence(message))
    if not body:
        return InvalidParameter("body", None, "it is required")
    path = "" if place == "data" else place
    named = _FIELD.fullmatch(message)
    if named:
        path = f"{path}.{named['name']}".lstrip(".")
        message = "it is required" if named["what"] == "missing required" else "there is no such field"
    return InvalidParameter(path or "body", _value_at(path, body), _sentence(message))


def _sentence(reason: str) -> str:
    return reason.replace("`", "")


def _value_at(path: str, body: bytes) -> Any:
    """Return what the body has at a path such as ``needs[0].amount``, or nothing; only what is short to quote."""
    try:
        value = msgspec.json.decode(body)
        for step in re.findall(r"[^.\[\]]+", path):
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError):
        return None
    return value if isinstance(value, str | int | float | bool) else None
