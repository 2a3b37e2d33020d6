"""Headers that tell browsers what our pages never do: load from elsewhere, be framed, or be guessed at."""

from functools import cache

from core.settings import settings

# The design system draws its icons from data URLs in its own style sheet.
_CONTENT = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_SCANS = "/scan"
"""The one page that asks for the camera; the picture stays in it."""
_NEVER_ASKED_FOR = ("display-capture", "geolocation", "microphone", "payment", "usb")


def security_headers(path: str) -> dict[str, str]:
    """Return the headers for an answer under a path; what changes is never kept by browsers or proxies."""
    if path == _SCANS:
        return _scanning()
    return _static() if path.startswith("/static/") else _changing()


@cache
def _static() -> dict[str, str]:
    headers = {
        "content-security-policy": _CONTENT,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": _permissions(),
    }
    if settings().environment == "production":
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return headers


@cache
def _changing() -> dict[str, str]:
    return {**_static(), "cache-control": "no-store"}


@cache
def _scanning() -> dict[str, str]:
    return {**_changing(), "permissions-policy": _permissions(camera="(self)")}


def _permissions(*, camera: str = "()") -> str:
    return ", ".join([f"camera={camera}", *(f"{each}=()" for each in _NEVER_ASKED_FOR)])
