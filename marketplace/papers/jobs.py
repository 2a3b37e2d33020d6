"""The background entries of papers."""

from uuid import UUID

from core.database import db
from core.jobs import Job, job
from core.time import clock
from marketplace.papers import making


@job(Job.MAKE_PAPER)
def make_paper(paper_id: str) -> None:
    """Make a paper. Arriving twice, or too late, it does nothing."""
    with db.unit_of_work() as session:
        making.count_attempt(session, UUID(paper_id))
    with db.unit_of_work() as session:
        making.make(session, UUID(paper_id))


@job(Job.SWEEP_PAPERS)
def sweep_papers() -> None:
    """Send again what a dead worker left."""
    if clock.was_set():  # whoever lives says so before the next sweep
        return
    with db.unit_of_work() as session:
        making.send_lost_again(session)
