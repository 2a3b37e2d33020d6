"""Who acts: a bearer token on the API, a session cookie on the pages. Never the one in place of the other."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from sqlmodel import Session

from api.http.forms.kept import Why, keep
from api.http.forms.once import claim_form
from api.http.forms.posted import Posted
from api.http.unit_of_work import asked
from api.http.visitor import SignInNeeded, Visitor, forget, remember, visitor_of
from core.actor import Actor
from core.database import db
from core.errors import NotAllowed, NotFound
from core.time import clock
from marketplace.organisations import queries, service, sessions
from marketplace.organisations.models import AccessToken, WebSession

AnyRequest = Request[Any, Any, Any]
Connection = ASGIConnection[Any, Any, Any, Any]

READ, WRITE = "read", "write"
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
NOTED_EVERY = timedelta(minutes=1)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="platsverket"'}
_INVALID = {"WWW-Authenticate": 'Bearer realm="platsverket", error="invalid_token"'}


async def check_token_first(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse whoever is nobody before anything of a body is read."""
    if connection.scope.get("method") not in _WITHOUT_BODY and has_body(connection):
        await asked(connection, lambda session: _holder(connection, session))


def has_body(connection: Connection) -> bool:
    """Tell whether a request comes with a body."""
    return connection.headers.get("content-length", "0") != "0" or "transfer-encoding" in connection.headers


def bearer_actor(request: AnyRequest, session: NamedDependency[Session]) -> Actor:
    """Return the member that a token was issued to, when the token's scopes allow this method."""
    actor, held = _holder(request, session)
    request.state.token = held
    if held.last_used_at is None or clock.now() - held.last_used_at >= NOTED_EVERY:
        _note_use(session, held)
    return replace(actor, token_id=held.id)


def _holder(connection: Connection, session: Session) -> tuple[Actor, AccessToken]:
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException("Send a token: `Authorization: Bearer …`.", headers=_CHALLENGE)
    found = queries.actor_for_token(session, token.strip(), clock.now())
    if found is None:
        raise NotAuthorizedException("The token is unknown, expired or revoked.", headers=_INVALID)
    needed = READ if connection.scope.get("method") in {"GET", "HEAD"} else WRITE
    if needed not in found[1].scopes:
        raise NotAllowed("scope_missing", f"The token does not have the scope “{needed}”.")
    return found


def _note_use(session: Session, held: AccessToken) -> None:
    """Note the use in a transaction of its own: it was used whatever becomes of the request, and others don't wait."""
    session.rollback()  # gives its connection back before another is asked for
    with db.unit_of_work() as own:
        service.note_use(own, held.id)


def page_actor(request: AnyRequest, session: NamedDependency[Session], posted: NamedDependency[Posted]) -> Actor:
    """Return the signed-in member as the database knows it now, and see to it that a form is handled once.

    Raises
    ------
    SignInNeeded
        Nobody is signed in.
    FormKept
        Nobody is, or somebody else than the one that the form was shown to: what was typed is kept.
    """
    try:
        actor = signed_in_actor(request, session)
    except SignInNeeded:
        if request.method == "POST":
            raise keep(request, posted, Why.SESSION_ENDED) from None
        raise
    if posted.token and posted.token.member_id != actor.member_id:
        raise keep(request, posted, Why.SOMEBODY_ELSE)
    claim_form(request, session, actor, posted)
    return actor


def signed_in_actor(request: AnyRequest, session: Session) -> Actor:
    """Return the signed-in member as the database knows it now.

    Raises
    ------
    SignInNeeded
        Nobody is, or the session or its member's time here has ended.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInNeeded
    found = sessions.find(session, visitor.secret)
    actor = _member_of(session, found) if found else None
    if found is None or actor is None:
        forget(request)
        raise SignInNeeded
    request.state.web_session = found
    if sessions.is_due(found, visitor.secret):
        _renew(request, session, visitor)
    return actor


def _renew(request: AnyRequest, session: Session, visitor: Visitor) -> None:
    """Give the browser a new secret, in a transaction of its own: it gets it whatever becomes of the request."""
    session.rollback()  # gives its connection back before another is asked for
    with db.unit_of_work() as own:
        secret = sessions.renew(own, visitor.secret)
    if secret is not None:
        remember(request, replace(visitor, secret=secret))


def _member_of(session: Session, found: WebSession) -> Actor | None:
    try:
        return queries.actor_for(session, found.member_id)
    except NotFound:
        return None


def web_session_of(request: AnyRequest) -> WebSession:
    """Return the session that a signed-in member's request came in."""
    found: WebSession = request.state.web_session
    return found
