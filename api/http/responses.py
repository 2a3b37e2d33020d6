"""Answers that say more than a body: where the new thing is, which version it has, a file; `If-Match` back."""

import re
from collections.abc import Iterable
from typing import Annotated, TypeVar

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter

from core import spreadsheets
from core.actor import Actor
from core.errors import BadInput

T = TypeVar("T")

# A proxy that compresses turns our strong tag into a weak one; it still names the version.
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def answered(body: T, version: int) -> Response[T]:
    """Answer 200 with the version as ETag."""
    return Response(body, headers={"ETag": etag(version)})


def created(body: T, location: str, version: int | None = None) -> Response[T]:
    """Answer 201 with the address of what was made."""
    headers = {"Location": location} | ({"ETag": etag(version)} if version is not None else {})
    return Response(body, status_code=201, headers=headers)


def csv_file(name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Response[bytes]:
    """Answer with a table as a file that Swedish spreadsheets open."""
    return file(spreadsheets.csv_of(columns, rows), spreadsheets.CSV, name)


def file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """Answer with a file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


ANY_VERSION = "*"
Tag = Annotated[
    str,
    HeaderParameter(
        name="If-Match",
        description="The ETag that you read: if somebody changed the thing since, nothing is done (412). "
        "/ Den ETag du läste: har någon ändrat sedan dess görs ingenting (412).",
        schema_extra={"pattern": r'^(\*|(W/)?"[0-9]{1,9}")$'},
    ),
]


def provide_if_match(actor: NamedDependency[Actor], tag: Tag = ANY_VERSION) -> int | None:  # noqa: ARG001
    """Return the version that the client read, or nothing where it did not say or said `*`.

    It asks for the actor so that whoever is nobody is told that first (401).
    """
    header = tag.strip()
    if header == ANY_VERSION:
        return None
    match = _TAG.fullmatch(header)
    if match is None:
        raise BadInput("If-Match", header, "it has to be an ETag as it was answered")
    return int(match[1])
