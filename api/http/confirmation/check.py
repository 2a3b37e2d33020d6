"""Who has to confirm once more who it is before something is done, as `api.access` says of its address."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Request
from sqlmodel import Session

from api.access import ACCESS
from api.http.forms.kept import FormKept, Why, keep
from api.http.forms.posted import Posted
from api.http.openid.providers import is_sure
from api.http.visitor import web_session_of
from core.actor import Actor
from core.errors import NotAllowed
from core.settings import settings
from marketplace.organisations import passkeys
from marketplace.organisations.models import WebSession

AnyRequest = Request[Any, Any, Any]
PAGE = "/confirmation"
_KIND = re.compile(r"\{(\w+):\w+\}")


def confirmation_address(wanted: str) -> str:
    """Return where to confirm so that one comes back to a page."""
    return f"{PAGE}?{urlencode({'next': wanted}, safe='/')}"


def check_confirmed(request: AnyRequest, session: Session, actor: Actor, posted: Posted) -> None:
    """Ask a signed-in member to confirm who it is, where that is needed and was not done lately.

    Raises
    ------
    FormKept
        By the page for it; what was typed in a form is kept.
    """
    if not _asks(request, actor) or has_confirmed(web_session_of(request, session)):
        return
    if not settings().demands_step_up and not passkeys.has_any(session, actor.member_id):
        return
    if request.method == "GET":
        raise FormKept(Why.STEP_UP, _came_from(request), None)
    session.rollback()  # gives its connection back before another is asked for
    raise keep(request, posted, Why.STEP_UP)


def check_program_may(request: AnyRequest, actor: Actor) -> None:
    """Refuse a program what only a person may confirm."""
    if _asks(request, actor):
        refuse_programs()


def refuse_programs() -> None:
    """Refuse what only a person may confirm, where that is demanded.

    Raises
    ------
    NotAllowed
        ``step_up``.
    """
    if settings().demands_step_up:
        raise NotAllowed(
            "step_up",
            "This asks for a fresh confirmation by a person, which a program cannot give. "
            "Sign in on the pages and do it there.",
        )


def has_confirmed(row: WebSession) -> bool:
    """Tell whether a session needs no confirmation now: it had one lately, or its provider was sure enough."""
    return passkeys.is_confirmed(row) or is_sure(row.issuer, row.assurance, row.methods)


def _asks(request: AnyRequest, actor: Actor) -> bool:
    """Tell whether the address asks for it; whoever may not do what it is for anyhow is told that instead."""
    address = _KIND.sub(r"{\1}", request.scope["path_template"])
    access = ACCESS.get(f"{request.method} {address}")
    if access is None or not access.confirmed:
        return False
    return not access.permissions or any(actor.may(permission) for permission in access.permissions)


def _came_from(request: AnyRequest) -> str:
    """Return the page whose link was followed, where it is ours: what is asked for may be a file."""
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc == request.url.netloc and referer.path:
        return f"{referer.path}?{referer.query}" if referer.query else referer.path
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
