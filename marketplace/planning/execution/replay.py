"""Solving a run's stored problem again, to show that its plan came from that and nothing else.

The trace of the run is stored with it, so that it can be followed again, whoever solved its blocks, and wherever
the clock ended it: the plan is then the same byte for byte, but for the seconds.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from core.database import db
from core.errors import Conflict
from marketplace.planning.encoding import documents
from marketplace.runs import queries
from marketplace.runs.models import RunKind
from matching import solve as solver
from matching.params.solve import SolveParams
from matching.problem.plan import Plan


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
        There is no such run, or it has no plan, or no trace: it is older than those are kept.
    Conflict
        ``local_run``: what a run over one request decided from is not stored, only what it changed.
    """
    with db.unit_of_work() as session:
        run = queries.run(session, run_id)
        stored = documents.read_plan(session, run_id)
        problem = documents.read_problem(session, run_id)
        if run.kind is RunKind.LOCAL:
            raise Conflict("local_run", "A run over one request cannot be replayed.", {"id": str(run_id)})
        trace = documents.read_trace(session, run_id)
    again = solver.solve(problem, SolveParams(seed=run.seed, workers=run.workers), replay=trace)
    return Replay(stored, again.plan)
