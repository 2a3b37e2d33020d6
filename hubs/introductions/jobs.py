"""The background entry of introductions."""

from core.database import db, steady_clock
from core.jobs import Job, job
from hubs.introductions import service


@job(Job.SWEEP_INTRODUCTIONS)
def sweep_introductions() -> None:
    """Let go of introductions that nobody answers and of those who have left, by a clock that can be trusted."""
    with db.unit_of_work() as session:
        service.pass_time(session, steady_clock.settled(session))
