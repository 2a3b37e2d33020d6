"""Background entries: doing a run, solving its blocks, finding lost runs, reasons on request, and deadlines."""

from uuid import UUID

import structlog

from core.database import db, idempotency, kept_forms, steady_clock
from core.jobs import Job, job
from core.time import clock
from marketplace.bookings import bundles, overdue
from marketplace.cards import asking, lapsing, withdrawing
from marketplace.inquiries import service as inquiries
from marketplace.later_ends import service as later_ends
from marketplace.mobility import wishes
from marketplace.organisations import sessions
from marketplace.planning import attempts, service, surging, wishing
from marketplace.planning.execution import block_worker
from marketplace.planning.reasons import on_request
from marketplace.proposals.deadlines import expire_requests, remind_due
from marketplace.questions import service as questions
from marketplace.shortfalls import service as shortfalls

log = structlog.get_logger()


@job(Job.EXECUTE_RUN)
def execute_run(run_id: str) -> None:
    """Do a waiting run. Arriving twice, or for a run that is not waiting, it does nothing."""
    attempts.execute(UUID(run_id))


@job(Job.SOLVE_BLOCKS)
def solve_blocks() -> None:
    """Solve blocks of runs as long as some wait. Arriving too often, it finds none and ends."""
    block_worker.solve_blocks()


@job(Job.WORK_OUT_REASONS)
def work_out_reasons(run_id: str, need_id: str) -> None:
    """Work out what a run left open of one need. Arriving twice, or too late, it does nothing."""
    on_request.work_out(UUID(run_id), UUID(need_id))


@job(Job.SWEEP_RUNS)
def sweep_runs() -> None:
    """Queue again what a dead worker left, and send again what nobody took up."""
    if clock.was_set():  # whoever lives says so before the next sweep
        return
    with db.unit_of_work() as session:
        attempts.take_back_lost_runs(session)


@job(Job.SWEEP_DEADLINES)
def sweep_deadlines() -> None:
    """Let deadlines pass and forget old answers, forms and sessions, each kind in a transaction of its own."""
    looked_at = clock.now()
    with db.unit_of_work() as session:
        passed = steady_clock.look(session)
    with db.unit_of_work() as session:
        expire_requests(session, passed)
    with db.unit_of_work() as session:
        lapsing.warn(session, passed)
    with db.unit_of_work() as session:
        lapsing.run_out(session, passed)
    with db.unit_of_work() as session:
        lapsing.take_back_of_left(session)
    with db.unit_of_work() as session:
        surging.expire_calls(session, passed)
    with db.unit_of_work() as session:
        surging.call_late(session, passed)
    with db.unit_of_work() as session:
        asking.pass_unanswered(session, passed)
    with db.unit_of_work() as session:
        asking.ask_anew(session)
    with db.unit_of_work() as session:
        withdrawing.end_due(session, passed)
    with db.unit_of_work() as session:
        wishes.pass_time(session, passed)
    with db.unit_of_work() as session:
        wishing.follow(session)
    with db.unit_of_work() as session:
        service.end_due_proposals(session, clock.now(), passed)
    with db.unit_of_work() as session:
        bundles.end_due(session, passed)
    with db.unit_of_work() as session:
        inquiries.lapse_due(session, passed)
    with db.unit_of_work() as session:
        questions.expire_due(session, passed)
    with db.unit_of_work() as session:
        remind_due(session, passed)
    with db.unit_of_work() as session:
        later_ends.lapse_due(session, passed)
    with db.unit_of_work() as session:
        shortfalls.look_through(session, clock.now())
    with db.unit_of_work() as session:
        shortfalls.end_due(session, passed)
    with db.unit_of_work() as session:
        overdue.tell(session, passed)
    if passed < looked_at:  # the clock may be wrong, and what is forgotten does not come back
        return
    with db.unit_of_work() as session:
        idempotency.forget_old(session)
        kept_forms.forget_old(session)
        sessions.forget_old(session)


@job(Job.SWEEP_WISHES)
def sweep_wishes() -> None:
    """Hold the wishes that have waited longest against what is asked for, each by itself: one that fails stops none."""
    with db.unit_of_work() as session:
        due = wishing.take_due(session)
    for wish_id in due:
        try:
            with db.unit_of_work() as session:
                wishing.tell_new(session, wish_id)
        except Exception:
            log.exception("wish_failed", wish=str(wish_id))
