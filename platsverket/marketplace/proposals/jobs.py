"""The scheduled job of proposals."""

from platsverket.core import clock, db
from platsverket.core.jobs import app
from platsverket.marketplace.proposals.deadlines import expire_due, remind_due
from platsverket.marketplace.requests.service import expire_requests


@app.task(name="platsverket.marketplace.proposals.jobs.sweep_deadlines")  # type: ignore[untyped-decorator]
def sweep_deadlines() -> None:
    """Let the deadlines of requests and proposals pass, each kind in a transaction of its own."""
    with db.unit_of_work() as session:
        expire_requests(session)
    with db.unit_of_work() as session:
        expire_due(session, clock.now())
    with db.unit_of_work() as session:
        remind_due(session, clock.now())
