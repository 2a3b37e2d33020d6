"""What is done with papers in the background: they are made, and those that got lost are made after all."""

import hashlib
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from core.jobs import Job, enqueue
from core.settings import settings
from core.time import clock
from marketplace.papers import queries
from marketplace.papers.models import PaperFile, PaperState
from marketplace.papers.rules import MOST_ATTEMPTS, PAPER
from marketplace.papers.typesetting import typeset

log = structlog.get_logger()


def make(session: Session, paper_id: UUID) -> None:
    """Set a paper and keep its file; one that cannot be set has failed, and keeps its number."""
    row = queries.to_make(session, paper_id)
    if row is None:
        return
    if row.attempts > MOST_ATTEMPTS:
        PAPER.move(session, None, paper_id, PaperState.FAILED)
        return
    try:
        body = typeset(row)
    except Exception as error:
        log.exception("paper_not_made", paper=str(paper_id), error=error)
        PAPER.move(session, None, paper_id, PaperState.FAILED)
        return
    session.add(PaperFile(paper_id=paper_id, body=body))
    digest = hashlib.sha256(body).hexdigest()
    PAPER.move(session, None, paper_id, PaperState.MADE, size=len(body), sha256=digest)


def count_attempt(session: Session, paper_id: UUID) -> None:
    """Note that a paper is worked on, for good: whatever kills the worker is not tried for ever."""
    row = queries.to_make(session, paper_id)
    if row is not None:
        row.attempts += 1


def send_lost_again(session: Session) -> None:
    """Have made again what a dead worker left, or no message told of."""
    for paper_id in queries.lost(session, clock.now() - timedelta(seconds=settings().run_lease_s)):
        enqueue(session, Job.MAKE_PAPER, str(paper_id))
