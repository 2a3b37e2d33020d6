"""Background entries of planning: doing a run, solving its blocks, finding lost runs, and reasons on request."""

from uuid import UUID

from core.database import db
from core.jobs import Job, app
from marketplace.planning import service
from marketplace.planning.execution import block_worker
from marketplace.planning.reasons import on_request


@app.task(name=Job.EXECUTE_RUN)  # type: ignore[untyped-decorator]
def execute_run(run_id: str) -> None:
    """Do a waiting run. Arriving twice, or for a run that is not waiting, it does nothing."""
    service.execute(UUID(run_id))


@app.task(name=Job.SOLVE_BLOCKS)  # type: ignore[untyped-decorator]
def solve_blocks() -> None:
    """Solve blocks of runs as long as some wait. Arriving too often, it finds none and ends."""
    block_worker.solve_blocks()


@app.task(name=Job.WORK_OUT_REASONS)  # type: ignore[untyped-decorator]
def work_out_reasons(run_id: str, need_id: str) -> None:
    """Work out what a run left open of one need. Arriving twice, or too late, it does nothing."""
    on_request.work_out(UUID(run_id), UUID(need_id))


@app.task(name=Job.SWEEP_RUNS)  # type: ignore[untyped-decorator]
def sweep_runs() -> None:
    """Queue again what a dead worker left, and send again what nobody took up."""
    with db.unit_of_work() as session:
        service.take_back_lost_runs(session)
