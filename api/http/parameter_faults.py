"""What is wrong with a parameter of an address, in the words and the name that whoever asked knows."""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition

from api.http.body_faults import meant, reason_of
from core.errors import InvalidParameter


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
