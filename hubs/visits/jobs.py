"""The background entry of visits."""

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.visits import service


@job(Job.SWEEP_HUB_VISITS)
def sweep_hub_visits() -> None:
    """Call off what has no day any more; forget who was there, and who has not answered, by a clock to be trusted."""
    with db.unit_of_work() as session:
        passed = steady_clock.settled(session)
        service.call_off(session, passed.astimezone(STOCKHOLM).date())
        service.forget(session, passed.astimezone(STOCKHOLM).date(), passed)
