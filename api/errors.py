"""Tells errors: as problem+json to programs, as a page in the reader's language to people."""

from typing import Any

from litestar import Response
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from api.http.problem_details import AnyRequest, ProblemDetails, problem_of, problem_response
from api.http.visitor import SignInNeeded, sign_in_address
from api.pages.forms import FormRefused
from api.pages.rendering import page


def tell(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer any error. Litestar calls this for every exception that leaves a handler or finds no route."""
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    if isinstance(error, FormRefused):
        return error.response
    body = ScopeState.from_scope(request.scope).body
    problem = problem_of(error, body if isinstance(body, bytes) else b"")
    return _error_page(problem) if _wants_page(request) else problem_response(request, problem)


def _wants_page(request: AnyRequest) -> bool:
    outside = request.url.path.startswith(("/api/", "/health/", "/static/"))
    return not outside and "text/html" in request.headers.get("accept", "")


def _error_page(problem: ProblemDetails) -> Response[Any]:
    response = page("errors/error.html", {"problem": problem}, status=problem.status, headers=dict(problem.headers))
    if problem.code == "form_too_old":  # its cookie may have been signed with another key: let a new one be set
        response.delete_cookie("platsverket_form")
    return response


def _to_sign_in(request: AnyRequest) -> Response[Any]:
    address = sign_in_address(request)
    if request.headers.get("hx-request"):  # htmx would put the sign-in page into the middle of this one
        return Response(None, status_code=204, headers={"hx-redirect": address})
    return Redirect(address, status_code=303)
