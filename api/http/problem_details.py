"""What went wrong, as HTTP sees it: `core.errors` on one side, status codes on the other. Mapped here and only here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from litestar.exceptions import HTTPException, PermissionDeniedException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.http.invalid import parameters_of
from core.database import db
from core.errors import (
    BadInput,
    Conflict,
    InvalidParameter,
    NotAllowed,
    NotFound,
    PlatsverketError,
    StorageFull,
    Unavailable,
    VersionChanged,
)

log = structlog.get_logger()

RETRY_AFTER_S = 5

# Title and detail are English; pages show them through the catalogue.
TITLES = {
    400: "The input is not right",
    401: "You have to sign in",
    403: "This is not yours to do",
    404: "There is no such page or thing",
    405: "This cannot be done here",
    409: "It is too late for this",
    412: "Somebody else changed it",
    413: "That is too much at once",
    415: "The body has to be JSON",
    500: "Something is wrong with us",
    503: "We cannot answer right now",
    507: "There is no room left on the disk",
}

CODES = {
    400: "bad_input",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "version_changed",
    413: "too_large",
    415: "unsupported_media_type",
    500: "internal",
    503: "unavailable",
    507: "storage_full",
}


@dataclass(frozen=True)
class Refusal:
    """Everything that an answer about an error says, whether as JSON or as a page."""

    status: int
    code: str
    detail: str
    parameters: Sequence[InvalidParameter] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What kind of error it is, the same each time."""
        return TITLES.get(self.status, TITLES[500 if self.status >= 500 else 400])


def refusal_of(error: Exception, body: bytes = b"") -> Refusal:
    """Return what to answer for an error; ``body`` is the request's, to quote wrong values from.

    An error that we did not foresee is logged with its traceback and told without any inner detail.
    """
    match _inner(error):
        case PlatsverketError() as ours:
            return _of_ours(ours)
        case HTTPException() as web:
            return _of_web(web, body)
        case unforeseen:
            log.error("unforeseen_error", exc_info=unforeseen)
            return Refusal(500, CODES[500], "We have logged what happened. Please try again later.")


def _inner(error: Exception) -> Exception:
    """Return what lies inside: Litestar wraps an error that a dependency raises while it is closed in a group."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, DBAPIError):
        return db.meaning_of(error)
    if isinstance(error, PoolTimeout):
        return Unavailable("The database has no free connection.")
    return error


def _of_ours(error: PlatsverketError) -> Refusal:
    detail = str(error)
    match error:
        case BadInput():
            return Refusal(400, "bad_input", detail, parameters=error.parameters)
        case NotFound():
            return Refusal(404, "not_found", detail)
        case NotAllowed():
            return Refusal(403, error.code, detail)
        case VersionChanged():
            return Refusal(412, error.code, detail, details=error.details)
        case Conflict():
            return Refusal(409, error.code, detail, details=error.details)
        case StorageFull():
            return Refusal(507, "storage_full", detail)
        case Unavailable():
            return Refusal(503, "unavailable", detail, headers={"retry-after": str(RETRY_AFTER_S)})
    return Refusal(500, CODES[500], "We have logged what happened. Please try again later.")


def _of_web(error: HTTPException, body: bytes) -> Refusal:
    status = error.status_code
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        return Refusal(403, "form_too_old", "The form was open for too long. Load the page again and send it anew.")
    code = CODES.get(status, "internal" if status >= 500 else "bad_input")
    parameters = parameters_of(error, body) if status == 400 else ()
    detail = "; ".join(map(str, parameters)) or error.detail
    return Refusal(status, code, detail, parameters=parameters, headers=error.headers or {})
