"""What was typed is kept where a form cannot be handled: on the server, for its member and in its browser only.

That is where the session had ended, where the language changes in the middle of writing, and where a form was sent
before with something else in it. The form's own token says who it was shown to; a cookie holds a secret of the
browser; the page's address then says ``?kept=…`` and shows the form as it was.
"""

import secrets
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from sqlmodel import Session

from api.http.forms.posted import Posted
from api.http.visitor import cookie_name
from core.actor import Actor
from core.database import db, drafts, kept_forms
from core.database.kept_forms import KEPT_FOR, Content
from core.settings import settings

KEPT_QUERY = "kept"
STEP = "step"
"""The field and query that say which step of a form is shown, where it has several."""
DRAFT = "draft"
"""The field that says which draft is gone on with in a form."""
FAULTS = "faults"
"""The field that carries what was said to be wrong, so that it can be said again in another language."""
KEPT_COOKIE = "platsverket_kept"
_PRESSED = "do"
"""The name of buttons: which of them was pressed is not kept."""
_NOT_KEPT = {_PRESSED, FAULTS, "password"}
"""A password is kept where it belongs alone: it is typed anew."""

Connection = ASGIConnection[Any, Any, Any, Any]


class Why(StrEnum):
    """Why a form was not handled."""

    SESSION_ENDED = "session_ended"
    SOMEBODY_ELSE = "somebody_else"
    LANGUAGE = "language"
    SENT_BEFORE = "sent_before"
    FORM_TOO_OLD = "form_too_old"
    TOO_OFTEN = "too_often"
    NOT_ALLOWED = "not_allowed"
    STEP_UP = "step_up"
    DRAFT = "draft"
    DISCARDED = "discarded"


class FormKept(Exception):
    """A form was not handled; `address` is its page, where it is shown again if it could be kept."""

    def __init__(self, why: Why, address: str, cookie: Cookie | None) -> None:
        self.why, self.address, self.cookie = why, address, cookie
        super().__init__(address)

    @property
    def cookies(self) -> list[Cookie]:
        """What the browser has to remember."""
        return [self.cookie] if self.cookie else []


def keep(request: Connection, posted: Posted, why: Why, page: str | None = None, led_to: str | None = None) -> FormKept:
    """Keep what was posted, in a transaction of its own, and return where it is shown again."""
    page = page or page_address(request)
    fields = {name: texts for name, texts in posted.fields.items() if name not in _NOT_KEPT}
    if posted.token is None or not any(text for texts in fields.values() for text in texts):
        return FormKept(why, page, None)
    secret = request.cookies.get(cookie_name(KEPT_COOKIE)) or secrets.token_urlsafe(24)
    with db.unit_of_work() as session:
        told = _told(posted) if why is Why.LANGUAGE else ()
        content = Content(fields, why, led_to, told)
        kept_id = kept_forms.keep(session, posted.token.member_id, secret, urlsplit(page).path, content)
    if kept_id is None:
        return FormKept(why, page, None)
    joint = "&" if "?" in page else "?"
    return FormKept(why, f"{page}{joint}{KEPT_QUERY}={kept_id}", kept_cookie(secret))


def _told(posted: Posted) -> tuple[tuple[str, str], ...]:
    """Return what a form was shown again with as wrong."""
    try:
        return msgspec.json.decode((posted.fields.get(FAULTS) or ["[]"])[0], type=tuple[tuple[str, str], ...])
    except msgspec.DecodeError:
        return ()


def kept(request: Connection, session: Session, actor: Actor) -> Content | None:
    """Return what the address asks to be shown again: a draft, or what this member typed in this browser."""
    secret, text = request.cookies.get(cookie_name(KEPT_COOKIE)), request.query_params.get(KEPT_QUERY, "")
    try:
        kept_id = UUID(text)
    except ValueError:
        return None
    draft = drafts.find(session, actor, kept_id, request.url.path)
    if draft is not None:
        opened = {**draft.content.fields, DRAFT: [str(draft.id)], "version": [str(draft.version)]}
        return Content(opened, Why.DRAFT)
    return kept_forms.find(session, kept_id, actor.member_id, secret, request.url.path) if secret else None


def page_address(request: Connection) -> str:
    """Return the address of the page that is shown, and of a form that was posted that of the page it stands on."""
    if request.scope.get("method") == "GET":
        return _address(request.url.path, request.url.query)
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc == request.url.netloc and _is_page(request, came_from.path):
        return _address(came_from.path, came_from.query)
    path = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _address(path: str, query: str) -> str:
    kept_no_more = [pair for pair in query.split("&") if pair and not pair.startswith(f"{KEPT_QUERY}=")]
    return "?".join([path, *(["&".join(kept_no_more)] if kept_no_more else [])])


def _is_page(request: Connection, path: str) -> bool:
    try:
        *_found, template = request.app.asgi_router.handle_routing(path, "GET")
    except HTTPException:
        return False
    return template != "/{address:path}"


def kept_cookie(secret: str) -> Cookie:
    """Return the cookie by which a browser gets back what was typed in it."""
    return Cookie(
        key=cookie_name(KEPT_COOKIE),
        value=secret,
        max_age=int(KEPT_FOR.total_seconds()),
        path="/",
        samesite="lax",
        httponly=True,
        secure=settings().environment == "production",
    )
