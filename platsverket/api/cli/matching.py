"""`match`: one matching run in the terminal, with its reasons."""

import time
from uuid import UUID

from platsverket.core import db
from platsverket.core.errors import PlatsverketError
from platsverket.marketplace.planning import queries, service
from platsverket.marketplace.planning.models import MatchingRun, RunState
from platsverket.marketplace.planning.rules import RunDraft

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
    while (run := _read(run_id)).state not in ENDED:
        time.sleep(0.3)
    if run.state is not RunState.DONE:
        raise PlatsverketError(f"The matching run ended as {run.state.value}: {run.failure or 'cancelled'}")
    return f"Matching run done: {run.served} of {run.needs} needs served, objective {run.objective}, bound {run.bound}."


def _read(run_id: UUID) -> MatchingRun:
    with db.unit_of_work() as session:
        return queries.run(session, run_id)
