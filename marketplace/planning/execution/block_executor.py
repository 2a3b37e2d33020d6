"""Having blocks solved by whichever workers there are, on whatever machines: an `Executor` over the table of blocks.

The run waits for answers in its own process. A block whose worker gives no sign of life is given to another, and when
nobody has taken anything for a while the run solves what waits itself: it gets on without any worker, only slower.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session
from uuid_utils.compat import uuid7

from core.database import db
from core.errors import PlatsverketError
from core.jobs import Job, enqueue
from core.settings import settings
from core.time import clock
from marketplace.runs import block_queue
from marketplace.runs.block_queue import BlockStatus
from marketplace.runs.models import BlockState
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip, MipResult
from matching.mip.executors import TRIES, Executor, ExecutorFactory, Results, SerialExecutor
from matching.mip.limits import Limits
from matching.mip.messages import from_bytes, to_bytes

log = structlog.get_logger()

POLL_S = 0.05
CALL_S = 1.0
"""Workers are called for again when a block has waited that long."""
PATIENCE_S = 3.0
"""When nobody has taken a block for so long, the run solves one itself."""
LONGEST_S = 24 * 3600.0
"""For runs without a time limit."""


def opening(run_id: UUID) -> ExecutorFactory:
    """Return what opens the executor of a run: this process if it shall have one worker, else all there are."""

    def opened(workers: int, limits: Limits) -> Executor:
        return SerialExecutor(limits) if workers == 1 else QueueExecutor(run_id, workers, limits)

    return opened


def call(session: Session) -> None:
    """Ask a worker, once the session has committed, to solve blocks as long as some wait."""
    enqueue(session, Job.SOLVE_BLOCKS, expires_s=10 * CALL_S)


@dataclass(frozen=True)
class SentBlock:
    """A block that is out, under the number that the run gave it."""

    number: int
    block: BlockMip


class QueueExecutor:
    """The executor: blocks go into the table, `workers` of them are solved at a time, and answers come back."""

    def __init__(self, run_id: UUID, workers: int, limits: Limits) -> None:
        self.width = workers + 1  # one more than can be solved at once, so that none waits for the next
        self._run_id = run_id
        self._workers = workers
        self._limits = limits
        self._new: list[SentBlock] = []
        self._out: dict[UUID, SentBlock] = {}
        self._heard = time.monotonic()
        self._called = -CALL_S

    def submit(self, number: int, block: BlockMip) -> None:
        """Keep the block to be put into the table with the next look at it."""
        if not self._out:
            self._heard = time.monotonic()  # nobody could have taken anything before
        self._new.append(SentBlock(number, block))

    def receive(self) -> Results:
        """The answers that have come, after a moment at most, or one that this process found itself.

        When the database does not answer, nothing has come: whether the run goes on without it is for its lease to say.
        """
        try:
            self._put()
            answers = self._look()
        except PlatsverketError as error:
            log.warning("blocks_out_of_reach", run=str(self._run_id), error=error)
            answers = []
        if answers:
            return answers
        if time.monotonic() - self._heard > PATIENCE_S:
            return self._solve_one()
        time.sleep(POLL_S)
        return []

    def close(self) -> None:
        """Delete what is still out. What cannot be deleted now, the next sweep does."""
        left, self._out, self._new = list(self._out), {}, []
        try:
            with db.unit_of_work() as session:
                block_queue.forget(session, left)
        except PlatsverketError as error:
            log.warning("blocks_left", run=str(self._run_id), error=error)

    def _put(self) -> None:
        if not self._new:
            return
        put = {uuid7(): out for out in self._new}
        left_s = self._limits.remaining_s()
        ends_at = clock.now() + timedelta(seconds=LONGEST_S if left_s is None else left_s)
        with db.unit_of_work() as session:
            block_queue.put(session, self._run_id, {key: to_bytes(out.block) for key, out in put.items()}, ends_at)
        self._new.clear()
        self._out |= put

    def _look(self) -> Results:
        with db.unit_of_work() as session:
            now = block_queue.statuses(session, self._out)
            found = block_queue.collect(
                session, [key for key, each in now.items() if each.state is BlockState.ANSWERED]
            )
            lost = {key: each for key, each in now.items() if key not in found and _is_lost(each)}
            given_up = [key for key, each in lost.items() if each.tries >= TRIES]
            block_queue.forget(session, given_up)
            block_queue.wait_again(session, [key for key in lost if key not in given_up])
            self._call(session, now)
        gone = [key for key in self._out if key not in now]
        self._new += [self._out.pop(key) for key in gone]  # somebody tidied up; what is still wanted is put anew
        answers: Results = [(self._out.pop(key).number, from_bytes(data, MipResult)) for key, data in found.items()]
        return answers + [(self._out.pop(key).number, None) for key in given_up]

    def _call(self, session: Session, now: dict[UUID, BlockStatus]) -> None:
        """Call for as many workers as are missing, now and then while a block waits."""
        states = [each.state for each in now.values()]
        if BlockState.LEASED in states or BlockState.ANSWERED in states or not states:
            self._heard = time.monotonic()
        missing = self._workers - states.count(BlockState.LEASED)
        if BlockState.WAITING in states and missing > 0 and time.monotonic() - self._called >= CALL_S:
            self._called = time.monotonic()
            for _ in range(missing):
                call(session)

    def _solve_one(self) -> Results:
        """Take back the block that has waited longest and solve it here."""
        for key in list(self._out):
            with db.unit_of_work() as session:
                withdrawn = block_queue.withdraw(session, key)
            if withdrawn:
                out = self._out.pop(key)
                return [(out.number, cp_sat.solve(out.block, self._limits))]
        return []


def _is_lost(each: BlockStatus) -> bool:
    """Whether who solves it has given no sign of life, be it as the clock was put back after the last."""
    if each.state is not BlockState.LEASED or each.lease_until is None:
        return False
    now, lease = clock.now(), timedelta(seconds=settings().block_lease_s)
    return not now <= each.lease_until <= now + 2 * lease
