"""Which value of a request is wrong, read from what Litestar and msgspec say about it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar.exceptions import HTTPException

from platsverket.core.errors import InvalidParameter

# msgspec: "Expected `int`, got `str` - at `$.needs[0].amount`", "Object missing required field `title`".
_PLACE = re.compile(r"(?P<reason>.*?)(?: - at (?:the key of |the value of )?`\$\.?(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]+)`$")


def parameters_of(error: HTTPException, body: bytes) -> Sequence[InvalidParameter]:
    """Return what is wrong, with the values as they were sent where they can be found."""
    if isinstance(error.extra, list) and error.extra:
        return [_parameter(item) for item in error.extra]
    return [_in_body(error.detail.removeprefix("400: "), body)]


def _parameter(item: Any) -> InvalidParameter:
    """Read one entry of Litestar's own list: a parameter of the query, path or header, or a field of the body."""
    message = str(item.get("message", "")) if isinstance(item, dict) else str(item)
    name = str(item.get("key", "")) if isinstance(item, dict) else ""
    match = _PLACE.fullmatch(message)
    return _named(name, match["reason"] if match else message, None)


def _in_body(message: str, body: bytes) -> InvalidParameter:
    match = _PLACE.fullmatch(message)
    reason, path = (match["reason"], match["path"] or "") if match else (message, "")
    return _named(path, reason, body)


def _named(path: str, reason: str, body: bytes | None) -> InvalidParameter:
    """Name a field that is missing or unknown itself, not the object that it is or should be in."""
    field = _FIELD.fullmatch(reason)
    if field:
        path = f"{path}.{field['name']}".lstrip(".")
        reason = "it is required" if field["what"] == "missing required" else "there is no such field"
    value = None if body is None else _value_at(path, body)
    return InvalidParameter(path or "body", value, _sentence(reason))


def _sentence(reason: str) -> str:
    return reason.replace("`", "").strip() or "it cannot be read"


def _value_at(path: str, body: bytes) -> Any:
    """Return what the body has at a path such as ``needs[0].amount``, or nothing."""
    try:
        value = msgspec.json.decode(body)
        for step in re.findall(r"[^.\[\]]+", path):
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError):
        return None
    return value if isinstance(value, str | int | float | bool) else None
