"""The background entry of presence."""

import structlog

from core.database import db, steady_clock
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.presence import queries, service

log = structlog.get_logger()


@job(Job.SWEEP_HUB_DAYS)
def sweep_hub_days() -> None:
    """Plan the weeks in which somebody asks, each by itself: one that fails stops no other. Forget those that are over.

    What is over is told by a clock that can be trusted.
    """
    with db.unit_of_work() as session:
        service.forget(session, steady_clock.settled(session).astimezone(STOCKHOLM).date())
        due = queries.due(session)
    for hub_id, monday in due:
        try:
            with db.unit_of_work() as session:
                service.plan(session, hub_id, monday)
        except Exception:
            log.exception("hub_days_failed", hub=str(hub_id), monday=str(monday))
