"""Use cases of papers: an agreement is drawn up, and what follows it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit
from core.errors import Conflict
from core.jobs import Job, enqueue
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import parts_of
from marketplace.papers import queries
from marketplace.papers.models import Paper, PaperState
from marketplace.papers.numbering import next_number
from marketplace.papers.rules import PAPER, changes, check_may_act, check_may_follow, check_party


@dataclass(frozen=True)
class Draft:
    """What a paper is to say, and by which template."""

    template: str
    content: dict[str, Any]


def to_follow(session: Session, actor: Actor, booking_id: UUID) -> Paper | None:
    """Return the paper that the next one of a booking follows, if any, the booking locked. One that failed is redone.

    Raises
    ------
    NotFound, NotAllowed
        The actor's organisation is of neither side, or the actor may act for neither.
    Conflict
        See `rules.check_may_follow`.
    """
    booking = bookings.locked(session, actor, booking_id)
    check_acts(session, actor, booking)
    found = queries.latest(session, booking_id)
    check_may_follow(booking, found)
    return found


def draw_up(session: Session, actor: Actor, booking_id: UUID, follows: Paper | None, draft: Draft) -> Paper:
    """Keep what a paper says, with its number, and have it made. `follows` is what `to_follow` returned.

    Raises
    ------
    Conflict
        ``nothing_changed``: it would say what the one before it says.
    """
    if follows is not None and follows.state is PaperState.FAILED:
        row, content = follows, _content(draft, queries.before(session, follows))
        PAPER.move(session, actor, row.id, PaperState.WAITING, attempts=0, template=draft.template, content=content)
    else:
        row = _addendum(follows, draft) if follows else _agreement(session, actor, booking_id, draft)
        session.add(row)
        session.flush()
        details = {"number": row.number, "addendum": row.addendum}
        audit.record(session, actor, PAPER.entity, row.id, to_state=row.state, details=details)
    enqueue(session, Job.MAKE_PAPER, str(row.id))
    return row


def _agreement(session: Session, actor: Actor, booking_id: UUID, draft: Draft) -> Paper:
    issuer_id = bookings.booking(session, actor, booking_id).lender_id
    return Paper(
        booking_id=booking_id,
        issuer_id=issuer_id,
        number=next_number(session, issuer_id),
        template=draft.template,
        content=_content(draft, None),
    )


def _addendum(follows: Paper, draft: Draft) -> Paper:
    return Paper(
        booking_id=follows.booking_id,
        issuer_id=follows.issuer_id,
        number=follows.number,
        addendum=follows.addendum + 1,
        template=draft.template,
        content=_content(draft, follows),
    )


def _content(draft: Draft, before: Paper | None) -> dict[str, Any]:
    told = changes(before.content["facts"], draft.content["facts"]) if before else []
    if before and not told:
        raise Conflict("nothing_changed", "What is agreed is what the latest paper says, so there is nothing to add.")
    return draft.content | {"changes": told}


def check_acts(session: Session, actor: Actor, booking: Booking) -> None:
    """Papers are for those who may act for one of the two sides.

    Raises
    ------
    NotFound, NotAllowed
        The actor's organisation is of neither side, or the actor may act for neither.
    """
    check_party(booking, actor.organisation_id)
    check_may_act(parts_of(actor, booking, bookings.departments(session, booking)))
