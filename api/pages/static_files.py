"""Style sheets and scripts: our own, and those that scripts/vendor_assets.py brought from npm."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from api.pages.rendering import STATIC

# An address carries a digest of the content (`rendering.asset`), so that a changed file has another address.
_KEEP = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)


def static_files() -> Router:
    """Return the router for `/static`."""
    return create_static_files_router(path="/static", directories=[STATIC], cache_control=_KEEP)
