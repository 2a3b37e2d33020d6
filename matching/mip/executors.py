"""Who solves the blocks: this process, a pool of processes, or whoever else keeps the contract of `Executor`."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip, MipResult
from matching.mip.limits import Limits
from matching.problem.errors import SolverError

TRIES = 3
"""How often a block is sent before it is given up: one that kills its worker each time would stop the run."""
DEATHS = 10
"""How many pools may die one after the other without a result: then it is not the blocks that kill them."""
SHORTEST_S = 1e-3
"""Seconds for a block that is sent when time is up: long enough to say so."""

Results = list[tuple[int, MipResult | None]]
"""Results by the numbers that blocks were submitted under; None: given up."""


class Executor(Protocol):
    """Has blocks solved (PEP 3148). Results come in any order; a block whose result never comes is given up at last.

    `width` is how many blocks it is worth to have out at a time.
    """

    width: int

    def submit(self, number: int, block: BlockMip) -> None:
        """Have the block solved; its result will come under this number."""

    def receive(self) -> Results | None:
        """Wait a moment for results of what was submitted. None: there will be no more."""

    def close(self) -> None:
        """Forget what is still out."""


class SerialExecutor:
    """Solves each block in this process, when its result is asked for."""

    width = 1

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: list[tuple[int, BlockMip]] = []

    def submit(self, number: int, block: BlockMip) -> None:
        """Keep the block until its result is asked for."""
        self._waiting.append((number, block))

    def receive(self) -> Results:
        """Solve what was submitted first."""
        if not self._waiting:
            return []
        number, block = self._waiting.pop(0)
        return [(number, cp_sat.solve(block, self._limits))]

    def close(self) -> None:
        """Nothing is out."""
        self._waiting.clear()


class ProcessExecutor:
    """A pool of processes on this machine; when one dies its blocks are sent again to a new pool."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self.width = workers + 1  # one more than can be solved at once, so that none waits for the next
        self._workers = workers
        self._limits = limits
        self._pool = self._started()
        self._deaths = 0
        self._out: dict[Future[MipResult], tuple[int, BlockMip, int]] = {}

    def submit(self, number: int, block: BlockMip) -> None:
        """Put the block into the pool's queue."""
        self._put(number, block, 1)

    def receive(self) -> Results:
        """The results that have come, after at most a tenth of a second."""
        results: Results = []
        broken = False
        for future in wait(self._out, timeout=0.1, return_when=FIRST_COMPLETED).done:
            if isinstance(future.exception(), BrokenProcessPool):
                broken = True
                continue
            number, _, _ = self._out.pop(future)
            results.append((number, future.result()))
            self._deaths = 0
        return results + (self._again() if broken else [])

    def close(self) -> None:
        """Stop the processes at once, whatever they do."""
        for process in list((self._pool._processes or {}).values()):  # noqa: SLF001 - there is no other way in 3.11
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"), _belong_to_the_parent)
        for _ in range(self._workers):
            pool.submit(_wake)
        return pool

    def _put(self, number: int, block: BlockMip, tries: int) -> None:
        try:
            future = self._pool.submit(_solve, block, self._limits.remaining_s())
        except BrokenProcessPool as broken:
            # A process has died since the last results came: those that are out will say so, and this one with them.
            future = Future()
            future.set_exception(broken)
        self._out[future] = (number, block, tries)

    def _again(self) -> Results:
        """Send all that was out to a new pool; what has been sent too often is given up."""
        self._deaths += 1
        if self._deaths == DEATHS:
            raise SolverError(f"{DEATHS} pools of processes have died one after the other without a result")
        out, self._out = list(self._out.values()), {}
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._started()
        for number, block, tries in out:
            if tries < TRIES:
                self._put(number, block, tries + 1)
        return [(number, None) for number, _, tries in out if tries >= TRIES]


def _belong_to_the_parent() -> None:
    """Leave Ctrl-C, which in a terminal reaches every process, to the parent; end when it is gone, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, name="matching-parent", daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _wake() -> None:
    """Nothing but reason enough for a process to start."""


def _solve(block: BlockMip, seconds: float | None) -> MipResult:
    return cp_sat.solve(block, Limits(None if seconds is None else max(seconds, SHORTEST_S)))


ExecutorFactory = Callable[[int, Limits], Executor]
"""Opens an executor for so many workers."""


def local(workers: int, limits: Limits) -> Executor:
    """The executor for a single machine."""
    return SerialExecutor(limits) if workers == 1 else ProcessExecutor(workers, limits)
