"""`platsverket replay`: the same plan, or exit 1 and what differs."""

from contextlib import nullcontext
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner, Result

from api.cli import matching
from api.cli.main import app
from core.errors import NotFound
from marketplace.planning.execution.replay import Replay
from matching.problem.plan import Plan

PLAN = Plan("run", "feasible", 900, 1000, 1, 3.5, ())
RUN = uuid4()


def called(monkeypatch: pytest.MonkeyPatch, again: Plan) -> Result:
    def found(run_id: UUID) -> Replay:
        assert run_id == RUN
        return Replay(PLAN, again)

    monkeypatch.setattr(matching, "ready", nullcontext)
    monkeypatch.setattr(matching.stored_runs, "replay", found)
    return CliRunner().invoke(app, ["replay", str(RUN)])


def test_the_same_plan_but_for_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    said = called(monkeypatch, replace(PLAN, runtime_s=9.0))
    assert (said.exit_code, said.output) == (0, "the same plan: objective 900, bound 1000, 0 matches\n")


def test_another_plan_ends_with_1_and_says_how_it_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    said = called(monkeypatch, replace(PLAN, objective=950, bound=990))
    assert said.exit_code == 1
    assert said.output == "another plan: objective 950, bound 990; the run had objective 900, bound 1000\n"


def test_a_run_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "ready", nullcontext)

    def missing(_run_id: UUID) -> Replay:
        raise NotFound("run", str(RUN))

    monkeypatch.setattr(matching.stored_runs, "replay", missing)
    assert isinstance(CliRunner().invoke(app, ["replay", str(RUN)]).exception, NotFound)
    assert CliRunner().invoke(app, ["replay", "no-id"]).exit_code == 2
