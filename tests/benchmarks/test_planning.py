import json

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from core.database import db
from tests import builders


@pytest.mark.usefixtures("engine")
def test_planning_is_measured_step_by_step_on_the_market_that_is_there(tmp_path):
    with db.unit_of_work() as session:
        builders.offer(session)
        builders.need(session, builders.request(session))
    result = CliRunner().invoke(app, ["planning", "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    document = json.loads(next(tmp_path.glob("planning-*.json")).read_text())
    load, build, problem, context = document["rows"]
    assert (load["needs"], load["offers"], build["options"], context["needs"]) == (1, 1, 1, 1)
    assert problem["bytes"] > 0


@pytest.mark.usefixtures("engine")
def test_a_whole_run_is_measured_until_it_has_published_and_what_changing_it_comes_to(tmp_path):
    with db.unit_of_work() as session:
        builders.offer(session)
        builders.offer(session)
        builders.need(session, builders.request(session))
    result = CliRunner().invoke(app, ["run", "--seconds", "20", "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    document = json.loads(next(tmp_path.glob("run-*.json")).read_text())
    *phases, published, _processor = document["rows"]
    assert [row["step"] for row in phases] == ["loading", "building", "keeping", "searching", "publishing"]
    assert (published["needs"], published["served"]) == (1, 1)
    assert all(row["seconds"] >= 0 for row in document["rows"])

    result = CliRunner().invoke(app, ["what-if", "--times", "1", "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    rows = json.loads(next(tmp_path.glob("what-if-*.json")).read_text())["rows"]
    changes = ["keep", "give", "forbid", "close", "add", "weigh"]
    assert [(row["what"], row["asked"]) for row in rows] == [("/requests", 6), *((change, 1) for change in changes)]
    assert all(row["times"] > 0 for row in rows)


@pytest.mark.usefixtures("engine")
def test_pages_are_measured_beside_a_bare_one(tmp_path):
    with db.unit_of_work() as session:
        builders.offer(session)
    result = CliRunner().invoke(app, ["pages", "--clients", "2", "--times", "2", "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    bare, *rows = json.loads(next(tmp_path.glob("pages-*.json")).read_text())["rows"]
    assert bare["ratios"] == {"2": 1}
    assert {"one of /offers", "/timeline, 500 units"} <= {row["page"] for row in rows}
    assert all(row["seconds"]["2"] > 0 for row in rows)
