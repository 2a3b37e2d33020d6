"""Who solves the blocks: this process, and a pool whose processes may die."""

import time
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import psutil
import pytest

from matching.mip.block_mip import BlockMip, MipResult
from matching.mip.executors import DEATHS, TRIES, Executor, ProcessExecutor, Results, SerialExecutor, local
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.problem.checker import check
from matching.problem.errors import SolverError
from matching.problem.problem import Problem
from matching.solve import Progress, solve
from tests.matching.market import market

NO_LIMITS = Limits(None)


@pytest.fixture(scope="module")
def mid() -> Problem:
    """Not proven best by forty blocks."""
    return market(400)


@pytest.fixture
def pool() -> Iterator[ProcessExecutor]:
    opened = ProcessExecutor(2, NO_LIMITS)
    yield opened
    opened.close()


def block(size: int = 3, *, work_limit: float = 10.0) -> BlockMip:
    """Take one of so many, the last worth most."""
    one, none = np.ones(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    return BlockMip(np.arange(size), one, none[:1], one[:1], none, np.arange(size), one, none, work_limit, 0)


def endless() -> BlockMip:
    """As many of 60 random knapsacks of 60 things as it takes to be busy for minutes."""
    random = np.random.default_rng(1)
    weights = random.integers(1000, 2000, (60, 60))
    gain, one = random.integers(1000, 2000, 60), np.ones(60, dtype=np.int64)
    row, column = np.divmod(np.arange(3600), 60)
    none = np.zeros(60, dtype=np.int64)
    return BlockMip(gain, one, none, weights.sum(axis=1) // 2, row, column, weights.ravel(), none, 1e6, 0)


def workers() -> list[psutil.Process]:
    """The processes of pools, without the one that watches over what processes share."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # nor what another test has left half ended
            found += [child] if "spawn_main" in " ".join(child.cmdline()) else []
    return found


def results(executor: Executor, number: int) -> dict[int, MipResult | None]:
    """So many results, by the numbers that the blocks were submitted under."""
    found: dict[int, MipResult | None] = {}
    started = time.monotonic()
    while len(found) < number:
        assert time.monotonic() - started < 60
        found |= dict(executor.receive())
    return found


def test_here_solves_what_was_sent_when_asked_for_it() -> None:
    executor = local(1, NO_LIMITS)
    executor.submit(7, block(3))
    executor.submit(8, block(5))

    assert isinstance(executor, SerialExecutor)
    found = [(number, result and result.bound) for _ in range(2) for number, result in executor.receive()]
    assert found == [(7, 2), (8, 4)]
    assert executor.receive() == []


def test_here_forgets_what_is_still_out() -> None:
    executor = SerialExecutor(NO_LIMITS)
    executor.submit(1, block())
    executor.close()

    assert executor.receive() == []


def test_a_pool_gives_the_same_answers(pool: ProcessExecutor) -> None:
    for number in range(5):
        pool.submit(number, block(number + 2))
    found = results(pool, 5)

    assert {number: result and result.bound for number, result in found.items()} == {n: n + 1 for n in range(5)}
    assert pool.width > 2


def test_closing_ends_the_processes_whatever_they_do(pool: ProcessExecutor) -> None:
    before = time.monotonic()
    for number in range(4):
        pool.submit(number, endless())
    started = _started(2)
    pool.close()

    assert not any(process.is_running() for process in started)
    assert time.monotonic() - before < 30


def _started(number: int) -> list[psutil.Process]:
    """The processes of the pool once so many are there."""
    begun = time.monotonic()
    while len(found := workers()) < number:
        assert time.monotonic() - begun < 30
        time.sleep(0.05)
    return found


def test_a_process_that_dies_costs_no_answer(pool: ProcessExecutor) -> None:
    pool.submit(1, block(3))
    _started(2)[0].kill()
    pool.submit(2, block(4))
    found = results(pool, 2)

    assert {number: result and result.bound for number, result in found.items()} == {1: 2, 2: 3}


def test_a_pool_found_dead_when_a_block_is_sent_is_opened_again(pool: ProcessExecutor) -> None:
    pool.submit(1, block(3))
    results(pool, 1)
    started = _started(2)
    _kill(started)
    psutil.wait_procs(started)
    time.sleep(0.5)  # the pool takes notice
    pool.submit(2, block(4))

    assert {number: result and result.bound for number, result in results(pool, 1).items()} == {2: 3}


def test_a_block_that_kills_every_process_is_given_up(pool: ProcessExecutor) -> None:
    pool.submit(1, endless())
    for number in range(TRIES):
        assert pool._out
        found = _kill_every_process(pool, number)

    assert found == [(1, None)]
    assert not pool._out


def test_a_pool_whose_processes_never_live_ends_the_run(pool: ProcessExecutor) -> None:
    with pytest.raises(SolverError, match="died one after the other"):
        _kill_again_and_again(pool)


def _kill_again_and_again(pool: ProcessExecutor) -> None:
    for number in range(DEATHS):
        pool.submit(number, endless())
        _kill_every_process(pool, number)


def _kill_every_process(pool: ProcessExecutor, deaths: int) -> Results:
    """What a pool that has died so many times gives when it finds itself dead once more."""
    _kill(_started(2))
    found: Results = []
    while pool._deaths == deaths:
        found = pool.receive()
    return found


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # the pool may have taken notice of the first and ended the second
            process.kill()


def test_a_block_sent_when_time_is_up_is_answered_by_what_is_known() -> None:
    limits = Limits(1e-6)
    executor = ProcessExecutor(1, limits)
    try:
        executor.submit(1, endless())
        result = results(executor, 1)[1]
    finally:
        executor.close()

    assert result is not None
    assert result.interrupted  # not always before a first plan: who watches the time may have to wait for a processor


def test_two_workers_better_the_same_first_plan(mid: Problem) -> None:
    first, alone, both = (
        solve(mid, SolveParams(blocks=blocks, workers=workers)).plan for blocks, workers in ((0, 1), (40, 1), (40, 2))
    )

    assert check(mid, both) == ()
    assert first.objective < both.objective <= alone.bound
    assert first.objective < alone.objective <= both.bound
    assert workers() == []


def test_a_run_goes_on_without_a_process_that_died(mid: Problem) -> None:
    killed: list[int] = []
    told: list[Progress] = []

    def kill_once(progress: Progress) -> None:
        told.append(progress)
        if progress.blocks and not killed:
            victim = workers()[0]
            killed.append(progress.blocks)
            victim.kill()

    plan = solve(mid, SolveParams(blocks=40, workers=2), progress=kill_once).plan

    assert killed
    assert check(mid, plan) == ()
    assert told[-1].blocks == 40
    assert plan.bound - plan.objective < told[0].bound - told[0].value
    assert workers() == []
