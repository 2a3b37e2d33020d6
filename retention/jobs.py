"""The background entry of retention."""

import structlog

from core.database import db, steady_clock
from core.database.audit.chain import log_head
from core.jobs import Job, job
from retention import rules

log = structlog.get_logger()


@job(Job.SWEEP_RETENTION)
def sweep_retention() -> None:
    """Forget each hour what is past its time, tell how much that was, and write the audit's head to the log."""
    with db.unit_of_work() as session:
        if not steady_clock.hour_is_over(session):
            return
    with db.unit_of_work() as session:
        done = rules.apply(session, steady_clock.settled(session))
    log.info("retention", **{each.rule.name: each.count for each in done})
    with db.unit_of_work() as session:
        log_head(session)
