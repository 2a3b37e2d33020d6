"""The life of a session: begun, seen, its secret renewed, ended by time or by somebody.

The cookie holds a secret of 256 random bits, the database its hash alone. The secret is renewed every hour: the one
before holds until the browser has shown the new one, as an answer can get lost on its way, and one minute more, for
pages that were asked for at the same time.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, delete, or_, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database.audit import record
from core.errors import NotFound
from core.settings import settings
from core.time import clock
from marketplace.organisations import queries
from marketplace.organisations.models import Member, Organisation, WebSession

RENEWED_AFTER = timedelta(hours=1)
GRACE = timedelta(minutes=1)
"""How long the secret before holds once the browser has shown the new one; and how exactly `seen_at` is kept."""
LONGEST_BROWSER = 200


@dataclass(frozen=True)
class Proof:
    """What a sign-in is founded on: the provider's word, or nothing in development."""

    issuer: str | None = None
    subject: str | None = None
    provider_session: str | None = None
    assurance: str | None = None
    methods: tuple[str, ...] = ()


def begin(session: Session, actor: Actor, browser: str, proof: Proof | None = None) -> tuple[str, WebSession]:
    """Sign a member in and return the secret for the cookie, which is kept nowhere, with the session's row."""
    secret, now, proof = secrets.token_urlsafe(32), clock.now(), proof or Proof()
    row = WebSession(
        member_id=actor.member_id,
        secret=_digest(secret),
        rotated_at=now,
        began_at=now,
        seen_at=now,
        ends_at=now + timedelta(hours=settings().session_hours),
        browser=" ".join(browser.split())[:LONGEST_BROWSER],
        issuer=proof.issuer,
        subject=proof.subject,
        provider_session=proof.provider_session,
        assurance=proof.assurance,
        methods=list(proof.methods),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "web_session",
        row.id,
        to_state="begun",
        details={"member": str(actor.member_id)} | ({"issuer": proof.issuer} if proof.issuer else {}),
    )
    return secret, row


class SessionInShort(NamedTuple):
    """What every page reads of the session that it is asked for in."""

    id: UUID
    secret: str
    previous: str | None
    rotated_at: datetime
    seen_at: datetime


_IN_SHORT = tuple(getattr(WebSession, each) for each in SessionInShort._fields)


