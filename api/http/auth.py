"""Who acts: a bearer token on the API, a session cookie on the pages. Never the one in place of the other."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
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
from api.http.openid import client_tokens
from api.http.openid.client_tokens import ClientToken
from api.http.openid.failures import SignInFailed
from api.http.openid.failures import Why as WhyNobody
from api.http.unit_of_work import asked
from api.http.visitor import SignInNeeded, Visitor, forget, remember, visitor_of
from core.actor import Actor
from core.database import db
from core.errors import NotAllowed
from core.rate_limits import POSTS, REFUSALS_KEPT, SEARCHES, SIGN_INS, of_address
from core.time import clock
from marketplace.organisations import machine_clients, queries, rules, service, sessions, sign_in
from marketplace.organisations.models import AccessToken, MachineClient
from marketplace.organisations.tokens import token_hash

log = structlog.get_logger()
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
_CLIENT = "client_token"
"""Where a request keeps what a provider's token says, or why it is not taken."""
LONGEST_DETAILS = 500
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="platsverket"'}
_INVALID = {"WWW-Authenticate": 'Bearer realm="platsverket", error="invalid_token"'}


async def check_token_first(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse whoever is nobody before anything of a body is read; ask what a provider's token says."""
    token = _bearer(connection)
    if token and client_tokens.is_of_provider(token):
        try:
            connection.scope["state"][_CLIENT] = await client_tokens.checked(token)
        except SignInFailed as failure:
            connection.scope["state"][_CLIENT] = failure
    if connection.scope.get("method") not in _WITHOUT_BODY and has_body(connection):
        await asked(connection, lambda session: _slow_down(connection, _holder(connection, session)[0]))


def has_body(connection: Connection) -> bool:
    """Tell whether a request comes with a body."""
    return connection.headers.get("content-length", "0") != "0" or "transfer-encoding" in connection.headers


def bearer_actor(request: AnyRequest, session: NamedDependency[Session]) -> Actor:
    """Return the member that a token was issued to, when the token's scopes allow this method."""
    actor, held = _holder(request, session)
    own = isinstance(held, AccessToken)
    if request.method in _WITHOUT_BODY or not has_body(request):  # else it was counted before its body was read
        _slow_down(request, actor)
    check_program_may(request, actor)
    request.state.token = held if own else None
    if held.last_used_at is None or clock.now() - held.last_used_at >= NOTED_EVERY:
        _note_use(session, request, actor, held)
    return replace(actor, token_id=held.id) if own else actor


def token_of(request: AnyRequest) -> AccessToken:
    """Return the token of ours that a program shows.

    Raises
    ------
    NotAllowed
        ``client_credentials``: its organisation's provider lets it in, for as long as that wishes.
    """
    found: AccessToken | None = request.state.token
    if found is None:
        raise NotAllowed("client_credentials", "Your own provider gives you tokens: none are made here for you.")
    return found


def provisioning_actor(request: AnyRequest, session: NamedDependency[Session]) -> Actor:
    """Return the admin whose token a directory shows, as long as it is one of its organisation."""
    actor = bearer_actor(request, session)
    rules.may_provision(actor)
    return actor


def _bearer(connection: Connection) -> str:
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _holder(connection: Connection, session: Session) -> tuple[Actor, AccessToken | MachineClient]:
    token = _bearer(connection)
    if not token:
        raise NotAuthorizedException("Send a token: `Authorization: Bearer …`.", headers=_CHALLENGE)
    said = connection.scope["state"].get(_CLIENT)
    if isinstance(said, ClientToken):
        actor, client = _client(connection, session, said)
        _check_scope(connection, said.scopes)
        return actor, client
    if isinstance(said, SignInFailed):
        raise _refused_client(connection, session, said)
    found = _known(session, token, _address(connection))
    if found is None:
        raise NotAuthorizedException("The token is unknown, expired or revoked.", headers=_INVALID)
    _check_scope(connection, found[1].scopes)
    return found


def _check_scope(connection: Connection, scopes: Collection[str]) -> None:
    needed = _scope_for(connection)
    if needed not in scopes:
        raise NotAllowed("scope_missing", f"The token does not have the scope “{needed}”.")


def _client(connection: Connection, session: Session, said: ClientToken) -> tuple[Actor, MachineClient]:
    found = machine_clients.actor_for_client(session, said.provider.issuer, said.client_id)
    if found is None:
        raise _refused_client(connection, session, SignInFailed(WhyNobody.NO_MEMBER, f"client {said.client_id}"))
    actor, client, number = found
    if not said.is_of(number):
        raise _refused_client(connection, session, SignInFailed(WhyNobody.NO_ORGANISATION, f"client {said.client_id}"))
    return actor, client


def _refused_client(connection: Connection, session: Session, failure: SignInFailed) -> NotAuthorizedException:
    """Write down that a provider's token was refused, and return what its program is told."""
    log.warning("access_token_refused", why=failure.why)
    session.rollback()  # gives its connection back before another is asked for
    if REFUSALS_KEPT.spend("all") == 0:  # the audit only grows: of a flood the log alone tells
        with db.unit_of_work() as own:
            sign_in.record_refusal(own, failure.why, {"details": failure.details[:LONGEST_DETAILS]})
    refuse_if_too_often(SIGN_INS.spend(_address(connection)))
    if failure.why is WhyNobody.NO_MEMBER:
        text = "No organisation has registered a program with this client id here, or it is kept out."
        return NotAuthorizedException(text, headers=_INVALID)
    return NotAuthorizedException(f"The access token is not taken ({failure.why}).", headers=_INVALID)


def _address(connection: Connection) -> str:
    return of_address(connection.client.host if connection.client else None)


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


def _note_use(session: Session, request: AnyRequest, actor: Actor, held: AccessToken | MachineClient) -> None:
    """Note the use in a transaction of its own: it was used whatever becomes of the request, and others don't wait."""
    key = held.id
    session.rollback()  # gives its connection back before another is asked for
    with db.unit_of_work() as own:
        said = request.scope["state"].get(_CLIENT)
        if isinstance(said, ClientToken):
            machine_clients.note_use(own, actor, key, said.token_id)
        else:
            service.note_use(own, key)


def page_actor(request: AnyRequest, session: Session, posted: Posted) -> Actor:
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
        _slow_down(request, actor)
        if posted.token and posted.token.member_id != actor.member_id:
            raise keep(request, posted, Why.SOMEBODY_ELSE)
        check_confirmed(request, session, actor, posted)
    except SignInNeeded:
        if request.method == "POST":
            raise keep(request, posted, Why.SESSION_ENDED) from None
        raise
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
    if found is None:
        forget(request)
        raise SignInNeeded
    row, actor = found
    request.state.web_session = row.id
    if sessions.is_due(row, visitor.secret):
        _renew(request, session, visitor)
    return actor


def _renew(request: AnyRequest, session: Session, visitor: Visitor) -> None:
    """Give the browser a new secret, in a transaction of its own: it gets it whatever becomes of the request."""
    session.rollback()  # gives its connection back before another is asked for
    with db.unit_of_work() as own:
        secret = sessions.renew(own, visitor.secret)
    if secret is not None:
        remember(request, replace(visitor, secret=secret))
