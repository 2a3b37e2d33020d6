"""The background entry of feedback and figures."""

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.feedback import service as feedback
from hubs.figures import service


@job(Job.SWEEP_HUB_FEEDBACK)
def sweep_hub_feedback() -> None:
    """Ask how it was, and close quarters, by a clock that can be trusted: neither is done again."""
    with db.unit_of_work() as session:
        passed = steady_clock.settled(session)
        feedback.ask(session, passed)
    with db.unit_of_work() as session:
        service.close_due(session, passed.astimezone(STOCKHOLM).date())
