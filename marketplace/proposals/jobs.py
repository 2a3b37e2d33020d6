"""The scheduled job of proposals."""

from core.database import db, idempotency, kept_forms
from core.jobs import Job, app
from core.time import clock
from marketplace.bookings import bundles
from marketplace.organisations import sessions
from marketplace.proposals.deadlines import expire_due, expire_requests, remind_due


@app.task(name=Job.SWEEP_DEADLINES)  # type: ignore[untyped-decorator]
def sweep_deadlines() -> None:
    """Let deadlines pass and forget old answers, forms and sessions, each kind in a transaction of its own."""
    with db.unit_of_work() as session:
        expire_requests(session, clock.now())
    with db.unit_of_work() as session:
        expire_due(session, clock.now())
    with db.unit_of_work() as session:
        bundles.end_due(session, clock.now())
    with db.unit_of_work() as session:
        remind_due(session, clock.now())
    with db.unit_of_work() as session:
        idempotency.forget_old(session)
        kept_forms.forget_old(session)
        sessions.forget_old(session)
