"""Passkeys of members, and the fresh confirmation that a session has by them.

What a passkey signs is a challenge of the session's, which is taken once, whatever becomes of the answer. How an answer
is read and its signature checked is for the web to know.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database.audit import record
from core.errors import Conflict, NotFound
from core.limits import LONGEST_NAME
from core.settings import settings
from core.text import check_text
from core.time import clock
from marketplace.organisations import queries, rules
from marketplace.organisations.models import Member, Passkey, WebSession

MOST_PASSKEYS = 10
CHALLENGE_HOLDS = timedelta(minutes=15)
SHOWN_AGAIN_WITHIN = timedelta(minutes=5)
"""In which a page that is opened anew asks for the same: it may be open twice, or shown again with what was wrong."""
CHALLENGE_BYTES = 32


class Refusal(StrEnum):
    """Why an answer of a passkey is not taken."""

    NO_ANSWER = "no_answer"
    NO_CHALLENGE = "no_challenge"
    UNKNOWN = "unknown"
    NOT_TRUSTED = "not_trusted"
    COUNTER = "counter"


class PasskeyRefused(Exception):
    """An answer that proves nothing; `details` say what is wrong with it, for the audit."""

    def __init__(self, why: Refusal, details: str = "") -> None:
        self.why, self.details = why, details
        super().__init__(f"{why}: {details}")


def is_confirmed(row: WebSession) -> bool:
    """Tell whether a session's member has confirmed lately who it is."""
    lately = timedelta(minutes=settings().step_up_minutes)
    return row.confirmed_at is not None and clock.now() - row.confirmed_at < lately


def is_new(row: WebSession) -> bool:
    """Tell whether a session began lately enough to register a first passkey in."""
    return clock.now() - row.began_at <= timedelta(minutes=settings().first_passkey_minutes)


def passkeys_of(session: Session, member_id: UUID) -> Sequence[Passkey]:
    """Return a member's passkeys, in the order in which they were registered."""
    mine = select(Passkey).where(col(Passkey.member_id) == member_id)
    return session.exec(mine.order_by(col(Passkey.created_at), col(Passkey.id))).all()


def own(session: Session, actor: Actor, passkey_id: UUID) -> Passkey:
    """Return one of the actor's own passkeys.

    Raises
    ------
    NotFound
        It is somebody else's, or there is none.
    """
    found = session.get(Passkey, passkey_id)
    if found is None or found.member_id != actor.member_id:
        raise NotFound("passkey", passkey_id)
    return found


def has_any(session: Session, member_id: UUID) -> bool:
    """Tell whether a member has a passkey."""
    return session.exec(select(Passkey.id).where(col(Passkey.member_id) == member_id).limit(1)).first() is not None


def challenge_of(row: WebSession) -> bytes:
    """Return what a passkey has to sign next in a session."""
    if row.challenge is not None and row.challenge_at and clock.now() - row.challenge_at < SHOWN_AGAIN_WITHIN:
        return row.challenge
    row.challenge, row.challenge_at = secrets.token_bytes(CHALLENGE_BYTES), clock.now()
    return row.challenge


def take_challenge(session: Session, row: WebSession) -> bytes:
    """Return what was to be signed in a session, and forget it: of two answers at once, one finds it.

    Raises
    ------
    PasskeyRefused
        There is none, or it is too old.
    """
    session.flush()
    session.refresh(row, with_for_update=True)
    challenge, given_at = row.challenge, row.challenge_at
    row.challenge = row.challenge_at = None
    session.flush()
    if challenge is None or given_at is None or clock.now() - given_at > CHALLENGE_HOLDS:
        raise PasskeyRefused(Refusal.NO_CHALLENGE)
    return challenge


def check_name(name: str) -> None:
    """Refuse a name that is none."""
    check_text("name", name, least=1, most=LONGEST_NAME)


def register(
    session: Session, actor: Actor, name: str, *, credential_id: bytes, public_key: bytes, sign_count: int
) -> Passkey:
    """Let a member confirm by a passkey from now on.

    Raises
    ------
    Conflict
        It is registered already, or the member has as many as there may be.
    """
    check_name(name)
    session.refresh(queries.member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    count = select(func.count()).where(col(Passkey.member_id) == actor.member_id)
    if session.exec(count).one() >= MOST_PASSKEYS:
        raise Conflict("too_many_passkeys", f"You have {MOST_PASSKEYS} passkeys already. Remove one first.")
    if session.exec(select(Passkey.id).where(col(Passkey.credential_id) == credential_id)).first() is not None:
        raise Conflict("passkey_known", "This passkey is registered already.")
    row = Passkey(
        member_id=actor.member_id,
        name=name.strip(),
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, "registered")
    return row


def rename(session: Session, actor: Actor, passkey_id: UUID, name: str) -> None:
    """Call one of one's own passkeys something else."""
    check_name(name)
    row = own(session, actor, passkey_id)
    row.name = name.strip()
    session.flush()
    _record(session, actor, row, "renamed")


def remove(session: Session, actor: Actor, passkey_id: UUID) -> None:
    """Let one of one's own passkeys be worth nothing."""
    row = own(session, actor, passkey_id)
    session.delete(row)
    session.flush()
    _record(session, actor, row, "removed")


def remove_all(session: Session, actor: Actor | None, member_id: UUID) -> Member:
    """Let all passkeys of a member be worth nothing, as when it has lost them. For those who administer it.

    Raises
    ------
    Conflict
        It has none.
    """
    holder = queries.member_seen(session, actor, member_id)
    rules.may_administer(actor, holder.organisation_id)
    found = passkeys_of(session, member_id)
    if not found:
        raise Conflict("no_passkeys", "The member has no passkey.")
    for row in found:
        session.delete(row)
        _record(session, actor, row, "removed")
    session.flush()
    return holder


def signer(session: Session, actor: Actor, credential_id: bytes) -> Passkey:
    """Return the actor's passkey that an answer names.

    Raises
    ------
    PasskeyRefused
        The actor has no such passkey, whoever else may have it.
    """
    its = (col(Passkey.member_id) == actor.member_id, col(Passkey.credential_id) == credential_id)
    found = session.exec(select(Passkey).where(*its).with_for_update()).one_or_none()
    if found is None:
        raise PasskeyRefused(Refusal.UNKNOWN)
    return found


def confirm(session: Session, actor: Actor, row: WebSession, passkey: Passkey, sign_count: int) -> None:
    """Note that a passkey's signature holds: the session's member has confirmed who it is.

    Raises
    ------
    PasskeyRefused
        Its counter does not go on: somebody may have a copy of it.
    """
    if (sign_count or passkey.sign_count) and sign_count <= passkey.sign_count:
        raise PasskeyRefused(Refusal.COUNTER, f"{sign_count} after {passkey.sign_count}")
    passkey.sign_count, passkey.last_used_at = sign_count, clock.now()
    row.confirmed_at = clock.now()
    session.flush()
    record(session, actor, "web_session", row.id, to_state="confirmed", details={"passkey": str(passkey.id)})


def record_refusal(session: Session, actor: Actor, row: WebSession, refused: PasskeyRefused) -> None:
    """Write down that a passkey's answer was not taken."""
    details = {"details": refused.details} if refused.details else {}
    record(session, actor, "web_session", row.id, to_state="unconfirmed", reason_code=refused.why, details=details)


def _record(session: Session, actor: Actor | None, row: Passkey, what: str) -> None:
    record(session, actor, "passkey", row.id, to_state=what, details={"member": str(row.member_id)})
