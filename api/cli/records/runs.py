"""Runs that a worker does: queue the first, wait for its end. Apart from `matching`: `up` loads no solvers."""

import time
from uuid import UUID

from api.language.labels import label
from core.database import db
from core.errors import Conflict, PlatsverketError
from marketplace.planning import service
from marketplace.planning.rules import RunDraft
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, RunState

ENDED = {RunState.DONE, RunState.FAILED, RunState.CANCELLED}
FIRST_RUN_S = 20


def first_run() -> UUID | None:
    """Queue a run for the worker where none was ever made; return its id."""
    with db.unit_of_work() as session:
        if queries.any_run(session):
            return None
        return service.queue_run(session, None, RunDraft(name="Första körningen", time_limit_s=FIRST_RUN_S)).id


def wait_for(run_id: UUID) -> str:
    """Wait until a run has ended and say in a line how."""
    while (run := read(run_id)).state not in ENDED:
        time.sleep(0.3)
    refuse_unfinished(run)
    return f"Matching run done: {run.served} of {run.needs} needs served, objective {run.objective}, bound {run.bound}."


def read(run_id: UUID) -> MatchingRun:
    """Return a run as it is now."""
    with db.unit_of_work() as session:
        return queries.run(session, run_id)


def refuse_unfinished(run: MatchingRun) -> None:
    """Say of a run that was cancelled or failed that it was; see the exit codes."""
    if run.state is RunState.CANCELLED:
        raise Conflict("cancelled", "The matching run was cancelled. Nothing was published.")
    if run.state is not RunState.DONE:
        raise PlatsverketError(
            f"The matching run ended as {run.state.value}: {label(run.failure_code or 'unexpected', 'run_failure')}"
        )
