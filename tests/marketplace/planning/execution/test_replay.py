"""Runs are replayed from what is stored and give the same plan."""

import gzip
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from core.database import db
from core.errors import Conflict, NotFound
from core.time import clock
from marketplace.planning.encoding.documents import keep_plan, keep_trace
from marketplace.planning.execution.replay import replay
from marketplace.planning.options.policy import POLICIES
from marketplace.runs.models import MatchingRun, RunDocument, RunKind, RunState
from matching.formats import codec
from matching.mip.replay import Trace
from matching.params.solve import SolveParams
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.solve import solve
from tests.matching.market import market


@pytest.fixture(scope="module")
def hard() -> Problem:
    """Not proven best by some blocks."""
    return market(200)


def stored(problem: Problem, plan: Plan, trace: Trace | None, kind: RunKind = RunKind.WHOLE) -> UUID:
    """A run that is done and has found the plan in this way."""
    with db.unit_of_work() as session:
        run = MatchingRun(
            state=RunState.DONE,
            kind=kind,
            policy=POLICIES["balanced"].to_json(),
            seed=plan.seed,
            time_limit_s=3600,
            progress={"step": "done"},
            queued_at=clock.now(),
        )
        session.add(run)
        session.flush()
        session.add(RunDocument(run_id=run.id, kind="problem", body=gzip.compress(codec.problem_to_json(problem))))
        keep_plan(session, run.id, plan)
        if trace is not None:
            keep_trace(session, run.id, trace)
        return run.id


def found(problem: Problem, blocks: int) -> tuple[Plan, Trace]:
    """A plan by so many blocks, and the trace that led to it."""
    result = solve(problem, SolveParams(blocks=blocks, seed=7, workers=2))
    return result.plan, result.trace


def test_a_run_with_several_workers_that_was_cut_after_some_blocks(engine: Engine, hard: Problem) -> None:
    plan, trace = found(hard, 4)
    again = replay(stored(hard, plan, trace))
    assert plan.status == "feasible"
    assert again.same
    assert codec.plan_to_json(replace(again.again, runtime_s=plan.runtime_s)) == codec.plan_to_json(plan)


def test_a_replay_that_finds_something_else_says_so(engine: Engine, hard: Problem) -> None:
    plan, trace = found(hard, 2)
    other = replace(plan, matches=(), objective=0)
    again = replay(stored(hard, other, trace))
    assert not again.same
    assert (again.stored, again.again.matches) == (other, plan.matches)


def test_what_cannot_be_replayed_says_why(engine: Engine) -> None:
    easy = market(5)
    local = stored(easy, solve(easy).plan, None, RunKind.LOCAL)
    with pytest.raises(Conflict, match="one request"):
        replay(local)
    older = stored(easy, solve(easy).plan, None)
    with pytest.raises(NotFound, match="trace"):
        replay(older)
    with db.unit_of_work() as session:
        queued = MatchingRun(policy=POLICIES["balanced"].to_json(), time_limit_s=1, queued_at=clock.now())
        session.add(queued)
        session.flush()
        run_id = queued.id
    with pytest.raises(NotFound):
        replay(run_id)
