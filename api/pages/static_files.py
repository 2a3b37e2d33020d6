"""Style sheets and scripts: our own, and those that scripts/vendor_assets.py brought from npm."""

from typing import Any

from litestar import Request, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.static_files import create_static_files_router

from api.pages.rendering import STATIC

# An address carries a digest of the content (`rendering.asset`), so that a changed file has another address.
_KEEP = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)

# Of these files alone, which hold nobody's secret: beside what somebody typed, the size of a page would tell of it.
_SHRINK = DefineMiddleware(CompressionMiddleware, config=CompressionConfig("gzip", gzip_compress_level=6))

_LONGEST = 200


def static_files() -> Router:
    """Return the router for `/static`."""
    return create_static_files_router(
        path="/static",
        directories=[STATIC],
        cache_control=_KEEP,
        before_request=_refuse_what_no_file_is_called,
        middleware=[_SHRINK],
    )


def _refuse_what_no_file_is_called(request: Request[Any, Any, Any]) -> None:
    """Refuse a name that the file system could not even be asked for."""
    path = request.url.path
    if "\0" in path or len(path) > _LONGEST:
        raise NotFoundException
