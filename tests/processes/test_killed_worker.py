"""SIGKILL for one of two workers in the middle of a run whose blocks both of them solve."""

from contextlib import suppress

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from benchmarks.experiments.killing import Trial, measured
from benchmarks.harness.measuring import NotMeasured
from benchmarks.harness.reports import Row
from core.database import db
from core.database.postgres.embedded import OWNER_URL, written
from core.settings import settings
from marketplace.planning.encoding import documents
from marketplace.runs.models import MatchingRun, RunBlock
from matching.params.solve import SolveParams
from matching.solve import solve

pytestmark = pytest.mark.processes

SECONDS = (15, 60, 240)
"""Time for a first block before the kill and others after it, in a market that such a run does not prove solved; more
where the machine was too busy for that."""


def undisturbed(blocks: int) -> int:
    """What the same problem is worth after so many blocks that this process solves."""
    with db.unit_of_work() as session:
        problem = documents.read_problem(session, session.exec(select(MatchingRun.id)).one())
    return solve(problem, SolveParams(blocks=blocks)).plan.objective


def killed_in_time() -> Row:
    for seconds in SECONDS:
        with suppress(NotMeasured):
            return measured(Trial(offers=300, requests=900, seconds=seconds, after=1, kill="block worker"))
    pytest.fail(f"no block was solved within {SECONDS[-1]} s")


def test_a_run_ends_well_though_a_worker_that_solves_its_blocks_is_killed(
    engine: Engine, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `python -m benchmarks.experiments.killing` does it ten times, and kills the worker that holds the run as well.
    with monkeypatch.context() as as_owner:
        as_owner.setenv(OWNER_URL, written(owner.url).replace("+psycopg", ""))
        settings.cache_clear()
        row = killed_in_time()
    settings.cache_clear()
    assert (row["state"], row["faults"], row["attempts"]) == ("done", [], 1)
    assert row["value"] >= undisturbed(blocks=1)
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(RunBlock)).one() == 0, "nothing is left of its blocks"
