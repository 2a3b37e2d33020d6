"""All that is wrong with a body, where msgspec stops at the first value, and with the parameters of an address."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition
from msgspec import Struct
from msgspec.structs import fields

from core.errors import MOST_FAULTS, BadInput, InvalidParameter
from core.time.reading import read_date

LONGEST_NUMBER = 4300
"""Digits: Python reads no number that has more, as that takes long."""
MOST_LOOKED_AT = 200
"""Things in a list whose faults are told."""
REASONS: dict[Any, str] = {
    str: "it has to be text",
    bool: "it has to be true or false",
    int: "it has to be a whole number",
    float: "it has to be a number",
    list: "it has to be a list",
    dict: "it has to be an object",
    date: "it has to be a date, such as 2027-03-01",
    datetime: "it has to be an instant with its offset, such as 2027-03-01T08:00:00+01:00",
    UUID: "it has to be a UUID",
}
OTHERWISE = "it has another form than the description says"


def body_faults(kind: Any, body: bytes) -> list[InvalidParameter]:
    """Return what in a body is not as a type says, each with its place; nothing where that cannot be told."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return []  # it is no JSON, which is told by whoever read it
    return list(islice(_faults(kind, said, ""), MOST_FAULTS))


def too_long_numbers(body: bytes) -> list[InvalidParameter]:
    """Return the whole numbers of a body that have too many digits to be read at all; nothing if there is none."""
    try:
        said = json.loads(body, parse_int=lambda digits: int(digits) if len(digits) <= LONGEST_NUMBER else _TooLong())
    except (ValueError, RecursionError):
        return []
    return list(islice(_too_long(said, ""), MOST_FAULTS))


class _TooLong:
    """Stands for a number that cannot be read."""


def _too_long(value: Any, path: str) -> Iterator[InvalidParameter]:
    if isinstance(value, _TooLong):
        yield InvalidParameter(path or "body", None, "the number is too large")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _too_long(each, f"{path}[{place}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _too_long(each, _under(path, name))


def _faults(kind: Any, value: Any, path: str) -> Iterator[InvalidParameter]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        inner = meant(kind, value)
        found = False
        for fault in _within(inner, value, path):
            found = True
            yield fault
        if not found:
            plain = value if isinstance(value, str | int | float | bool) else None
            yield InvalidParameter(path or "body", plain, OTHERWISE if _is(value, inner) else reason_of(inner, value))


def meant(kind: Any, value: Any) -> Any:
    """Return the one of several types that a value is meant to be: by its tag, or by what kind of JSON it is."""
    if get_origin(kind) is Annotated:
        return meant(get_args(kind)[0], value)
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    kinds = [each for each in get_args(kind) if each is not NoneType]
    if isinstance(value, dict):
        structs = [each for each in kinds if _is_struct(each)]
        tagged = [each for each in structs if value.get(_tag_field(each)) == each.__struct_config__.tag]
        if tagged or structs:
            kinds = tagged or (structs if len(structs) == 1 else [tuple(structs)])
    return meant(kinds[0], value) if len(kinds) == 1 else kinds[0]


def _within(kind: Any, value: Any, path: str) -> Iterator[InvalidParameter]:
    if isinstance(kind, tuple) and isinstance(value, dict):  # of several kinds, and it does not say of which
        name = _tag_field(kind[0])
        tags = ", ".join(str(each.__struct_config__.tag) for each in kind)
        yield InvalidParameter(_under(path, name), value.get(name), f"it has to be one of {tags}")
    elif _is_struct(kind) and isinstance(value, dict):
        yield from _of_struct(kind, value, path)
    elif get_origin(kind) is list and isinstance(value, list):
        for place, each in enumerate(value[:MOST_LOOKED_AT]):
            yield from _faults(get_args(kind)[0], each, f"{path}[{place}]")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for name, each in islice(value.items(), MOST_LOOKED_AT):
            yield from _faults(get_args(kind)[0], name, _under(path, name))
            yield from _faults(get_args(kind)[1], each, _under(path, name))


def _of_struct(kind: type[Struct], value: dict[str, Any], path: str) -> Iterator[InvalidParameter]:
    known = {each.encode_name: each for each in fields(kind)}
    for name, each in islice(value.items(), MOST_LOOKED_AT):
        if name in known:
            yield from _faults(known[name].type, each, _under(path, name))
        elif name != _tag_field(kind):
            plain = each if isinstance(each, str | int | float | bool) else None
            yield InvalidParameter(_under(path, name), plain, "there is no such field")
    for name, field in known.items():
        if name not in value and field.required:
            yield InvalidParameter(_under(path, name), None, "it is required")


def _is(value: Any, kind: Any) -> bool:
    """Tell whether a value has the type already, so that something else is wrong with it."""
    return isinstance(kind, type) and type(value) is kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _tag_field(kind: type[Struct]) -> str:
    return kind.__struct_config__.tag_field or ""


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def reason_of(kind: Any, value: Any) -> str:
    """Return why a value is none of a type, by what would be."""
    if kind is date and isinstance(value, str):
        try:
            read_date(value)
        except BadInput as error:  # it may be a week, whose days are told as at the other doors
            return error.parameters[0].reason
    if isinstance(kind, tuple) or _is_struct(kind):
        return REASONS[dict]
    if get_origin(kind) is Literal:
        return f"it has to be one of {', '.join(map(str, get_args(kind)))}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"it has to be one of {', '.join(str(each.value) for each in kind)}"
    return REASONS.get(get_origin(kind) or kind, OTHERWISE)


def parameter_fault(request: Request[Any, Any, Any], place: str, told: str) -> InvalidParameter:
    """Return the fault of a handler's parameter: Litestar tells the place by its name in the code, without the value.

    Parameters
    ----------
    request
        The request, whose address has the value.
    place
        The parameter, as the handler calls it.
    told
        What Litestar tells of it, which is kept where we don't know better.
    """
    field = next((field for field in _fields(request) if field.name == place), None)
    about = field.kwarg_definition if field is not None else None
    if field is None or not isinstance(about, QueryParameter):
        return InvalidParameter(place, None, told)
    name = about.name or place
    value = request.query_params.get(name)
    if value is None:
        return InvalidParameter(name, None, "it is required")
    return _fault(about, name, meant(field.annotation, value), value)


def _fields(request: Request[Any, Any, Any]) -> Iterator[FieldDefinition]:
    """All that the request's handler takes, itself or by what it stands on, such as `page` and `limit`."""
    handler = request.scope.get("route_handler")
    if isinstance(handler, HTTPRouteHandler):
        yield from handler.parsed_fn_signature.parameters.values()
        for each in handler.resolve_dependencies().values():
            yield from each.parsed_fn_signature.parameters.values()


def _fault(about: QueryParameter, name: str, kind: Any, value: str) -> InvalidParameter:
    if about.max_length is not None and len(value) > about.max_length:
        return InvalidParameter(name, value, f"it has more than {about.max_length} characters")
    too_long = kind is int and value.lstrip("-").isdecimal()  # a whole number, if of too many digits
    if not too_long and not _is_of(kind, value):
        return InvalidParameter(name, value, reason_of(kind, value))
    if about.gt is not None:
        return InvalidParameter(name, value, f"it has to be more than {about.gt} and {about.le} at most")
    return InvalidParameter(name, value, f"it has to be from {about.ge} through {about.le}")


def _is_of(kind: Any, value: str) -> bool:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return False
    return True
