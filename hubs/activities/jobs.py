"""The background entry of activities."""

import structlog

from core.database import db, steady_clock
from core.jobs import Job, job
from hubs.activities import registering, service

log = structlog.get_logger()


@job(Job.SWEEP_ACTIVITIES)
def sweep_activities() -> None:
    """Let offers of seats lapse, and take over from who has left; each kind in a transaction of its own."""
    with db.unit_of_work() as session:
        passed = steady_clock.settled(session)
    with db.unit_of_work() as session:
        registering.lapse_due(session, passed)
    with db.unit_of_work() as session:
        registering.give_back_of_left(session)
    with db.unit_of_work() as session:
        service.take_over_of_left(session)
    with db.unit_of_work() as session:
        service.end_due(session, passed)
