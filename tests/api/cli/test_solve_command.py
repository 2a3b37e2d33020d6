"""`platsverket solve` in the terminal: a plan to a file or the screen, when it ends, and input that cannot be right."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app, run
from api.cli.progress import solver_progress
from matching.formats.codec import plan_from_json, problem_from_json, problem_to_json
from matching.problem.problem import Problem
from matching.solve import Progress
from tests.matching.market import market

PROBLEM = Path(__file__).parents[3] / "samples" / "problems" / "stay-or-move.json"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market that is not proven best in any time that a test has."""
    path = tmp_path_factory.mktemp("large") / "problem.json"
    path.write_bytes(problem_to_json(market(300)))
    return path


def test_a_plan_on_the_screen() -> None:
    outcome = CliRunner().invoke(app, ["solve", str(PROBLEM)])
    problem: Problem = problem_from_json(PROBLEM.read_bytes())

    assert outcome.exit_code == 0
    assert plan_from_json(outcome.stdout).status == "optimal"
    served = len({match.need for match in plan_from_json(outcome.stdout).matches})
    assert f"{served} of {len(problem.needs)} needs served" in outcome.stderr


def test_a_plan_in_a_file(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, ["solve", str(PROBLEM), "-o", str(tmp_path / "plan.json"), "--seed", "5"])

    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert plan_from_json((tmp_path / "plan.json").read_bytes()).seed == 5
    assert CliRunner().invoke(app, ["check", str(PROBLEM), str(tmp_path / "plan.json")]).exit_code == 0


def test_a_gap_ends_it(large: Path) -> None:
    outcome = CliRunner().invoke(app, ["solve", str(large), "--gap", "0.2"])
    plan = plan_from_json(outcome.stdout)

    assert plan.status == "feasible"
    assert plan.bound - plan.objective <= 0.2 * plan.bound


def test_so_many_blocks_give_the_same_plan_again(large: Path) -> None:
    one, other = (CliRunner().invoke(app, ["solve", str(large), "--blocks", "2"]).stdout for _ in range(2))

    assert plan_from_json(one).matches == plan_from_json(other).matches
    assert plan_from_json(one).status == "feasible"


def test_a_time_limit_includes_reading(large: Path) -> None:
    outcome = CliRunner().invoke(app, ["solve", str(large), "--time-limit", "0"])

    assert outcome.exit_code == 0
    assert plan_from_json(outcome.stdout).status == "feasible"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.json"], "none.json: cannot be read: No such file or directory"),
        (["cut.json"], "cut.json: line "),
        (["fault.json"], "fault.json: needs[0].options[0].claims[0].unit: there is no unit 'moon'"),
        ([str(PROBLEM), "-o", "nowhere/plan.json"], "nowhere/plan.json: the folder nowhere does not exist"),
    ],
)
def test_input_that_cannot_be_right(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "cut.json").write_bytes(PROBLEM.read_bytes()[:-9])
    (tmp_path / "fault.json").write_bytes(
        b'{"format": "platsverket-problem/1", "name": "fault", "units": [], "needs": [{"id": "a", "value": 1,'
        b' "amount": 1, "options": [{"id": "x", "score": 0, "claims": ['
        b'{"unit": "moon", "amount": 1, "during": [[0, 1]]}]}]}]}'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["platsverket", "solve", *arguments])

    with pytest.raises(SystemExit) as ended:
        run()

    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("platsverket: ")
    assert message in said.err


@pytest.mark.parametrize("option", [["--gap", "1"], ["--gap", "-0.1"], ["--blocks", "-1"], ["--workers", "0"]])
def test_options_out_of_range(option: list[str]) -> None:
    outcome = CliRunner().invoke(app, ["solve", str(PROBLEM), *option])

    assert outcome.exit_code == 2
    assert option[0] in outcome.stderr


def test_the_display_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        "rich.progress.Progress.update", lambda _self, _task, **fields: shown.append(str(fields["state"]))
    )
    with solver_progress(10.0) as show:
        show(Progress(value=975, bound=1000, served=12, seconds=1.5, blocks=7))

    assert shown == ["value 975  bound 1000  gap 2.50 %  blocks 7  served 12"]