def _holder() -> Select[*tuple[Any, ...]]:
    """A session that holds, by its secret's hash, with whom it is of: made once, as every page asks it."""
    digest: BindParameter[str] = bindparam("digest")
    return (
        select_rows(*_IN_SHORT, *queries.HOLDER)
        .select_from(WebSession)
        .join(Member, col(Member.id) == col(WebSession.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            or_(col(WebSession.secret) == digest, col(WebSession.previous) == digest),
            col(WebSession.ends_at) > bindparam("now"),
            col(WebSession.seen_at) > bindparam("idle_since"),
            col(Member.active),
            queries.takes_part(),
        )
    )


_HOLDER = _holder()


def find(session: Session, secret: str) -> tuple[SessionInShort, Actor] | None:
    """Return the session that a cookie's secret belongs to and its member, if both hold now; note that it was seen."""
    digest, now = _digest(secret), clock.now()
    idle_since = now - timedelta(minutes=settings().session_idle_minutes)
    row = session.execute(_HOLDER, {"digest": digest, "now": now, "idle_since": idle_since}).one_or_none()
    if row is None:
        return None
    found, holder = SessionInShort(*row[: len(_IN_SHORT)]), queries.Holder(*row[len(_IN_SHORT) :])
    changed: dict[str, Any] = {"seen_at": now} if now - found.seen_at > GRACE else {}
    if found.secret == digest and found.previous is not None and now - found.rotated_at > GRACE:
        changed["previous"] = None
    if changed:
        # Not where another page has renewed it meanwhile: the secret that this one showed is then the one before.
        as_read = update(WebSession).where(col(WebSession.id) == found.id, col(WebSession.secret) == found.secret)
        session.execute(as_read.values(changed))
    return found, queries.actor_of(session, holder)


def row_of(session: Session, session_id: UUID) -> WebSession | None:
    """Return all of a session, or nothing where it has been ended meanwhile."""
    return session.get(WebSession, session_id)


def is_due(row: SessionInShort | WebSession, secret: str) -> bool:
    """Tell whether it is time for a new secret; only the newest is renewed."""
    return clock.now() - row.rotated_at >= RENEWED_AFTER and row.secret == _digest(secret)


def renew(session: Session, secret: str) -> str | None:
    """Return a new secret for the session of a cookie's; nothing where somebody else was quicker."""
    found = find(session, secret)
    if found is None:
        return None
    row = session.get(WebSession, found[0].id, with_for_update=True)
    if row is None or not is_due(row, secret):
        return None
    new = secrets.token_urlsafe(32)
    row.previous, row.secret, row.rotated_at = row.secret, _digest(new), clock.now()
    return new


def sessions_of(session: Session, member_id: UUID) -> Sequence[WebSession]:
    """Return a member's sessions that hold, the latest seen first."""
    now = clock.now()
    return session.exec(
        select(WebSession)
        .where(
            col(WebSession.member_id) == member_id,
            col(WebSession.ends_at) > now,
            col(WebSession.seen_at) > now - timedelta(minutes=settings().session_idle_minutes),
        )
        .order_by(col(WebSession.seen_at).desc(), col(WebSession.id).desc())
    ).all()


def end(session: Session, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises
    ------
    NotFound
        The actor has no such session; perhaps it has ended already.
    """
    if not _end(session, actor, col(WebSession.id) == session_id, col(WebSession.member_id) == actor.member_id):
        raise NotFound("session", session_id)


def end_shown(session: Session, secret: str) -> str | None:
    """End the session that a cookie's secret belongs to, whoever shows it; return its issuer."""
    digest = _digest(secret)
    shown = or_(col(WebSession.secret) == digest, col(WebSession.previous) == digest)
    issuer = session.exec(select(WebSession.issuer).where(shown)).first()
    _end(session, None, shown)
    return issuer


def end_all(session: Session, actor: Actor) -> int:
    """Sign out everywhere; return how many sessions that ended."""
    return _end(session, actor, col(WebSession.member_id) == actor.member_id)


def end_of_provider(session: Session, issuer: str, subject: str | None, provider_session: str | None) -> int:
    """End what a provider says has ended there: one session of its, or all of a person; return how many."""
    named = [] if subject is None else [col(WebSession.subject) == subject]
    named += [] if provider_session is None else [col(WebSession.provider_session) == provider_session]
    return _end(session, None, col(WebSession.issuer) == issuer, *named) if named else 0


def end_of_member(session: Session, actor: Actor | None, member_id: UUID) -> int:
    """End the sessions of somebody who is kept out from now on; return how many."""
    return _end(session, actor, col(WebSession.member_id) == member_id)


def end_of_organisation(session: Session, actor: Actor | None, organisation_id: UUID) -> int:
    """End the sessions of all members of an organisation; return how many."""
    members = select(Member.id).where(col(Member.organisation_id) == organisation_id)
    return _end(session, actor, col(WebSession.member_id).in_(members))


def forget_old(session: Session) -> None:
    """Delete the sessions whose time is out."""
    now = clock.now()
    idle = now - timedelta(minutes=settings().session_idle_minutes)
    session.execute(delete(WebSession).where(or_(col(WebSession.ends_at) <= now, col(WebSession.seen_at) <= idle)))


def _end(session: Session, actor: Actor | None, *which: ColumnElement[bool]) -> int:
    ended = session.execute(
        delete(WebSession).where(*which).returning(col(WebSession.id), col(WebSession.member_id))
    ).all()
    for key, member_id in ended:
        record(
            session, actor, "web_session", key, from_state="begun", to_state="ended", details={"member": str(member_id)}
        )
    return len(ended)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
