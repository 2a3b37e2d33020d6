"""The background entry of who belongs to hubs."""

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.membership import agreements


@job(Job.SWEEP_HUBS)
def sweep_hubs() -> None:
    """End agreements whose last day is over, by a clock that can be trusted."""
    with db.unit_of_work() as session:
        agreements.pass_time(session, steady_clock.settled(session).astimezone(STOCKHOLM).date())
