"""How every way of signing in ends, and how one leaves."""

from typing import Any

from litestar import Request
from sqlmodel import Session

from api.http.visitor import Visitor, forget, remember, visitor_of
from core.actor import Actor
from marketplace.organisations import queries, sessions
from marketplace.organisations.sessions import Proof

AnyRequest = Request[Any, Any, Any]


def begin_session(request: AnyRequest, session: Session, actor: Actor, proof: Proof | None = None) -> None:
    """Sign a member in. Nothing of a session before survives."""
    end_session(request, session)
    secret, begun = sessions.begin(session, actor, request.headers.get("user-agent", ""), proof)
    organisation = queries.organisation(session, actor.organisation_id)
    visitor = Visitor(
        secret, begun.id, actor.member_id, actor.name, organisation.name, frozenset(actor.roles), begun.began_at
    )
    remember(request, visitor)


def end_session(request: AnyRequest, session: Session) -> str | None:
    """End the session that the browser shows, if it shows one; return the issuer that it was founded on."""
    visitor = visitor_of(request)
    issuer = sessions.end_shown(session, visitor.secret) if visitor else None
    forget(request)
    return issuer
