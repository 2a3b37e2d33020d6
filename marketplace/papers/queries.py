"""Every question about papers. They are seen by the organisations of the two sides alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.tables import quiet
from core.errors import NotFound
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.papers.models import Paper, PaperFile, PaperSeries, PaperState
from marketplace.papers.rules import DEFAULT_PATTERN, check_party


def _visible_to(actor: Actor) -> Select[Paper]:
    sides = (col(Booking.lender_id), col(Booking.borrower_id))
    found = select(Paper).join(Booking, col(Booking.id) == col(Paper.booking_id))
    return found.where(or_(*(side == actor.organisation_id for side in sides)))


def papers_of(session: Session, actor: Actor, booking_id: UUID) -> Sequence[Paper]:
    """Return the papers of a booking of one's own organisation, the agreement first.

    Raises
    ------
    NotFound
        There is no such booking for the actor.
    """
    check_party(bookings.booking(session, actor, booking_id), actor.organisation_id)
    return of_booking(session, booking_id)


def of_booking(session: Session, booking_id: UUID) -> Sequence[Paper]:
    """Return the papers of a booking, for those who have a part in it, the agreement first."""
    return session.scalars(select(Paper).where(col(Paper.booking_id) == booking_id).order_by(col(Paper.addendum))).all()


def paper(session: Session, actor: Actor, paper_id: UUID, *, lock: bool = False) -> Paper:
    """Return one paper; with `lock`, as it now is, its row locked. NotFound where the actor has no part in it."""
    found = _visible_to(actor).where(col(Paper.id) == paper_id)
    if lock:
        found = found.with_for_update(of=Paper).execution_options(populate_existing=True)
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("paper", paper_id)
    return row


def latest(session: Session, booking_id: UUID) -> Paper | None:
    """Return a booking's last paper."""
    found = select(Paper).where(col(Paper.booking_id) == booking_id).order_by(col(Paper.addendum).desc()).limit(1)
    return session.scalars(found).one_or_none()


def before(session: Session, paper: Paper) -> Paper | None:
    """Return the paper that an addendum follows; None for an agreement."""
    found = select(Paper).where(col(Paper.booking_id) == paper.booking_id, col(Paper.addendum) == paper.addendum - 1)
    return session.scalars(found).one_or_none()


def file_of(session: Session, paper_id: UUID) -> bytes:
    """Return a paper's PDF as it now is, with its signatures; NotFound where it is not made yet."""
    body = session.scalars(select(col(PaperFile.body)).where(col(PaperFile.paper_id) == paper_id)).one_or_none()
    if body is None:
        raise NotFound("file", paper_id)
    return body


def to_make(session: Session, paper_id: UUID) -> Paper | None:
    """Return a paper that waits to be made, locked; None where nothing is to be done, or somebody does it."""
    found = select(Paper).where(col(Paper.id) == paper_id, col(Paper.state) == PaperState.WAITING)
    return session.scalars(found.with_for_update(skip_locked=True)).one_or_none()


def lost(session: Session, before: datetime) -> Sequence[UUID]:
    """Return papers that wait and of which nothing was heard since."""
    waits = col(Paper.state) == PaperState.WAITING
    found = select(col(Paper.id)).where(waits, quiet(col(Paper.updated_at), before))
    return session.scalars(found.order_by(col(Paper.id))).all()


def pattern_of(session: Session, organisation_id: UUID) -> str:
    """Return how an organisation numbers its papers."""
    row = session.get(PaperSeries, organisation_id)
    return row.pattern if row else DEFAULT_PATTERN
