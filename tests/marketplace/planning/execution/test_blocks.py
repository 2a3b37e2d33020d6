"""Blocks through the table: whoever solves them, each is answered once, and nothing is left when the run has ended."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from core.database import db
from core.errors import Unavailable
from core.settings import settings
from core.time import clock
from marketplace.planning import jobs as tasks
from marketplace.planning import service
from marketplace.planning.execution import block_executor, block_worker
from marketplace.planning.execution.block_executor import QueueExecutor, Results, opening
from marketplace.planning.rules import RunDraft
from marketplace.runs import block_queue
from marketplace.runs.block_queue import BlockLease
from marketplace.runs.leases import begin
from marketplace.runs.models import MatchingRun, RunBlock
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip, MipResult
from matching.mip.executors import TRIES, SerialExecutor
from matching.mip.limits import Limits
from matching.mip.messages import from_bytes, to_bytes
from matching.params.solve import SolveParams
from matching.problem import checker
from matching.solve import solve
from tests.matching.market import market


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The calls for workers, instead of making them."""
    calls: list[object] = []
    monkeypatch.setattr(block_executor, "enqueue", lambda _session, job, **_: calls.append(job))
    return calls


@pytest.fixture
def run_id(engine: Engine) -> UUID:
    """A run that runs."""
    with db.unit_of_work() as session:
        run = service.queue_run(session, None, RunDraft(time_limit_s=60))
        begin(session, run.id)
        return run.id


def knapsack(capacity: int = 10) -> BlockMip:
    """Take of 3, 4 and 5 with gains 30, 50 and 60 as much as fits: within 10 that is the last and one of the others."""
    one = np.ones(3, dtype=np.int64)
    return BlockMip(
        gain=np.array([30, 50, 60]),
        upper=one,
        least=np.array([0]),
        most=np.array([capacity]),
        row=np.zeros(3, dtype=np.int64),
        column=np.arange(3),
        entry=np.array([3, 4, 5]),
        hint=0 * one,
        work_limit=1.0,
        seed=1,
    )


def sent(run_id: UUID, *capacities: int, workers: int = 2, seconds: float = 60) -> QueueExecutor:
    """A executor with a block for each of the capacities out, numbered from 0."""
    executor = QueueExecutor(run_id, workers, Limits(seconds))
    for number, capacity in enumerate(capacities):
        executor.submit(number, knapsack(capacity))
    assert executor.receive() == []
    return executor


def answers(executor: QueueExecutor, tries: int = 100) -> Results:
    for _ in range(tries):
        if found := executor.receive():
            return found
    return []


def rows() -> list[RunBlock]:
    with db.unit_of_work() as session:
        return list(session.scalars(select(RunBlock).order_by(RunBlock.id)))


def taken() -> BlockLease:
    with db.unit_of_work() as session:
        found = block_queue.take(session)
    assert found is not None
    return found


def gains(found: Results) -> dict[int, int | None]:
    return {number: answer and int(knapsack().gain @ answer.values) for number, answer in found}


@contextmanager
def later() -> Iterator[None]:
    """After all leases have run out."""
    with clock.frozen(clock.now() + timedelta(seconds=settings().block_lease_s + 1)):
        yield


def test_blocks_are_answered_under_their_numbers_and_gone_at_once(run_id: UUID) -> None:
    executor = sent(run_id, 10, 5)
    assert [row.run_id for row in rows()] == [run_id] * 2
    assert block_worker.solve_one()
    assert block_worker.solve_one()
    assert not block_worker.solve_one()
    # 4 and 5 fit into 10, and 5 by itself into 5.
    assert gains(answers(executor)) == {0: 110, 1: 60}
    assert rows() == []


