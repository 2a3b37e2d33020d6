"""Versions on the wire: ETag on what is read, If-Match on what is changed."""

import re
from typing import Annotated

from litestar.params import HeaderParameter

from core.errors import BadInput

# A proxy that compresses turns our strong tag into a weak one; it still names the version.
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


Tag = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The ETag that you read: if somebody changed the thing since, nothing is done (412). "
        "/ Den ETag du läste: har någon ändrat sedan dess görs ingenting (412).",
    ),
]


def provide_if_match(tag: Tag = None) -> int | None:
    """Return the version that the client read, or nothing where it did not say or said `*`."""
    header = (tag or "*").strip()
    if header == "*":
        return None
    match = _TAG.fullmatch(header)
    if match is None:
        raise BadInput("If-Match", header, "it has to be an ETag as it was answered")
    return int(match[1])
