"""Requests as they come from directories, read, and answers to them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from scim2_models import (
    Context,
    InvalidSyntaxException,
    InvalidValueException,
    ListResponse,
    Meta,
    PatchOp,
    Resource,
    ResponseParameters,
    SearchRequest,
)

from api.scim.schemas import BASE, DEFAULT_COUNT, MEDIA_TYPE, MOST_AT_ONCE, POLICY
from core.errors import NotFound
from core.limits import GREATEST_WHOLE
from core.settings import settings
from marketplace.organisations.models import Member, ProvisionedGroup

R = TypeVar("R", bound=Resource[Any])
Question = dict[str, str]
"""What the query of an address asks, by our names for it."""

MOST_OPERATIONS = 1000
"""In one PATCH."""
LONGEST_QUESTION = 2000
"""Of a filter, or a list of attributes."""
_OF_ONE = ("attributes", "excluded_attributes")
_PRIMARY = re.compile(r"(?<=^emails)\[\s*primary\s+eq\s+\"?true\"?\s*\]", re.IGNORECASE)


def payload_of(body: bytes) -> dict[str, Any]:
    """Return the object that a body is.

    Raises
    ------
    InvalidSyntaxException
        It is none.
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidSyntaxException(detail=f"The body is not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidSyntaxException(detail="The body is nested too deeply.") from error
    if not isinstance(found, dict):
        raise InvalidSyntaxException(detail="The body has to be a JSON object.")
    return found


def patched(resource: R, body: bytes) -> R:
    """Return a resource as it is after the operations of a PATCH."""
    payload = payload_of(body)
    key = next((each for each in payload if each.lower() == "operations"), "Operations")
    operations = payload.get(key)
    if isinstance(operations, list):
        if len(operations) > MOST_OPERATIONS:
            raise InvalidSyntaxException(detail=f"There may be at most {MOST_OPERATIONS} operations.")
        payload[key] = [part for each in operations for part in _with_paths(_by_value(each))]
    kind: Any = type(resource)
    with POLICY:
        asked = PatchOp[kind].model_validate(payload, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        asked.patch(resource)
    return resource


def _by_value(operation: Any) -> Any:
    """Return a removal that tells whom by the ids alone, whatever else is said of them, such as `$ref: null`."""
    if not isinstance(operation, dict) or str(operation.get("op")).lower() != "remove":
        return operation
    value = operation.get("value")
    if not isinstance(value, list | dict):
        return operation
    named = [
        {"value": each["value"]} if isinstance(each, dict) and "value" in each else each
        for each in (value if isinstance(value, list) else [value])
    ]
    return {**operation, "value": named}


def _with_paths(operation: Any) -> list[Any]:
    """Return an operation without a path as several, for each key of its value that is a path with a filter.

    The primary address is the one for work, as there is one alone.
    """
    if isinstance(operation, dict) and isinstance(operation.get("path"), str):
        operation = {**operation, "path": _plain(operation["path"])}
    value = operation.get("value") if isinstance(operation, dict) and not operation.get("path") else None
    if not isinstance(value, dict):
        return [operation]
    apart = [{**operation, "path": _plain(key), "value": each} for key, each in value.items() if "[" in key]
    rest = {key: each for key, each in value.items() if "[" not in key}
    return [*([{**operation, "value": rest}] if rest or not apart else []), *apart]


def _plain(path: str) -> str:
    return _PRIMARY.sub('[type eq "work"]', path)


def provide_question(
    *,
    filter: Annotated[str | None, QueryParameter()] = None,  # noqa: A002 (as the protocol calls it)
    start_index: Annotated[str | None, QueryParameter(name="startIndex")] = None,
    count: Annotated[str | None, QueryParameter()] = None,
    attributes: Annotated[str | None, QueryParameter()] = None,
    excluded_attributes: Annotated[str | None, QueryParameter(name="excludedAttributes")] = None,
) -> Question:
    """Return what the query of an address asks, without what it leaves empty."""
    asked = {
        "filter": filter,
        "start_index": start_index,
        "count": count,
        "attributes": attributes,
        "excluded_attributes": excluded_attributes,
    }
    return {name: value for name, value in asked.items() if value}


def search_of(kind: type[R], question: Question) -> SearchRequest[R]:
    """Return what a list is asked for: filter, place and number, attributes."""
    return _search(kind, question)


def attributes_of(kind: type[R], question: Question) -> SearchRequest[R]:
    """Return which attributes of one resource are asked for."""
    return _search(kind, {name: value for name, value in question.items() if name in _OF_ONE})


def search_in(kind: type[R], body: bytes) -> SearchRequest[R]:
    """Return the same as a body asks for it."""
    return _search(kind, payload_of(body), Context.SEARCH_REQUEST)


def _search(kind: type[R], said: Mapping[str, Any], context: Context = Context.DEFAULT) -> SearchRequest[R]:
    for name, value in said.items():
        if len(str(value)) > LONGEST_QUESTION:
            raise InvalidValueException(detail=f"{name[:40]} has more than {LONGEST_QUESTION} characters.")
    with POLICY:
        made: SearchRequest[R] = SearchRequest[kind].model_validate(said, scim_ctx=context)  # type: ignore[valid-type]
    return made


def page_of(search: SearchRequest[Any]) -> tuple[int, int]:
    """Return how many to skip and how many to show at most."""
    count = DEFAULT_COUNT if search.count is None else min(search.count, MOST_AT_ONCE)
    return min(search.start_index or 1, GREATEST_WHOLE) - 1, count


def shown(resource: Resource[Any], asked: ResponseParameters[Any] | None = None, status: int = 200) -> Response[bytes]:
    """Answer with a resource."""
    context = Context.RESOURCE_CREATION_RESPONSE if status == 201 else Context.RESOURCE_QUERY_RESPONSE
    body = resource.model_dump(scim_ctx=context, response_parameters=asked)
    location = resource.meta.location if resource.meta else None
    headers = {"Location": location} if location and status == 201 else {}
    return answer(body, status, headers)


def listed(kind: Any, resources: list[Any], total: int, search: SearchRequest[Any] | None = None) -> Response[bytes]:
    """Answer with some of a list."""
    skipped = page_of(search)[0] if search else 0
    found = ListResponse[kind](
        total_results=total, start_index=skipped + 1, items_per_page=len(resources), resources=resources
    )
    return answer(found.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=search))


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Answer with plain data."""
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def meta_of(row: Member | ProvisionedGroup, kind: str) -> Meta:
    """Return when a resource was made and changed, and its address."""
    return Meta(
        resource_type=kind, created=row.created_at, last_modified=row.updated_at, location=address_of(kind, row.id)
    )


def address_of(kind: str, key: UUID | str) -> str:
    """Return the address of a resource."""
    return f"{settings().address}{BASE}/{kind}s/{key}"


def key_of(text: str, kind: str) -> UUID:
    """Return the id in an address; what cannot be one names nothing."""
    found = uuid_of(text)
    if found is None:
        raise NotFound(kind, text[:60])
    return found


def uuid_of(text: str) -> UUID | None:
    """Return the id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
