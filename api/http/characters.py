"""Refuses NUL wherever a program writes it, which PostgreSQL keeps in no text; in an address `null`, and what is twice.

NUL comes with text copied out of a PDF. Forms, which a person mends, say it beside the field: `api.pages.forms`. The
word `null` in an address would be taken for nothing, and a list that was to be narrowed would tell of everything. Of a
parameter that is there twice one program would believe the first, and another the last.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.params import QueryParameter

from core.errors import BadInput, InvalidParameter

REASON = "it has an invisible character that cannot be kept: write it anew"


async def refuse_nul_in_address(request: Request[Any, Any, Any]) -> None:
    """Refuse an address with NUL in its path or query.

    Raises
    ------
    BadInput
        Naming each parameter.
    """
    wrong = [InvalidParameter(name.replace("\0", ""), value, REASON) for name, value in _queried(request)]
    if "\0" in request.url.path:
        wrong.append(InvalidParameter("path", request.url.path, REASON))
    if wrong:
        raise BadInput.of(wrong)


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """Refuse a request with NUL in its address or its body, or with an address that may be read in several ways.

    Raises
    ------
    BadInput
        Naming each parameter or place in the body.
    """
    await refuse_nul_in_address(request)
    if ambiguous := [*_nulls(request), *_repeated(request)]:
        raise BadInput.of(ambiguous)
    body = await request.body()
    if b"\\u0000" in body:
        wrong = await sync_to_thread(_wrong_in, body)
        if wrong:
            raise BadInput.of(wrong)


def _queried(request: Request[Any, Any, Any]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in request.query_params.multi_items() if "\0" in name + value)


def _nulls(request: Request[Any, Any, Any]) -> Iterator[InvalidParameter]:
    handler = request.route_handler
    own = handler.parsed_fn_signature.parameters
    asked = (each.parsed_fn_signature for name, each in handler.resolve_dependencies().items() if name in own)
    for field in (*own.values(), *(each for signature in asked for each in signature.parameters.values())):
        about = field.kwarg_definition
        if isinstance(about, QueryParameter) and not any(
            each.annotation is str for each in (field, *field.inner_types)
        ):
            name = about.name or field.name
            for value in request.query_params.getall(name, []):
                if value.casefold() == "null":
                    yield InvalidParameter(name, value, "leave it out to ask for any")


def _repeated(request: Request[Any, Any, Any]) -> Iterator[InvalidParameter]:
    """Yield what is asked for several times; nothing in the API takes a list there."""
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if times > 1:
            yield InvalidParameter(
                name, request.query_params.getall(name)[-1], "it is there several times: write it once"
            )


def _wrong_in(body: bytes) -> list[InvalidParameter]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return []  # whoever reads it will say so
    return list(_faults(said, ""))


def _faults(said: object, path: str) -> Iterator[InvalidParameter]:
    match said:
        case str() if "\0" in said:
            yield InvalidParameter(path or "body", said, REASON)
        case list():
            for place, each in enumerate(said):
                yield from _faults(each, f"{path}[{place}]")
        case dict():
            for name, each in said.items():
                yield from _faults(name, f"{path}.{name}".lstrip(".").replace("\0", ""))
                yield from _faults(each, f"{path}.{name}".lstrip("."))
