"""Attempts at matching runs: one now, in this process; and others for those whose worker was lost.

Apart from `service`, so that whoever only queues loads no solvers.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from core.database import db
from core.settings import settings
from core.time import clock
from marketplace.planning.execution.execute import end_failed, execute
from marketplace.planning.rules import RunDraft
from marketplace.planning.service import add_run, cancel_run, send_run
from marketplace.runs import block_queue, queries
from marketplace.runs.leases import Telling, stop_looking
from marketplace.runs.models import RunState
from marketplace.runs.rules import RUN

__all__ = ["execute", "run_now", "take_back_lost_runs"]


def run_now(draft: RunDraft, tell: Telling | None = None) -> UUID:
    """Queue a run and do it in this process, for commands; return its id. See `report.report` for what came out.

    `tell` is called with how far it has come, as it is written to the run's row.

    Interrupted (Ctrl-C), the run is cancelled: no worker shall take it up later.
    """
    with db.unit_of_work() as session:
        run = add_run(session, None, draft)
    try:
        execute(run.id, tell)
    except KeyboardInterrupt:
        with db.unit_of_work() as session:
            cancel_run(session, None, run.id)
        raise
    return run.id


def take_back_lost_runs(session: Session) -> None:
    """Queue again what a dead worker left, until it has been tried often enough; send again what nobody took up."""
    now = clock.now()
    block_queue.forget_ended(session)
    for run in queries.lost_runs(session):
        if run.attempts >= settings().run_attempts:
            end_failed(session, run, "worker_lost")
            continue
        RUN.move(
            session,
            None,
            run.id,
            RunState.QUEUED,
            reason_code="worker_lost",
            run_id=run.id,
            lease=None,
            lease_until=None,
            queued_at=now,
        )
        send_run(session, run.id)
    for run in queries.lost_in_reasons(session):
        stop_looking(run)
    for run in queries.waiting_runs(session, now - timedelta(seconds=settings().run_lease_s)):
        run.updated_at = now  # not again before as long a time has passed
        send_run(session, run.id)
