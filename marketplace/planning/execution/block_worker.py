"""A worker's part in runs that may be anybody's: it leases blocks, solves them and writes the answers."""

import time

import structlog

from core.database import db
from core.errors import PlatsverketError
from core.settings import settings
from core.telemetry import trace
from marketplace.planning.execution.block_executor import POLL_S, call
from marketplace.runs import block_queue
from marketplace.runs.block_queue import BlockLease
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip
from matching.mip.limits import Limits
from matching.mip.messages import from_bytes, to_bytes

log = structlog.get_logger()

TURN_S = 10.0
"""After so long other jobs have their turn before it goes on."""
IDLE_S = 2.0
"""A run that has no block to give will soon have one: wait so long."""


def solve_blocks() -> None:
    """Solve blocks, of whatever run, as long as there are any, but for no longer than a turn."""
    begun = last = time.monotonic()
    while time.monotonic() - begun < TURN_S:
        if solve_one():
            last = time.monotonic()
        elif time.monotonic() - last > IDLE_S:
            return
        else:
            time.sleep(POLL_S)
    with db.unit_of_work() as session:
        if block_queue.any_waiting(session):
            call(session)


def solve_one() -> bool:
    """Solve the block that has waited longest; False if none waits."""
    with db.unit_of_work() as session:
        taken = block_queue.take(session)
    if taken is None:
        return False
    renewal = LeaseRenewal(taken)
    with trace.span("block", run=str(taken.run_id), block=str(taken.block_id)):
        answer = cp_sat.solve(from_bytes(taken.question, BlockMip), Limits(taken.seconds, renewal.is_lost))
    if not renewal.is_lost():
        with db.unit_of_work() as session:
            block_queue.answer(session, taken.block_id, to_bytes(answer))
    return True


class LeaseRenewal:
    """Renews the lease of a block whenever it is asked about it and a sign of life is due."""

    def __init__(self, taken: BlockLease) -> None:
        self._taken = taken
        self._lost = False
        self._renewed = time.monotonic()

    def is_lost(self) -> bool:
        """Tell whether nobody wants the answer any more. A search asks this many times a second."""
        if not self._lost and time.monotonic() - self._renewed > settings().block_lease_s / 4:
            self._renewed = time.monotonic()
            try:
                with db.unit_of_work() as session:
                    self._lost = not block_queue.renew(session, self._taken)
            except PlatsverketError as error:  # the database is away: the lease decides when to give up
                log.warning("block_heartbeat_missed", block=str(self._taken.block_id), error=error)
        return self._lost
