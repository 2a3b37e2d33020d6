"""Versions on the wire: ETag on what is read, If-Match on what is changed."""

import re
from typing import Any

from litestar import Request

from platsverket.core.errors import BadInput

# A proxy that compresses turns our strong tag into a weak one; it still names the version.
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def provide_if_match(request: Request[Any, Any, Any]) -> int | None:
    """Return the version that the client read, or nothing where it did not say or said `*`."""
    header = request.headers.get("if-match", "*").strip()
    if header == "*":
        return None
    match = _TAG.fullmatch(header)
    if match is None:
        raise BadInput("If-Match", header, "it has to be an ETag as it was answered")
    return int(match[1])
