"""What Prometheus is shown of the installation."""

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine
from uuid_utils.compat import uuid7

from core import jobs
from core.database import db, steady_clock
from core.time import clock
from marketplace.runs.figures import FIGURES, InstallationFigures
from marketplace.runs.models import BlockState, MatchingRun, RunBlock, RunState
from tests import builders

PAGE = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.fixture
def shown():
    registry = CollectorRegistry()
    registry.register(InstallationFigures())
    return registry.get_sample_value


def _run(rows, state, **about):
    return builders.added(rows, MatchingRun(policy={}, time_limit_s=1, state=state, queued_at=clock.now(), **about))


def test_runs_blocks_and_sweeps_are_told(engine, rows_committed, shown):
    rows = rows_committed
    ended = {"finished_at": clock.now(), "objective": 90, "bound": 100}
    _run(rows, RunState.DONE, progress={"spent": {"searching": 0.4, "building": 2.0}}, **ended)
    _run(rows, RunState.DONE, progress={"spent": {"searching": 7000}}, **ended)
    _run(rows, RunState.DONE, progress={"spent": None}, **ended)
    waiting = _run(rows, RunState.RUNNING)
    waiting.queued_at = clock.now() - timedelta(minutes=10)
    builders.added(rows, RunBlock(id=uuid7(), run_id=waiting.id, question=b"", ends_at=clock.now()))
    steady_clock.look(rows)
    rows.commit()
    assert shown("platsverket_database_up") == shown("platsverket_broker_up") == 1
    assert shown("platsverket_runs", {"state": "done", "kind": "whole"}) == 3
    assert shown("platsverket_runs", {"state": "failed", "kind": "local"}) == 0
    assert shown("platsverket_blocks", {"state": BlockState.WAITING.value}) == 1
    assert 600 <= shown("platsverket_oldest_unfinished_run_seconds") < 700
    assert shown("platsverket_last_run_gap") == 0.1
    counted = {
        bound: shown("platsverket_run_phase_seconds_bucket", {"phase": "searching", "le": bound})
        for bound in ("0.1", "0.5", "1800.0", "7200.0", "+Inf")
    }
    assert counted == {"0.1": 0, "0.5": 1, "1800.0": 1, "7200.0": 2, "+Inf": 2}
    assert shown("platsverket_run_phase_seconds_sum", {"phase": "searching"}) == 7000.4
    assert clock.now().timestamp() - shown("platsverket_deadline_sweep_timestamp_seconds") < 60
    assert shown("platsverket_queue_jobs", {"queue": "blocks"}) == 0


@pytest.fixture
def rows_committed(engine):
    with db.Session(engine, expire_on_commit=False) as session:
        yield session


def test_where_nothing_has_happened_yet_nothing_is_made_up(engine, shown):
    assert shown("platsverket_database_up") == 1
    assert shown("platsverket_last_run_gap") is None
    assert shown("platsverket_deadline_sweep_timestamp_seconds") is None
    assert shown("platsverket_oldest_unfinished_run_seconds") == 0


def test_a_database_and_a_broker_that_are_away_are_told(shown, database_url, monkeypatch):
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    monkeypatch.setattr(db, "engine", lambda: away)
    monkeypatch.setattr(jobs, "queue_depths", lambda: None)
    assert shown("platsverket_database_up") == shown("platsverket_broker_up") == 0
    assert shown("platsverket_runs", {"state": "done", "kind": "whole"}) is None


def test_every_figure_is_documented_and_no_other_is_shown(engine):
    told = {metric.name for metric in InstallationFigures().collect()}
    assert told == {figure.name for figure in FIGURES}
    assert [name for name in told if f"| `{name}` |" not in PAGE] == []
