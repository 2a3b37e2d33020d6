"""Who acts: a bearer token on the API, a session cookie on the pages. Never the one in place of the other."""

from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, TooManyRequestsException
from litestar.handlers import BaseRouteHandler
from sqlmodel import Session

from api.http.confirmation.check import check_confirmed, check_program_may
from api.http.forms.kept import KEPT_QUERY, Why, keep
from api.http.forms.once import claim_form
from api.http.forms.posted import Posted
from api.http.unit_of_work import asked
from api.http.visitor import SignInNeeded, Visitor, forget, remember, visitor_of
from core.actor import Actor
from core.database import db
from core.errors import NotAllowed, NotFound
from core.rate_limits import POSTS, SEARCHES, SIGN_INS, of_address
from core.time import clock
from marketplace.organisations import queries, rules, service, sessions
from marketplace.organisations.models import AccessToken, WebSession
from marketplace.organisations.tokens import token_hash

AnyRequest = Request[Any, Any, Any]
Connection = ASGIConnection[Any, Any, Any, Any]

READ, WRITE, PROVISION = "read", "write", "provision"
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
NOTED_EVERY = timedelta(minutes=1)
TOO_OFTEN = "You do this too often. Wait a moment."
MOST_KNOWN = 1000
_NO_SEARCH = {"page", "limit", "was", "sent", KEPT_QUERY}
"""What a query may have without looking for anything: parts of lists, what is shown anew, forms."""
_known_lately: OrderedDict[str, bool] = OrderedDict()
"""Digests of tokens that held when they were last shown: whoever guesses keeps nobody with these from using them."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="platsverket"'}
_INVALID = {"WWW-Authenticate": 'Bearer realm="platsverket", error="invalid_token"'}


async def check_token_first(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse whoever is nobody before anything of a body is read."""
    if connection.scope.get("method") not in _WITHOUT_BODY and has_body(connection):
        await asked(connection, lambda session: _slow_down(connection, _holder(connection, session)[0]))


def has_body(connection: Connection) -> bool:
    """Tell whether a request comes with a body."""
    return connection.headers.get("content-length", "0") != "0" or "transfer-encoding" in connection.headers


def bearer_actor(request: AnyRequest, session: NamedDependency[Session]) -> Actor:
    """Return the member that a token was issued to, when the token's scopes allow this method."""
    actor, held = _holder(request, session)
    if request.method in _WITHOUT_BODY or not has_body(request):  # else it was counted before its body was read
        _slow_down(request, actor)
    check_program_may(request, actor)
    request.state.token = held
    if held.last_used_at is None or clock.now() - held.last_used_at >= NOTED_EVERY:
        _note_use(session, held)
    return replace(actor, token_id=held.id)


def provisioning_actor(request: AnyRequest, session: NamedDependency[Session]) -> Actor:
    """Return the admin whose token a directory shows, as long as it is one of its organisation."""
    actor = bearer_actor(request, session)
    rules.may_provision(actor)
    return actor


def _holder(connection: Connection, session: Session) -> tuple[Actor, AccessToken]:
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException("Send a token: `Authorization: Bearer …`.", headers=_CHALLENGE)
    found = _known(session, token.strip(), of_address(connection.client.host if connection.client else None))
    if found is None:
        raise NotAuthorizedException("The token is unknown, expired or revoked.", headers=_INVALID)
    needed = _scope_for(connection)
    if needed not in found[1].scopes:
        raise NotAllowed("scope_missing", f"The token does not have the scope “{needed}”.")
    return found


def _scope_for(connection: Connection) -> str:
    """Return what a token has to be for; whatever provisions is used for nothing else, and nothing else for it."""
    if connection.scope["path"].startswith("/scim/"):
        return PROVISION
    return READ if connection.scope.get("method") in {"GET", "HEAD"} else WRITE


def _known(session: Session, token: str, address: str) -> tuple[Actor, AccessToken] | None:
    """Return whose a token is; an address that shows too many that are nobody's waits before it may try another."""
    digest = token_hash(token)
    if digest not in _known_lately:
        refuse_if_too_often(SIGN_INS.wait_s(address))
    found = queries.actor_for_token(session, token, clock.now())
    if found is None:
        _known_lately.pop(digest, None)
        refuse_if_too_often(SIGN_INS.spend(address))
        return None
    _known_lately[digest] = True
    if len(_known_lately) > MOST_KNOWN:
        _known_lately.popitem(last=False)
    return found


def refuse_if_too_often(wait_s: int) -> None:
    """Refuse whoever has to wait.

    Raises
    ------
    TooManyRequestsException
        With the seconds to wait.
    """
    if wait_s:
        raise TooManyRequestsException(TOO_OFTEN, headers={"Retry-After": str(wait_s)})


def _slow_down(request: Connection, actor: Actor) -> None:
    if request.scope.get("method") not in _WITHOUT_BODY:
        refuse_if_too_often(POSTS.spend(str(actor.member_id)))
    elif set(request.query_params) - _NO_SEARCH:
        refuse_if_too_often(SEARCHES.spend(str(actor.member_id)))


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
        Nobody is, or somebody else than the one that the form was shown to, or it has to be confirmed first: what was
        typed is kept.
    """
    try:
        actor = signed_in_actor(request, session)
    except SignInNeeded:
        if request.method == "POST":
            raise keep(request, posted, Why.SESSION_ENDED) from None
        raise
    _slow_down(request, actor)
    if posted.token and posted.token.member_id != actor.member_id:
        raise keep(request, posted, Why.SOMEBODY_ELSE)
    check_confirmed(request, session, actor, web_session_of(request), posted)
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
