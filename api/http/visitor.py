"""Who looks at a page: what the encrypted session cookie remembers of the sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from sqlmodel import Session

from core.settings import settings
from core.time import clock
from marketplace.organisations import sessions
from marketplace.organisations.models import WebSession

SESSION_COOKIE = "platsverket_session"
FORM_COOKIE = "platsverket_form"
_KEY = "visitor"


class SignInNeeded(Exception):
    """Nobody is signed in, or it was too long ago."""


def cookie_name(cookie: str) -> str:
    """Return the name that a cookie has in browsers: in production one that they take from this host alone, by https.

    Neither a neighbouring host nor whoever listens in can set such a cookie.
    """
    return f"__Host-{cookie}" if settings().environment == "production" else cookie


@dataclass(frozen=True)
class Visitor:
    """A signed-in member as the page's head shows it. Whether the session holds, and what its member may do, is asked
    of the database each time; `secret` is what it knows the session by, `session_id` what a form belongs to."""

    secret: str
    session_id: UUID
    member_id: UUID
    name: str
    organisation: str
    roles: frozenset[str]
    since: Annotated[datetime, msgspec.Meta(tz=True)]

    @property
    def is_current(self) -> bool:
        """Whether the sign-in still holds."""
        return clock.now() < self.since + timedelta(hours=settings().session_hours)


def visitor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor | None:
    """Return who is signed in, if anybody is."""
    kept = _session(connection).get(_KEY)
    try:
        visitor = msgspec.convert(kept, Visitor)
    except msgspec.ValidationError:  # nobody, or as a version of before or to come has written it
        return None
    return visitor if visitor.is_current else None


def remember(request: Request[Any, Any, Any], visitor: Visitor) -> None:
    """Let the browser show from now on that it is this visitor's."""
    request.session[_KEY] = msgspec.to_builtins(visitor)


def forget(request: Request[Any, Any, Any]) -> None:
    """Let the browser show nothing any more. The session itself is ended where its row is."""
    request.set_session({})


def sign_in_address(wanted: str, why: str = "") -> str:
    """Return where to sign in so that one comes back to the page that was asked for; `why` one has to."""
    query = ([] if wanted == "/" else [("next", wanted)]) + ([("why", why)] if why else [])
    return f"/sign-in?{urlencode(query, safe='/')}" if query else "/sign-in"


def local_path(address: str | None) -> str:
    """Return an address only if it is a path of ours, else the start page, so that nobody is sent elsewhere."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return "/"


def _session(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, Any]:
    """Return the session; empty where none is loaded, as for an address that matches no route."""
    kept = connection.scope.get("session")
    session: dict[str, Any] = kept if isinstance(kept, dict) else {}
    return session


def web_session_key(request: Request[Any, Any, Any]) -> UUID:
    """Return the key of the session that a signed-in member's request came in."""
    found: UUID = request.state.web_session
    return found


def web_session_of(request: Request[Any, Any, Any], session: Session) -> WebSession:
    """Return that session.

    Raises
    ------
    SignInNeeded
        It has been ended since the request began.
    """
    found = sessions.row_of(session, web_session_key(request))
    if found is None:
        raise SignInNeeded
    return found
