"""Solving a run's stored problem again, to show that its plan came from that and nothing else.

With one worker a run takes the same course again, so that the blocks that it solved give its plan byte for byte, but
for the seconds. That cannot be promised where the clock has cut something short in its middle: the prices, when they
took more than their share of the time limit, or the block that was being solved when time was up. With several
workers the order of their answers differs.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from platsverket.core import db
from platsverket.core.errors import Conflict
from platsverket.marketplace.planning import documents, queries
from platsverket.marketplace.planning.models import MatchingRun, RunKind
from platsverket.matching import solve as solver
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem


@dataclass(frozen=True)
class Replay:
    """The plan that a run found and the one that is found now."""

    stored: Plan
    again: Plan

    @property
    def same(self) -> bool:
        """Whether they are the same in everything but the seconds."""
        return replace(self.again, runtime_s=self.stored.runtime_s) == self.stored


def replay(run_id: UUID) -> Replay:
    """Solve the stored problem of a run again, as it was solved; takes about as long.

    Raises
    ------
    NotFound
        There is no such run, or it has no plan.
    Conflict
        ``local_run``: what a run over one request decided from is not stored, only what it changed.
    """
    with db.unit_of_work() as session:
        run = queries.run(session, run_id)
        stored = documents.read_plan(session, run_id)
        problem = documents.read_problem(session, run_id)
    if run.kind is RunKind.LOCAL:
        raise Conflict("local_run", "A run over one request cannot be replayed.", {"id": str(run_id)})
    blocks = run.progress.get("blocks")
    if run.workers > 1 or blocks is None:
        timed = solver.solve(problem, time_limit_s=run.time_limit_s, seed=run.seed, workers=run.workers)
        return Replay(stored, timed)
    found = _after(blocks, run, problem, stored)
    if not found.same and blocks:
        # Time was up in the middle of the last block, perhaps before that had found anything.
        before = _after(blocks - 1, run, problem, stored)
        return before if before.same else found
    return found


def _after(blocks: int, run: MatchingRun, problem: Problem, stored: Plan) -> Replay:
    return Replay(stored, solver.solve(problem, blocks=blocks, seed=run.seed))
