"""Tells errors: as problem+json to programs, as a page in the reader's language to people."""

from functools import partial
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from api.http.confirmation.check import confirmation_address
from api.http.faults import parameter_fault
from api.http.forms.kept import KEPT_QUERY, FormKept, Why, keep, page_address
from api.http.forms.once import AlreadyPosted
from api.http.forms.posted import Posted, posted_of
from api.http.problem_details import AnyRequest, ProblemDetails, problem_of, problem_response
from api.http.visitor import FORM_COOKIE, SignInNeeded, cookie_name, sign_in_address, visitor_of
from api.pages.forms import FormRefused
from api.pages.rendering import go_on, page
from api.scim.errors import scim_problem
from api.scim.schemas import BASE
from core.settings import settings

_KEPT = {403: Why.NOT_ALLOWED, 429: Why.TOO_OFTEN}
"""Why a form is kept that was refused with a status: it may be sent later, as when a role that has ended is back."""


def tell(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer any error. Litestar calls this for every exception that leaves a handler or finds no route."""
    if isinstance(error, SignInNeeded):
        query = f"?{request.url.query}" if request.url.query else ""
        return _go(
            request, sign_in_address(request.url.path + query if request.method == "GET" else page_address(request))
        )
    if isinstance(error, FormKept):
        return _to_kept(request, error)
    if isinstance(error, AlreadyPosted):
        return go_on(request, error.location, error.outcome)
    if isinstance(error, FormRefused):
        return error.response
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        posted = posted_of(request)
        kept_form = keep(request, posted, _why_not_ours(request, posted)) if posted else None
        if kept_form and kept_form.cookie:
            return _without_form_cookie(_to_kept(request, kept_form))
    return _told(request, error)


def _told(request: AnyRequest, error: Exception) -> Response[Any]:
    """Say what went wrong, as whoever asked reads it: a directory, another program, or a person."""
    if request.url.path.startswith(f"{BASE}/"):
        return scim_problem(request, error)
    body = ScopeState.from_scope(request.scope).body
    problem = problem_of(
        error, body if isinstance(body, bytes) else b"", _body_kind(request), partial(parameter_fault, request)
    )
    if not _wants_page(request):
        return problem_response(request, problem)
    why = _KEPT.get(problem.status) if request.method == "POST" else None
    posted = posted_of(request) if why else None
    return _error_page(problem, keep(request, posted, why) if posted and why else None, _shown_again(request))


def _body_kind(request: AnyRequest) -> Any:
    """Return the type of what an operation takes as its body; nothing where it takes none, or there is no operation."""
    handler = request.scope.get("route_handler")
    data = handler.parsed_fn_signature.parameters.get("data") if isinstance(handler, HTTPRouteHandler) else None
    return data.annotation if data is not None else None


def _wants_page(request: AnyRequest) -> bool:
    outside = request.url.path.startswith(("/api/", "/health/", "/static/", "/scim/"))
    return not outside and "text/html" in request.headers.get("accept", "")


def _shown_again(request: AnyRequest) -> str:
    """Return the address of what was kept before, where it is asked for: it waits there still."""
    return f"{request.url.path}?{request.url.query}" if KEPT_QUERY in request.query_params else ""


def _error_page(problem: ProblemDetails, kept_form: FormKept | None, shown_again: str) -> Response[Any]:
    kept_address = kept_form.address if kept_form and kept_form.cookie else shown_again
    context = {"problem": problem, "kept": kept_address if problem.status in _KEPT else ""}
    response = page("errors/error.html", context, status=problem.status, headers=dict(problem.headers))
    response.cookies += kept_form.cookies if kept_form else []
    return _without_form_cookie(response) if problem.code == "form_too_old" else response


def _without_form_cookie(response: Response[Any]) -> Response[Any]:
    """Let a new cookie be set against forgery: the old one may have been signed with another key."""
    secure = settings().environment == "production"  # without it a browser leaves such a cookie as it is
    response.set_cookie(Cookie(key=cookie_name(FORM_COOKIE), value="", max_age=0, path="/", secure=secure))
    return response


def _wanted(request: AnyRequest) -> str:
    """Return the page that was asked for, with all that its address asks."""
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else page_address(request)


def _why_not_ours(request: AnyRequest, posted: Posted) -> Why:
    """Return why a form is not of the session that it was sent in."""
    visitor = visitor_of(request)
    if visitor is None:
        return Why.SESSION_ENDED
    return Why.FORM_TOO_OLD if posted.token and posted.token.member_id == visitor.member_id else Why.SOMEBODY_ELSE


def _to_kept(request: AnyRequest, error: FormKept) -> Response[Any]:
    """Go to where a form that was not handled stands again, by confirming or signing in where that is needed first."""
    if error.why is Why.STEP_UP:
        return _go(request, confirmation_address(error.address), error.cookies)
    asked = error.why in (Why.SESSION_ENDED, Why.SOMEBODY_ELSE)
    address = sign_in_address(error.address, _why(error)) if asked else error.address
    return _go(request, address, error.cookies)


def _why(error: FormKept) -> str:
    return f"{error.why}_and_kept" if error.cookie else error.why


def _go(request: AnyRequest, address: str, cookies: list[Cookie] | None = None) -> Response[Any]:
    if request.headers.get("hx-request"):  # htmx would put the page into the middle of this one
        return Response(None, status_code=204, headers={"hx-redirect": address}, cookies=cookies)
    return Redirect(address, status_code=303, cookies=cookies)
