"""The background entry of visits."""

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.visits import service


@job(Job.SWEEP_HUB_VISITS)
def sweep_hub_visits() -> None:
    """Forget who was there, and who has not answered, by a clock that can be trusted."""
    with db.unit_of_work() as session:
        passed = steady_clock.settled(session)
        service.forget(session, passed.astimezone(STOCKHOLM).date(), passed)
