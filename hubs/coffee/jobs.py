"""The background entry of rounds of coffee."""

import structlog

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.coffee import queries, service

log = structlog.get_logger()


@job(Job.SWEEP_COFFEE)
def sweep_coffee() -> None:
    """Forget who has left, and make the rounds that are due, each by itself: one that fails stops no other.

    What is due is told by a clock that can be trusted.
    """
    with db.unit_of_work() as session:
        service.forget_left(session)
        today = steady_clock.settled(session).astimezone(STOCKHOLM).date()
        due = queries.due(session, today)
    for hub_id in due:
        try:
            with db.unit_of_work() as session:
                service.make_due(session, hub_id, today)
        except Exception:
            log.exception("coffee_failed", hub=str(hub_id))
