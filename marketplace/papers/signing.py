"""Taking in a paper that was signed, and by whom it is."""

import hashlib
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit
from core.errors import Conflict
from core.time import clock
from marketplace.bookings import queries as bookings
from marketplace.papers import queries
from marketplace.papers.models import Paper, PaperFile, PaperState
from marketplace.papers.rules import PAPER
from marketplace.papers.service import check_acts
from marketplace.papers.signatures import check_signed, signers_of


def signers(session: Session, paper: Paper) -> list[tuple[str, str]]:
    """Return who has signed a paper, see `signatures.signers_of`."""
    return signers_of(queries.file_of(session, paper.id)) if paper.signatures else []


def take_in_signed(session: Session, actor: Actor, paper_id: UUID, signed: bytes) -> Paper:
    """Keep a paper with its signatures in place of the file without them, which it begins with.

    Raises
    ------
    NotFound, NotAllowed
        The actor's organisation is of neither side, or the actor may act for neither.
    BadInput
        The file is another, was changed, or a signature of it is not trusted: see `signatures.check_signed`.
    Conflict
        ``not_made``: there is no file yet. ``nobody_trusted``: this installation knows no issuer of signatures.
    """
    row = queries.paper(session, actor, paper_id, lock=True)
    booking = bookings.booking(session, actor, row.booking_id)
    check_acts(session, actor, booking)
    if row.state is not PaperState.MADE:
        raise Conflict("not_made", "The paper is not made yet, so there is nothing to sign.")
    file = session.get_one(PaperFile, paper_id)
    row.signatures = check_signed(file.body, signed, unsigned_size=row.size or 0)
    row.signed_at, file.body = clock.now(), signed
    session.flush()
    details = {"signatures": row.signatures, "sha256": hashlib.sha256(signed).hexdigest()}
    audit.record(session, actor, PAPER.entity, row.id, reason_code="signed", details=details)
    return row
