"""Doing a run: take it up, take a snapshot, solve, check, explain, publish. Called by a job or by a command.

Nothing is written for anybody else to see before the last step. Whatever ends it before, the run says what happened:
a mistake fails it, a cancellation stays a cancellation, and a database or worker that goes away leaves it to the
sweep, which starts it again.
"""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session

from core.actor import Permission
from core.database import db
from core.errors import Conflict, StorageFull, Unavailable
from core.telemetry import trace
from core.time import clock
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.planning.encoding import documents
from marketplace.planning.encoding.allowance import Allowance
from marketplace.planning.encoding.build import Built, build
from marketplace.planning.encoding.decode import proposal_drafts
from marketplace.planning.execution import block_executor, calling, local
from marketplace.planning.execution.baseline import baseline_of
from marketplace.planning.execution.explain import explain
from marketplace.planning.execution.pace import Pace, TooLongError
from marketplace.planning.execution.planners import planning_organisations
from marketplace.planning.execution.publish import publish
from marketplace.planning.options.policy import Policy
from marketplace.planning.reasons.in_turn import ReasonsInTurn
from marketplace.planning.snapshot import load
from marketplace.requests.queries import organisations_of
from marketplace.runs import queries
from marketplace.runs.baseline import Baseline
from marketplace.runs.leases import Attempt, Heartbeat, LeaseLostError, Telling, begin, end_reasons, hold
from marketplace.runs.models import MatchingRun, ReasonsState, RunKind, RunState
from marketplace.runs.rules import RUN
from matching import solve as solver
from matching.arrays.conversion import relevant
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.problem import checker
from matching.problem.errors import MatchingError, SolverError
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.search.state import Progress

