"""An organisation that leaves, and one that comes back.

As long as it is away nobody of it is let in, by a session, a token or an identity provider, and nothing of it is found
or matched; what was proposed ends with the next sweep. Its rows stay as they are: what is booked stands, and all else
is there again when it comes back.
"""

from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database.audit import record
from core.errors import Conflict
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from marketplace.organisations import queries, rules, sessions
from marketplace.organisations.models import Organisation


def leave(session: Session, actor: Actor | None, organisation_id: UUID, reason: str) -> Organisation:
    """Let an organisation take no part from now on: all of its members are signed out. For who coordinates everybody.

    Raises
    ------
    Conflict
        ``has_left``: it has left already. ``own_organisation``: it is the actor's own, who could not undo it.
    """
    row = _locked(session, actor, organisation_id, reason)
    if actor is not None and actor.organisation_id == organisation_id:
        raise Conflict(
            "own_organisation", "You would be signed out yourself. Somebody of another organisation does it."
        )
    if row.left_at is not None:
        raise Conflict("has_left", "The organisation has left already.")
    row.left_at = clock.now()
    _write(session, actor, row, "left", reason)
    sessions.end_of_organisation(session, actor, row.id)
    return row


def come_back(session: Session, actor: Actor | None, organisation_id: UUID, reason: str) -> Organisation:
    """Let an organisation that has left take part again: its members may sign in, and their tokens hold again.

    Raises
    ------
    Conflict
        ``not_left``: it takes part.
    """
    row = _locked(session, actor, organisation_id, reason)
    if row.left_at is None:
        raise Conflict("not_left", "The organisation has not left.")
    row.left_at = None
    _write(session, actor, row, "returned", reason)
    return row


def _locked(session: Session, actor: Actor | None, organisation_id: UUID, reason: str) -> Organisation:
    rules.may_coordinate(actor)
    check_text("reason", reason, least=1, most=LONGEST_WORDS)
    row = queries.organisation(session, organisation_id)
    session.refresh(row, with_for_update=True)
    return row


def _write(session: Session, actor: Actor | None, row: Organisation, to_state: str, reason: str) -> None:
    row.version += 1
    session.flush()
    record(session, actor, "organisation", row.id, to_state=to_state, words=reason)
