"""`platsverket check` in the terminal: right, wrong, and files that cannot be read."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from core.errors import BadInput

PROBLEM = Path(__file__).parents[3] / "samples" / "problems" / "stay-or-move.json"
PLAN = """{"format": "platsverket-plan/1", "problem": "stay-or-move", "status": "feasible", "objective": 0,
 "bound": 9000, "seed": 1, "runtime_s": 0.5, "matches": [%s]}"""


def test_a_right_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN % "", encoding="utf-8")

    outcome = CliRunner().invoke(app, ["check", str(PROBLEM), str(plan)])

    assert outcome.stdout == "right: objective 0, bound 9000, 0 matches\n"
    assert outcome.exit_code == 0


def test_a_plan_of_what_is_not_there(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    matches = '{"need": "project", "option": "moon", "amount": 1}, {"need": "moon", "option": "moon", "amount": 1}'
    plan.write_text(PLAN % matches, encoding="utf-8")

    outcome = CliRunner().invoke(app, ["check", str(PROBLEM), str(plan)])

    assert [line.split("'")[1] for line in outcome.stdout.splitlines()] == ["unknown_option", "unknown_need"]
    assert outcome.exit_code == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.json", "No such file"), (".", "Is a directory"), ("empty.json", "line 1, column 1"), ("cut.json", "line ")],
)
def test_a_problem_that_cannot_be_read(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "cut.json").write_bytes(PROBLEM.read_bytes()[:-9])

    outcome = CliRunner().invoke(app, ["check", str(tmp_path / name), "plan.json"])

    assert isinstance(outcome.exception, BadInput)
    assert message in str(outcome.exception)
