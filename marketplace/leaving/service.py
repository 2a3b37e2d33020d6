"""An organisation that leaves, and one that comes back.

As long as it is away nobody of it is let in, by a session, a token or an identity provider, and nothing of it is found
or matched; what was proposed ends with the next sweep. Its rows stay as they are: what is booked stands, and all else
is there again when it comes back. Whoever has something booked or proposed with it is told both times.
"""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.errors import Conflict
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from marketplace.leaving.queries import concerned
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations import queries, rules, sessions
from marketplace.organisations.models import Organisation


def may_leave(actor: Actor | None, organisation_id: UUID) -> None:
    """Refuse whoever neither is an admin of the organisation nor coordinates everybody."""
    if actor is not None and not actor.may(Permission.REGISTER):
        check_may(actor, Permission.LEAVE, organisation_id)


def leave(session: Session, actor: Actor | None, organisation_id: UUID, reason: str) -> Organisation:
    """Let an organisation take no part from now on: all of its members are signed out.

    Raises
    ------
    NotAllowed
        As in `may_leave`.
    Conflict
        ``has_left``: it has left already. ``nobody_takes_in``: nobody elsewhere could let it come back.
    """
    may_leave(actor, organisation_id)
    row = _locked(session, organisation_id, reason)
    if row.left_at is not None:
        raise Conflict("has_left", "The organisation has left already.")
    if actor is not None and not any(
        each.coordinates_all and each.organisation_id != row.id for each in queries.coordinators(session)
    ):
        raise Conflict(
            "nobody_takes_in",
            "Nobody in another organisation coordinates all of them, and could take this one in again. Let somebody "
            "there do so first, or ask whoever runs the service.",
        )
    row.left_at = clock.now()
    _write(session, actor, row, "left", reason)
    _tell(session, row, NoticeCode.ORGANISATION_LEFT)
    sessions.end_of_organisation(session, actor, row.id)
    return row


def come_back(session: Session, actor: Actor | None, organisation_id: UUID, reason: str) -> Organisation:
    """Let an organisation that has left take part again: its members may sign in, and their tokens hold again.

    For who coordinates everybody.

    Raises
    ------
    Conflict
        ``not_left``: it takes part.
    """
    rules.may_coordinate(actor)
    row = _locked(session, organisation_id, reason)
    if row.left_at is None:
        raise Conflict("not_left", "The organisation has not left.")
    row.left_at = None
    _write(session, actor, row, "returned", reason)
    _tell(session, row, NoticeCode.ORGANISATION_RETURNED)
    return row


def _locked(session: Session, organisation_id: UUID, reason: str) -> Organisation:
    check_text("reason", reason, least=1, most=LONGEST_WORDS)
    row = queries.organisation(session, organisation_id)
    session.refresh(row, with_for_update=True)
    return row


def _write(session: Session, actor: Actor | None, row: Organisation, to_state: str, reason: str) -> None:
    row.version += 1
    session.flush()
    record(session, actor, "organisation", row.id, to_state=to_state, words=reason)


def _tell(session: Session, row: Organisation, code: NoticeCode) -> None:
    """Tell those who have something with it what that is, and those who coordinate it."""
    others = concerned(session, row.id)
    for each in others:
        counted: dict[str, Any] = {"bookings": each.bookings, "proposals": each.proposals}
        notify(session, [each.organisation.id], code, "organisation", row.id, organisation=row.name, **counted)
    coordinating = queries.coordinating(session, [row.id]) - {each.organisation.id for each in others} - {row.id}
    told: dict[str, Any] = {"organisation": row.name, "bookings": 0, "proposals": 0}
    notify(session, coordinating, code, "organisation", row.id, permission=Permission.DECIDE, **told)
