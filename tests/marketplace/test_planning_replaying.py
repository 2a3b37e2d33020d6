"""Runs that were cut off, by blocks or by the clock, are replayed from what is stored and give the same plan."""

import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from platsverket.core import clock, db
from platsverket.core.errors import Conflict, NotFound
from platsverket.marketplace.planning.models import MatchingRun, RunDocument, RunKind, RunState
from platsverket.marketplace.planning.policy import POLICIES
from platsverket.marketplace.planning.replaying import replay
from platsverket.matching import carriers, codec, exact, limits
from platsverket.matching.block import Answer, Block
from platsverket.matching.limits import Limits
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.progress import Progress
from platsverket.matching.solve import solve
from tests.matching.market import market


@pytest.fixture(scope="module")
def hard() -> Problem:
    """Not proven best by some blocks."""
    return market(200)


class Clock:
    """The optimiser's clock, which can be put forward."""

    def __init__(self) -> None:
        self.forward_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.forward_s


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The hand of the clock."""
    found = Clock()
    monkeypatch.setattr(limits, "time", found)
    return found


def stored(problem: Problem, plan: Plan, blocks: int | None, kind: RunKind = RunKind.WHOLE) -> UUID:
    """A run that is done and has found the plan by so many blocks."""
    with db.unit_of_work() as session:
        run = MatchingRun(
            state=RunState.DONE,
            kind=kind,
            policy=POLICIES["balanced"].to_json(),
            seed=plan.seed,
            time_limit_s=3600,
            progress={"step": "done"} | ({} if blocks is None else {"blocks": blocks}),
            queued_at=clock.now(),
        )
        session.add(run)
        session.flush()
        for name, body in (("problem", codec.problem_to_json(problem)), ("plan", codec.plan_to_json(plan))):
            session.add(RunDocument(run_id=run.id, kind=name, body=gzip.compress(body)))
        return run.id


def test_a_run_that_was_cut_after_some_blocks(engine: Engine, hard: Problem) -> None:
    plan = solve(hard, blocks=2, seed=7)
    assert plan.status == "feasible"
    again = replay(stored(hard, plan, 2))
    assert again.same
    assert codec.plan_to_json(replace(again.again, runtime_s=plan.runtime_s)) == codec.plan_to_json(plan)


def test_a_run_that_was_cut_by_the_clock_between_two_blocks(engine: Engine, hard: Problem, hand: Clock) -> None:
    told: list[Progress] = []

    def tell(now: Progress) -> None:
        told.append(now)
        hand.forward_s = 3600.0 if now.blocks == 2 else 0.0

    plan = solve(hard, time_limit_s=3600, progress=tell)
    hand.forward_s = 0.0
    assert (plan.status, told[-1].blocks) == ("feasible", 2)
    assert replay(stored(hard, plan, 2)).same


def test_a_run_that_was_cut_by_the_clock_before_a_block_found_anything(
    engine: Engine, hard: Problem, hand: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Progress] = []
    with monkeypatch.context() as cut:
        cut.setattr(carriers.exact, "solve", _cutting_short(3, hand))
        plan = solve(hard, time_limit_s=3600, progress=told.append)
    hand.forward_s = 0.0
    assert (plan.status, told[-1].blocks) == ("feasible", 3)
    assert replay(stored(hard, plan, 3)).same


def _cutting_short(which: int, hand: Clock) -> Callable[[Block, Limits], Answer]:
    """Solve blocks, but let time be up as soon as one of them is begun."""
    begun: list[Block] = []
    solve_block = exact.solve

    def solved(block: Block, within: Limits) -> Answer:
        begun.append(block)
        if len(begun) == which:
            hand.forward_s = 3600.0
        return solve_block(block, within)

    return solved


def test_a_replay_that_finds_something_else_says_so(engine: Engine, hard: Problem) -> None:
    plan = solve(hard, blocks=2)
    other = replace(plan, matches=(), objective=0)
    found = replay(stored(hard, other, 2))
    assert not found.same
    assert (found.stored, found.again.matches) == (other, plan.matches)


def test_a_run_that_never_told_of_its_blocks_is_solved_again_within_its_time(engine: Engine) -> None:
    easy = market(20)
    assert replay(stored(easy, solve(easy), None)).same


def test_what_cannot_be_replayed_says_why(engine: Engine) -> None:
    easy = market(5)
    local = stored(easy, solve(easy), 0, RunKind.LOCAL)
    with pytest.raises(Conflict, match="one request"):
        replay(local)
    with db.unit_of_work() as session:
        queued = MatchingRun(policy=POLICIES["balanced"].to_json(), time_limit_s=1, queued_at=clock.now())
        session.add(queued)
        session.flush()
        run_id = queued.id
    with pytest.raises(NotFound):
        replay(run_id)
