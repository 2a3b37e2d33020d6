"""Flat value classes as JSON and back: camelCase, unknown fields refused, errors name the field."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from enum import EnumType
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar, get_args

import msgspec

from core.errors import BadInput
from core.time.opening import read_object


class Dataclass(Protocol):
    """Any class made by `dataclasses.dataclass`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


D = TypeVar("D", bound=Dataclass)

_PLACE = re.compile(r"(?P<reason>.*?)(?: - at `\$\.(?P<field>\w+)(?P<within>.*)`)?", re.DOTALL)


def to_json(value: Dataclass) -> dict[str, Any]:
    """Return a value as JSON data that `from_json` reads; sets are sorted, so that equal values give equal data."""
    plain: dict[str, Any] = msgspec.to_builtins(value, order="deterministic")
    # As they come back from JSON: a tuple would not equal the list that is stored.
    return {camel(name): list(each) if isinstance(each, tuple) else each for name, each in plain.items()}


def from_json(kind: type[D], value: object) -> D:
    """Return a value of a flat dataclass from JSON data; fields with a default may be left out.

    Raises
    ------
    BadInput
        A field is missing, unknown, of the wrong type, or refused by the class itself.
    """
    of, required, optional = _fields_of(kind)
    data = read_object(value, required, optional)
    try:
        return msgspec.convert({of[name].name: each for name, each in data.items()}, kind)
    except msgspec.ValidationError as error:
        raise _named(str(error), of, data) from error


def from_stored(kind: type[D], value: Mapping[str, object]) -> D:
    """Return a value of a flat dataclass from JSON data that was written by some version of it.

    What the class does not know, because another version did, is left out.

    Raises
    ------
    ValueError
        The class refuses what is stored. It is nobody's input, so it is no `BadInput`.
    """
    of, _required, _optional = _fields_of(kind)
    try:
        return from_json(kind, {name: each for name, each in value.items() if name in of})
    except BadInput as error:
        raise ValueError(f"what is stored is no {kind.__name__}: {error}") from error


def from_row(kind: type[D], row: object) -> D:
    """Return a value of a flat dataclass from a row that has a column for each of its fields."""
    return msgspec.convert(row, kind, from_attributes=True)


def camel(name: str) -> str:
    """Return a Python name as it is called in JSON: `area_m2` as `areaM2`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@cache
def _fields_of(kind: type[Dataclass]) -> tuple[dict[str, Field[Any]], tuple[str, ...], tuple[str, ...]]:
    """Return the fields by their names in JSON, and which of these have to be there, and which may."""
    of = {camel(field.name): field for field in fields(kind)}
    required = tuple(name for name, field in of.items() if _is_required(field))
    return of, required, tuple(name for name in of if name not in required)


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _named(message: str, of: Mapping[str, Field[Any]], data: Mapping[str, object]) -> BadInput:
    """Return msgspec's complaint about a value with the field's JSON name and the words that are allowed there."""
    match = _PLACE.fullmatch(message)
    field, within, reason = (match["field"], match["within"], match["reason"]) if match else (None, "", message)
    name = camel(field or "")
    allowed = [str(word) for word in words(of[name].type)] if name in of else []
    hint = f": use one of {', '.join(allowed)}" if allowed and reason.startswith("Invalid enum value") else ""
    return BadInput(f"{name}{within}", data.get(name), f"{reason}{hint}")


def words(kind: Any) -> list[Any]:
    """Return the words of the enum that stands somewhere in a type, such as `frozenset[Fitting]`."""
    if isinstance(kind, EnumType):
        return list(kind)
    return [word for part in get_args(kind) for word in words(part)]
