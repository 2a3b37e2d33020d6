"""Answers of the API that say more than a body: where the new thing is, and which version it has."""

from typing import TypeVar

from litestar import Response

from api.http.etag import etag

T = TypeVar("T")


def answered(body: T, version: int) -> Response[T]:
    """Answer 200 with the version as ETag."""
    return Response(body, headers={"ETag": etag(version)})


def created(body: T, location: str, version: int | None = None) -> Response[T]:
    """Answer 201 with the address of what was made."""
    headers = {"Location": location} | ({"ETag": etag(version)} if version is not None else {})
    return Response(body, status_code=201, headers=headers)