def test_what_many_workers_take_is_never_the_same_block(run_id: UUID) -> None:
    sent(run_id, *range(1, 21))
    found: list[UUID] = []

    def work() -> None:
        found.extend(taken().block_id for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 20


def test_a_block_whose_worker_is_lost_is_taken_by_another(run_id: UUID) -> None:
    executor = sent(run_id, 10)
    lost = taken()
    assert executor.receive() == []
    assert rows()[0].lease == lost.lease
    with later():
        assert executor.receive() == []
        assert block_worker.solve_one()
        assert gains(answers(executor)) == {0: 110}


def test_a_block_that_loses_every_worker_is_given_up(run_id: UUID) -> None:
    executor = sent(run_id, 10)
    for _ in range(TRIES):
        taken()
        with later():
            found = executor.receive()
    assert found == [(0, None)]
    assert rows() == []


def test_a_late_answer_is_as_good_as_any_and_the_first_one_counts(run_id: UUID) -> None:
    executor = sent(run_id, 10)
    late = taken()
    with later():
        executor.receive()
        again = taken()
    best = cp_sat.solve(knapsack(), Limits(None))
    worse = MipResult(np.array([1, 0, 0]), best.component, best.bounds)
    with db.unit_of_work() as session:
        block_queue.answer(session, late.block_id, to_bytes(best))
        block_queue.answer(session, again.block_id, to_bytes(worse))
    assert gains(answers(executor)) == {0: 110}
    with db.unit_of_work() as session:
        block_queue.answer(session, again.block_id, to_bytes(worse))
    assert rows() == []


def test_a_sign_of_life_keeps_the_block_and_tells_when_nobody_wants_it(
    run_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = sent(run_id, 10)
    renewal = block_worker.LeaseRenewal(taken())
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    with later():
        assert not renewal.is_lost()
        assert executor.receive() == []
        assert rows()[0].tries == 1, "it was not taken back"
    executor.close()
    assert rows() == []
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    assert renewal.is_lost()


def test_a_cancelled_runs_blocks_are_gone_and_a_dead_runs_are_swept(run_id: UUID) -> None:
    sent(run_id, 10)
    with db.unit_of_work() as session:
        service.cancel_run(session, None, run_id)
    assert rows() == []
    sent(run_id, 10)
    tasks.sweep_runs()
    assert rows() == []


def test_blocks_that_somebody_deleted_are_put_again(run_id: UUID) -> None:
    executor = sent(run_id, 10)
    with db.unit_of_work() as session:
        block_queue.forget_run(session, run_id)
    executor.receive()
    executor.receive()
    assert block_worker.solve_one()
    assert gains(answers(executor)) == {0: 110}


def test_with_no_worker_the_run_solves_its_blocks_itself(
    run_id: UUID, monkeypatch: pytest.MonkeyPatch, called: list[object]
) -> None:
    monkeypatch.setattr(block_executor, "PATIENCE_S", 0.3)
    executor = sent(run_id, 10, 5, workers=2)
    found = answers(executor) + answers(executor)
    assert gains(found) == {0: 110, 1: 60}
    assert len(called) == 2, "as many as it may have workers, and not again at once"
    assert rows() == []


def test_nobody_is_called_who_is_there_already(
    run_id: UUID, monkeypatch: pytest.MonkeyPatch, called: list[object]
) -> None:
    monkeypatch.setattr(block_executor, "CALL_S", 0.0)
    executor = sent(run_id, 10, 10, 10, workers=2)
    called.clear()
    taken()
    executor.receive()
    assert len(called) == 1
    taken()
    executor.receive()
    assert len(called) == 1
    executor.close()


def test_a_database_that_is_away_is_waited_for(run_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = sent(run_id, 10)
    here = db.unit_of_work

    def away() -> None:
        raise Unavailable("away")

    monkeypatch.setattr(db, "unit_of_work", away)
    executor.submit(1, knapsack(5))
    assert executor.receive() == []
    monkeypatch.setattr(db, "unit_of_work", here)
    executor.receive()
    block_worker.solve_blocks()
    assert gains(answers(executor)) == {0: 110, 1: 60}
    executor.submit(2, knapsack())
    executor.receive()
    monkeypatch.setattr(db, "unit_of_work", away)
    executor.close()


def test_a_turn_ends_when_nothing_waits_or_others_shall_have_theirs(
    run_id: UUID, monkeypatch: pytest.MonkeyPatch, called: list[object]
) -> None:
    monkeypatch.setattr(block_worker, "IDLE_S", 0.2)
    tasks.solve_blocks()
    assert called == []
    monkeypatch.setattr(block_worker, "TURN_S", 0.0)
    sent(run_id, 10)
    called.clear()
    tasks.solve_blocks()
    assert len(called) == 1, "somebody has to go on"


def test_a_missed_sign_of_life_is_only_logged(run_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(run_id, 10)
    renewal = block_worker.LeaseRenewal(taken())
    monkeypatch.setattr(block_queue, "renew", _away)
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    assert not renewal.is_lost()


def _away(*_: object) -> None:
    raise Unavailable("away")


def test_one_worker_is_the_run_itself(run_id: UUID) -> None:
    opened: Callable[..., object] = opening(run_id)
    assert isinstance(opened(1, Limits(1)), SerialExecutor)
    assert isinstance(opened(2, Limits(1)), QueueExecutor)


def test_the_setting_says_how_many_solve_a_runs_blocks(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.queue_run(session, None, RunDraft()).workers == 1
    monkeypatch.setenv("PLATSVERKET_RUN_WORKERS", "3")
    settings.cache_clear()
    try:
        run = service.queue_run(session, None, RunDraft())
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert session.get_one(MatchingRun, run.id).workers == 3


def test_a_market_is_solved_by_others(run_id: UUID) -> None:
    problem = market(400)
    over = threading.Event()

    def help_out() -> None:
        while not over.is_set():
            if not block_worker.solve_one():
                time.sleep(0.02)

    helper = threading.Thread(target=help_out)
    helper.start()
    try:
        plan = solve(problem, SolveParams(blocks=4, workers=2), executor=opening(run_id)).plan
    finally:
        over.set()
        helper.join()
    assert not checker.check(problem, plan)
    assert plan.matches
    assert rows() == []


def test_an_answer_can_be_read_by_whoever_gets_it(run_id: UUID) -> None:
    sent(run_id, 10)
    question = taken().question
    assert cp_sat.solve(from_bytes(question, BlockMip), Limits(None)).bound == 110
