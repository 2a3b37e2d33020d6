"""The background entry of saved searches."""

import structlog

from core.database import db
from core.jobs import Job, job
from marketplace.searches import service

log = structlog.get_logger()


@job(Job.SWEEP_SEARCHES)
def sweep_searches() -> None:
    """Look at the searches that have waited longest, each by itself: one that fails stops no other."""
    with db.unit_of_work() as session:
        due = service.take_due(session)
    for search_id in due:
        try:
            with db.unit_of_work() as session:
                service.tell_new(session, search_id)
        except Exception:
            log.exception("search_failed", search=str(search_id))