log = structlog.get_logger()
COLLECTED_AFTER = (50_000, 20, 1_000)
"""How many new objects there are when these are collected, and how many such times until older ones are too."""
BASELINE_SHARE = 0.05
"""Of the time of a run, at most, for the baseline that it is compared with: a second or two for tens of thousands."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for cycles among young objects alone: a run makes millions that stay, which would be looked through anew."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class PlanRejectedError(Exception):
    """The independent checker says that a plan is wrong, so nothing of it is published."""


def execute(run_id: UUID, tell: Telling | None = None) -> None:
    """Do a run that is waiting, from the start to its end; nothing if it is not waiting (any more).

    `tell` is called with how far it has come.

    Raises
    ------
    NotFound
        There is no such run.
    Unavailable, Conflict
        The database does not answer, or is busy. The sweep will start the run again.
    """
    with db.unit_of_work() as session:
        attempt = begin(session, run_id)
    if attempt is None:
        log.info("run_not_waiting", run=str(run_id))
        return
    begun = trace.span("run", run=str(run_id), scope=attempt.run.kind.value, attempt=attempt.run.attempts)
    with structlog.contextvars.bound_contextvars(run=str(run_id)), collecting_seldom(), begun as span:
        _do(attempt, tell, span)


def _do(attempt: Attempt, tell: Telling | None, span: trace.Span) -> None:
    try:
        reasons = _publish(attempt, tell)
    except LeaseLostError as lost:
        log.info("run_no_longer_ours", now=str(lost))
    except Exception as error:
        if _will_pass(error):
            raise
        span.fail()
        log.exception("run_failed")
        _fail(attempt, error)
    else:
        if attempt.run.kind is RunKind.SURGE:  # the next plan is wanted before more words on this one
            with db.unit_of_work() as session:
                end_reasons(session, attempt, ReasonsState.ENDED)
            return
        with trace.span("explaining"):
            explain(attempt, reasons, tell)


def _will_pass(error: Exception) -> bool:
    """Tell whether trying again later is right: the database is away, or somebody else held the same rows too long."""
    return isinstance(error, Unavailable) or (isinstance(error, Conflict) and error.code == "busy")


def _publish(attempt: Attempt, tell: Telling | None) -> ReasonsInTurn:
    """Do a run until it has published; return what its reasons are to be looked for with."""
    with ExitStack() as phases, ExitStack() as beating:
        heartbeat = beating.enter_context(Heartbeat(attempt, tell))
        pace = phases.enter_context(Pace(heartbeat, attempt.run.time_limit_s))
        found = (_decide if attempt.run.kind is RunKind.LOCAL else _optimise)(attempt, heartbeat, pace)
        built, plan = found.built, found.plan
        heartbeat.check()
        pace.begin("publishing")
        last = _told("publishing", found.around, _last(found.whole, heartbeat), pace)
        heartbeat.tell(**last)
        drafts = proposal_drafts(built, plan.matches)
        reasons = ReasonsInTurn(found.around, found.whole, {each.need.need_id for each in built.considered})
        at_hand = reasons.at_hand()
        heartbeat.check()
        with db.unit_of_work() as session:
            publish(
                session,
                attempt,
                built,
                plan,
                whole=found.whole,
                drafts=drafts,
                reasons=at_hand,
                watch=pace.watching("publishing", last),
                settle=beating.close,
            )
            run = queries.run(session, attempt.run.id)
            run.progress = run.progress | {"spent": pace.spent}
    log.info("run_published", gap=last["gap"], needs=last["needs"], blocks=last["blocks"], spent=pace.spent)
    return reasons


def _optimise(attempt: Attempt, heartbeat: Heartbeat, pace: Pace) -> local.Decision:
    run, watch = attempt.run, pace.watching("loading")
    with db.unit_of_work() as session:
        snapshot = (
            load.load(session, run.county_code, watch=watch)
            if run.surge_id is None
            else calling.snapshot_for(session, run.surge_id, watch)
        )
    pace.begin("building")
    built = build(
        snapshot,
        Policy.from_json(run.policy),
        name=f"run {run.id}",
        seed=run.seed,
        watch=pace.watching("building"),
        allowance=Allowance(run.time_limit_s) if run.surge_id is None else None,
    )
    compared = run.kind is RunKind.WHOLE
    baseline = baseline_of(built, BASELINE_SHARE * run.time_limit_s, heartbeat.check) if compared else None
    pace.begin("keeping")
    _keep(attempt, built, heartbeat, pace, baseline)
    pace.begin("searching")
    plan = _solve(attempt, built, heartbeat, pace)
    return local.Decision(built, plan, built, plan)


def _decide(attempt: Attempt, heartbeat: Heartbeat, pace: Pace) -> local.Decision:
    found = local.decide(attempt.run, Limits(attempt.run.time_limit_s, heartbeat.lost))
    for built, plan in ((found.built, found.plan), (found.around, found.whole)):
        refuse_wrong(relevant(built.arrays, plan), plan)  # `solve` has every plan checked; nothing has checked these
    _keep(attempt, found.around, heartbeat, pace)
    return found


def _keep(attempt: Attempt, built: Built, heartbeat: Heartbeat, pace: Pace, baseline: Baseline | None = None) -> None:
    heartbeat.check()
    with db.unit_of_work() as session:
        documents.keep_input(session, attempt.run.id, built, pace.watching("keeping"))
        hold(session, attempt).baseline = baseline


def _solve(attempt: Attempt, built: Built, heartbeat: Heartbeat, pace: Pace) -> Plan:
    def tell(now: Progress) -> None:
        heartbeat.tell(**_told("solving", built, now, pace))

    run, arrays = attempt.run, built.arrays
    limit_s = pace.search_s(len(arrays.value), len(arrays.score))
    result = solver.solve(
        arrays,
        SolveParams(time_limit_s=limit_s, seed=run.seed, workers=run.workers),
        progress=tell,
        should_stop=heartbeat.lost,
        executor=block_executor.opening(run.id),
    )
    heartbeat.check()
    with db.unit_of_work() as session:
        hold(session, attempt)
        documents.keep_trace(session, run.id, result.trace)
    return result.plan


def refuse_wrong(problem: Problem, plan: Plan) -> None:
    """Have the independent checker look for anything wrong with the plan.

    Raises
    ------
    PlanRejectedError
        It finds something.
    """
    violations = checker.check(problem, plan)
    if violations:
        first = violations[0]
        raise PlanRejectedError(
            f"The checker found {len(violations)} faults in the plan, first: {first.code} at {first.place}."
        )


def _last(plan: Plan, heartbeat: Heartbeat) -> Progress:
    served = len({match.need for match in plan.matches})  # a right plan serves in full whatever it matches
    return Progress(plan.objective, plan.bound, served, plan.runtime_s, heartbeat.told.get("blocks", 0))


def _told(step: str, built: Built, now: Progress, pace: Pace) -> dict[str, Any]:
    """What the run's row says while it runs, and last of all, for pages, API and terminal.

    Here `served` of `needs` are those of the problem: each date that is served apart counts as one.
    """
    return {
        "step": step,
        "value": now.value,
        "bound": now.bound,
        "gap": round(now.gap, 6),
        "served": now.served,
        "needs": len(built.arrays.value),
        "blocks": now.blocks,
        "seconds": round(pace.seconds, 1),
    }


def _fail(attempt: Attempt, error: Exception) -> None:
    with db.unit_of_work() as session:
        try:
            hold(session, attempt)
        except LeaseLostError:
            return
        end_failed(session, attempt.run, failure_of(error))


def end_failed(session: Session, run: MatchingRun, code: str) -> None:
    """Call a run failed, with a code of `FAILURES`, and tell coordinators, and whoever asked for a local run."""
    RUN.move(
        session,
        None,
        run.id,
        RunState.FAILED,
        reason_code=code,
        run_id=run.id,
        finished_at=clock.now(),
        lease=None,
        lease_until=None,
        failure_code=code,
    )
    asking = organisations_of(session, [run.request_id]) if run.request_id is not None else set()
    told = planning_organisations(session, run) - asking
    for homes, permission in ((asking, None), (told, Permission.PLAN)):
        notify(session, homes, NoticeCode.RUN_FAILED, "run", run.id, permission=permission, failure=code, run=run.name)


def failure_of(error: Exception) -> str:
    """Return the code of `FAILURES` that says why a run failed. What the error says itself is for the log."""
    match error:
        case PlanRejectedError() | SolverError():
            return "plan_rejected"
        case TooLongError():
            return "preparing_too_long"
        case MatchingError():
            return "problem_rejected"
        case StorageFull():
            return "storage_full"
        case MemoryError():
            return "out_of_memory"
    return "unexpected"
