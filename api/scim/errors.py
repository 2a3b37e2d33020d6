"""Errors as SCIM tells them (RFC 7644 §3.12)."""

from collections.abc import Sequence
from typing import Any

from litestar import Response
from pydantic import ValidationError
from scim2_models import Context, Error, SCIMException

from api.http.problem_details import AnyRequest, ProblemDetails, problem_of
from api.language.faults import problem_text
from api.language.i18n import language, said
from api.scim.messages import answer

ENGLISH = "en"
_UNIQUE = {"already_exists"}


def scim_problem(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer an error to a directory, in English unless it asks for another language that we speak."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    headers: dict[str, str] = {}
    match error:
        case SCIMException():
            told = error.to_error()
        case ValidationError():
            told = _joined(Error.from_validation_errors(error.errors(include_input=False, include_url=False)))
        case _:
            problem = problem_of(error, b"-")
            told, headers = _of_problem(request, problem), dict(problem.headers)
    body = told.model_dump(scim_ctx=Context.DEFAULT)
    return answer(body, told.status or 500, headers)


def _joined(errors: Sequence[Error]) -> Error:
    detail = "; ".join(dict.fromkeys(each.detail or "" for each in errors))
    return Error(status=errors[0].status, scim_type=errors[0].scim_type, detail=detail)


def _of_problem(request: AnyRequest, problem: ProblemDetails) -> Error:
    code = language() if "accept-language" in request.headers else ENGLISH
    tell = said if code != ENGLISH else str
    whole = problem.detail if code == ENGLISH else problem_text(problem.code, problem.detail)
    wrong = [
        f"{each.property}: {tell(each.reason)}" + (f" ({each.value})" if isinstance(each.value, str | int) else "")
        for each in problem.parameters
    ]
    kind = {400: "invalidValue", 413: "tooMany"}.get(problem.status)
    return Error(
        status=problem.status,
        scim_type="uniqueness" if problem.code in _UNIQUE else kind,
        detail="; ".join(wrong) or whole,
    )
