"""The background entry of feedback."""

from core.database import db, steady_clock
from core.jobs import Job, job
from hubs.feedback import service


@job(Job.SWEEP_HUB_FEEDBACK)
def sweep_hub_feedback() -> None:
    """Ask how it was, by a clock that can be trusted: who is asked is not asked again."""
    with db.unit_of_work() as session:
        service.ask(session, steady_clock.settled(session))
