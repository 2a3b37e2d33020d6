"""RFC 9457, what went wrong as HTTP tells it: `core.errors` on one side, status codes on the other.

Mapped here and only here: a status and a code for every error, which values of a request are wrong, and
problem+json for programs. `api.errors` makes pages of the same for people.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, PermissionDeniedException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.http.faults import body_faults, too_long_numbers
from api.language.faults import problem_text
from api.language.i18n import language, said
from api.schemas.base import InvalidParameterOut, Problem
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

AnyRequest = Request[Any, Any, Any]

PROBLEM_TYPES = "/developers#problem-"
RETRY_AFTER_S = 5
ENGLISH = "en"
CUT_OFF = "client disconnected prematurely"
"""What Litestar says of a body that does not end."""

# Title and detail are English; pages show them through the catalogue.
TITLES = {
    400: "The input is not right",
    401: "You have to sign in",
    403: "This is not yours to do",
    404: "What you are looking for is not here",
    405: "This cannot be done here",
    409: "It is too late for this",
    412: "Somebody else changed it",
    413: "That is too much at once",
    415: "The body has to be JSON",
    429: "You ask too much at once",
    500: "Something went wrong on our side",
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
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
    507: "storage_full",
}

# What msgspec says of an object: where the object stands is told apart from the field's name.
_FIELD = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]+)`")
_MISSING_PARAMETER = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'.*")


@dataclass(frozen=True)
class ProblemDetails:
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


ParameterFault = Callable[[str, str], InvalidParameter]
"""The fault of a parameter in the address, from its place and what was told of it."""


def problem_of(
    error: Exception,
    body: bytes = b"",
    kind: Any = None,
    of_parameter: ParameterFault = lambda place, told: InvalidParameter(place, None, told),
) -> ProblemDetails:
    """Return what to answer for an error; ``body`` is the request's, and ``kind`` what it should have been.

    An error that we did not foresee is logged with its traceback and told without any inner detail.
    """
    match _inner(error):
        case PlatsverketError() as ours:
            return _of_ours(ours)
        case HTTPException() as web:
            return _of_web(web, body, kind, of_parameter)
        case RecursionError() if body:
            parameter = InvalidParameter("body", None, "it is nested too deeply")
            return ProblemDetails(400, "bad_input", str(parameter), parameters=[parameter])
        case unforeseen:
            log.error("unforeseen_error", exc_info=unforeseen)
            return ProblemDetails(500, CODES[500], "We have logged what happened. Please try again later.")


def problem_response(request: AnyRequest, problem: ProblemDetails) -> Response[Problem]:
    """Tell an error to a program, in English unless it asks for another language that we speak."""
    code = language() if "accept-language" in request.headers else ENGLISH
    tell = said if code != ENGLISH else str
    wrong = [
        InvalidParameterOut(property=each.property, value=each.value, reason=tell(each.reason))
        for each in problem.parameters
    ]
    listed = "; ".join(f"{each.property}: {each.reason}" for each in wrong)
    detail = problem.detail if code == ENGLISH else listed or problem_text(problem.code, problem.detail)
    told = Problem(
        type=PROBLEM_TYPES + problem.code.replace("_", "-"),
        title=tell(problem.title),
        status=problem.status,
        detail=detail,
        instance=request.url.path,
        code=problem.code,
        invalid_parameters=wrong or None,
        details=dict(problem.details) or None,
    )
    headers = {**problem.headers, "content-language": code}
    return Response(told, status_code=problem.status, media_type=Problem.media_type, headers=headers)


def _inner(error: Exception) -> Exception:
    """Return what lies inside: Litestar wraps an error that a dependency raises while it is closed in a group."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, DBAPIError):
        return db.meaning_of(error)
    if isinstance(error, PoolTimeout):
        return Unavailable("The database has no free connection.")
    return error


def _of_ours(error: PlatsverketError) -> ProblemDetails:
    detail = str(error)
    match error:
        case BadInput():
            return ProblemDetails(400, "bad_input", detail, parameters=error.parameters)
        case NotFound():
            return ProblemDetails(404, "not_found", detail)
        case NotAllowed():
            return ProblemDetails(403, error.code, detail)
        case VersionChanged():
            return ProblemDetails(412, error.code, detail, details=error.details)
        case Conflict():
            return ProblemDetails(409, error.code, detail, details=error.details)
        case StorageFull():
            return ProblemDetails(507, "storage_full", detail)
        case Unavailable():
            return ProblemDetails(503, "unavailable", detail, headers={"retry-after": str(RETRY_AFTER_S)})
    return ProblemDetails(500, CODES[500], "We have logged what happened. Please try again later.")


def _of_web(error: HTTPException, body: bytes, kind: Any, of_parameter: ParameterFault) -> ProblemDetails:
    status = error.status_code
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        return ProblemDetails(
            403, "form_too_old", "The form was open for too long. Load the page again and send it anew."
        )
    if isinstance(error, InternalServerException) and error.detail == CUT_OFF:  # it is the client that failed
        return ProblemDetails(400, CODES[400], "The connection ended before all of the request had arrived.")
    if isinstance(error, RequestEntityTooLarge):
        return ProblemDetails(413, CODES[413], "It is more than can be sent at once. Send it in smaller parts.")
    code = CODES.get(status, "internal" if status >= 500 else "bad_input")
    parameters = parameters_of(error, body, kind, of_parameter) if status == 400 else ()
    detail = "; ".join(map(str, parameters)) or error.detail
    return ProblemDetails(status, code, detail, parameters=parameters, headers=error.headers or {})


def parameters_of(
    error: HTTPException, body: bytes, kind: Any, of_parameter: ParameterFault
) -> Sequence[InvalidParameter]:
    """Return what is wrong, with the values of the body as they were sent where they can be found."""
    if isinstance(error.extra, list) and error.extra:
        listed = [_listed(item, body, of_parameter) for item in error.extra]
        of_body = any(item.get("source") == "body" for item in error.extra)
        return (body_faults(kind, body) if of_body and body and kind is not None else []) or listed
    missing = _MISSING_PARAMETER.fullmatch(error.detail)
    if missing:
        return [InvalidParameter(missing["name"], None, "it is required")]
    return too_long_numbers(body) or [InvalidParameter("body", None, f"it is not JSON: {error.detail}")]


def _listed(item: dict[str, Any], body: bytes, of_parameter: ParameterFault) -> InvalidParameter:
    """Read one entry of Litestar's list: a field of the body, or a parameter of the query, path or header."""
    message, place = str(item["message"]), str(item.get("key", ""))
    if item.get("source") != "body":
        return of_parameter(place, _sentence(message))
    if not body:
        return InvalidParameter("body", None, "it is required")
    path = "" if place == "data" else place
    named = _FIELD.fullmatch(message)
    if named:
        path = f"{path}.{named['name']}".lstrip(".")
        message = "it is required" if named["what"] == "missing required" else "there is no such field"
    return InvalidParameter(path or "body", _value_at(path, body), _sentence(message))


def _sentence(reason: str) -> str:
    return reason.replace("`", "")


def _value_at(path: str, body: bytes) -> Any:
    """Return what the body has at a path such as ``needs[0].amount``, or nothing; only what is short to quote."""
    try:
        value = msgspec.json.decode(body)
        for step in re.findall(r"[^.\[\]]+", path):
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError, RecursionError):
        return None
    return value if isinstance(value, str | int | float | bool) else None
