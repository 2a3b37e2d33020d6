"""What goes wrong in a run: it says so, publishes nothing, and leaves to the sweep what will pass."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from api.language.labels import LABELS
from core.database.audit import AuditEntry
from core.errors import Conflict, StorageFull, Unavailable
from core.settings import settings
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.planning import attempts, service
from marketplace.planning.encoding import documents
from marketplace.planning.execution import execute, local
from marketplace.proposals.models import LineClaim, Proposal
from marketplace.requests.models import Need, NeedState, Request
from marketplace.runs import leases
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from marketplace.runs.rules import FAILURES
from matching import solve as solver
from matching.arrays.arrays import Arrays
from matching.mip.limits import Limits
from matching.problem.errors import ProblemError, SolverError
from matching.problem.plan import Plan
from tests import builders
from tests.marketplace.planning.execution.runs import (
    count,
    done,
    market,
    needs_in,
    queued,
    raising,
    read,
    rows,
    sweep,
    while_solving,
    written,
)

pytestmark = pytest.mark.usefixtures("sent")


def test_a_plan_that_the_solver_calls_wrong_itself_fails_the_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market(rooms=1, needs=2)
    monkeypatch.setattr(solver, "solve", raising(SolverError("the plan for 'run' is wrong")))
    run = read(done())
    assert (run.state, run.failure_code) == (RunState.FAILED, "plan_rejected")
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 2)


def test_a_corrupted_plan_of_a_local_run_is_refused_and_nothing_of_it_is_published(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not solved by `solve`, which checks its own plans, is checked by the run."""
    market(rooms=1, needs=1)
    with written() as session:
        request = builders.request(session)
        for _ in range(2):
            builders.need(session, request)
    honest = local.as_plan

    def corrupted(arrays: Arrays, matches: Any, limits: Limits) -> Plan:
        plan = honest(arrays, matches, limits)
        first = plan.matches[0]
        other = next(need for need in arrays.need_ids if need != first.need)
        return replace(plan, matches=(*plan.matches, replace(first, need=other)))

    monkeypatch.setattr(local, "as_plan", corrupted)
    with written() as session:
        run_id = service.queue_local_run(session, builders.coordinator(session), request.id).id
    attempts.execute(run_id)
    run = read(run_id)
    assert (run.state, run.failure_code) == (RunState.FAILED, "plan_rejected")
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 3)


def test_an_unexpected_error_fails_the_run_and_writes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(documents, "keep_plan", broken)  # the last but one step of publishing
    run = read(done())
    assert (run.state, run.failure_code) == (RunState.FAILED, "unexpected")
    assert run.lease is None
    assert (count(Proposal), count(LineClaim), needs_in(NeedState.OPEN)) == (0, 0, 1)


def test_who_coordinates_is_told_of_a_failed_run_and_who_asked_for_it_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [need_id], _ = market()
    with written() as session:
        coordinating = builders.coordinator(session)
        asker = session.get_one(Request, session.get_one(Need, need_id).request_id)
        local_run = service.queue_local_run(session, coordinating, asker.id).id
    monkeypatch.setattr(execute, "publish", raising(ZeroDivisionError("card of a person")))
    whole_run = done()
    attempts.execute(local_run)
    told = {(each.organisation_id, each.code, each.entity_id) for each in rows(Notice)}
    assert told == {
        (coordinating.organisation_id, "run_failed", whole_run),
        (coordinating.organisation_id, "run_failed", local_run),
        (asker.organisation_id, "run_failed", local_run),
    }
    kept = [*rows(Notice), *rows(AuditEntry), *rows(MatchingRun)]
    assert not any("card of a person" in str(vars(each)) for each in kept), "what an error says is for the log"


def test_a_database_that_goes_away_leaves_the_run_to_the_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sent: list[str]
) -> None:
    market()
    run_id = queued()
    with monkeypatch.context() as patch:
        patch.setattr(execute, "publish", raising(Unavailable("away")))
        with pytest.raises(Unavailable):
            attempts.execute(run_id)
    assert read(run_id).state is RunState.RUNNING
    sent.clear()
    with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 1)):
        sweep()
    assert (read(run_id).state, sent) == (RunState.QUEUED, [str(run_id)])
    attempts.execute(run_id)
    assert (read(run_id).state, read(run_id).attempts) == (RunState.DONE, 2)


def test_a_conflict_that_is_not_passing_fails_the_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    monkeypatch.setattr(execute, "publish", raising(Conflict("odd", "This cannot be.")))
    assert read(done()).state is RunState.FAILED
    monkeypatch.setattr(execute, "publish", raising(Conflict("busy", "Locked too long.")))
    with pytest.raises(Conflict):
        done()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (execute.PlanRejectedError("wrong"), "plan_rejected"),
        (SolverError("wrong"), "plan_rejected"),
        (ProblemError("units[0]", "is negative"), "problem_rejected"),
        (StorageFull("full"), "storage_full"),
        (MemoryError(), "out_of_memory"),
        (KeyError("x"), "unexpected"),
    ],
)
def test_every_failure_has_a_code_that_the_pages_have_words_for(error: Exception, code: str) -> None:
    assert execute.failure_of(error) == code
    assert FAILURES[code] == LABELS["run_failure"][code]


def test_a_heartbeat_that_is_missed_is_only_logged(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    answers: list[str] = []
    honest = leases.renew

    def renew(*rest: Any) -> bool:
        answers.append("missed" if not answers else "beaten")
        if len(answers) == 1:
            raise Unavailable("away")
        return honest(*rest)

    monkeypatch.setattr(leases, "renew", renew)

    def wait() -> None:
        for _ in range(200):
            if len(answers) > 1:
                return
            threading.Event().wait(0.05)

    while_solving(monkeypatch, wait)
    assert read(done()).state is RunState.DONE
    assert answers[:2] == ["missed", "beaten"]
