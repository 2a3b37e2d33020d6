import json

import pytest
from typer.testing import CliRunner

from api.cli import bench
from benchmarks.cli import app
from benchmarks.experiments import growth, latency, table
from benchmarks.harness import reports
from benchmarks.harness.documenting import BEGIN, END
from benchmarks.markets.markets import market

PROGRESS = [(1.0, 900, 1100), (4.0, 980, 1000)]


def row(needs, contestant="greedy", seconds=5.0, value=990):
    progress = [(moment * needs / 100, worth, bound) for moment, worth, bound in PROGRESS]
    return {
        "contestant": contestant,
        "kind": "normal",
        "needs": needs,
        "options": 9,
        "served": 90,
        "value": value,
        "bound": 1000,
        "best_bound": 1000,
        "seconds": seconds,
        "peak_mib": 10,
        "progress": progress,
    }


def test_the_table_is_written_as_json_with_its_setting(tmp_path):
    arguments = ["table", "--needs", "40", "--kind", "normal", "--contestant", "greedy", "--contestant", "first-come"]
    result = CliRunner().invoke(app, [*arguments, "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    document = json.loads(next(tmp_path.glob("table-*.json")).read_text())
    assert document["machine"]["cores"] >= 1
    assert document["versions"]["ortools"]
    assert [one["contestant"] for one in document["rows"]] == ["greedy", "first-come"]
    assert document["rows"][0]["value"] > 0


@pytest.mark.parametrize("arguments", [["table", "--kind", "strange"], ["instances", "yagiura", "--from", "nowhere"]])
def test_what_is_not_known_is_told(arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2


def test_time_to_a_share_of_the_bound():
    assert table.time_to(row(100), 0.97) == 4.0
    assert table.time_to(row(100), 0.9) == 1.0
    assert table.time_to(row(100), 0.985) == 5.0
    assert table.time_to(row(100), 0.999) is None


def test_the_exponent_of_growth():
    assert growth.exponent([row(100), row(1000), row(10000)], 0.97) == pytest.approx(1.0)
    assert growth.exponent([row(100)], 0.97) is None


def test_results_are_put_into_their_place(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nstale\n{END}\nafter\n", encoding="utf-8")
    reports.write(tmp_path, "table", [row(100), {**row(100, "first-come"), "value": 880}])
    reports.write(tmp_path, "growth", [row(100), row(1000)])
    result = CliRunner().invoke(app, ["document", "--from", str(tmp_path), "--page", str(page)])
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "stale" not in text
    assert "| greedy by value | 990 | 99.00 |" in text


def test_a_page_without_a_place_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        CliRunner().invoke(app, ["document", "--page", str(page), "--from", str(tmp_path)], catch_exceptions=False)


def test_pictures(tmp_path):
    pytest.importorskip("matplotlib")
    reports.write(tmp_path, "table", [row(100), {**row(100, "first-come"), "progress": []}])
    reports.write(tmp_path, "growth", [row(100), row(1000)])
    result = CliRunner().invoke(app, ["plot", "--from", str(tmp_path), "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert {file.name for file in tmp_path.glob("*.svg")} == {"value-100-normal.svg", "growth.svg"}


def test_needs_that_have_not_come_yet_take_nothing():
    arrays = market(30, options=4)
    rest = latency.without(arrays, [0, 2])
    assert set(rest.forbidden.tolist()) == {
        option for need in (0, 2) for option in range(arrays.option_from[need], arrays.option_from[need + 1])
    }


def test_one_need_after_the_other_is_answered_and_nobody_dropped(tmp_path):
    asked = ["latency", "--needs", "60", "--new", "5", "--seconds", "2", "--workers", "1", "--rerun-each", "5"]
    result = CliRunner().invoke(app, [*asked, "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    [row] = json.loads(next(tmp_path.glob("latency*.json")).read_text())["rows"]
    assert [answer["dropped"] for answer in row["answers"]] == [0] * 5
    assert all(answer["gain"] >= 0 for answer in row["answers"])
    assert [answer["rerun_gain"] is not None for answer in row["answers"]] == [True] + [False] * 4


def test_without_the_source_bench_says_where_it_is(monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda _: None)
    result = CliRunner().invoke(bench.bench_app(), ["table"])
    assert result.exit_code == 1
    assert "come with the source" in result.output


def test_without_a_package_bench_names_it(monkeypatch):
    def absent(name):
        raise ModuleNotFoundError("gone", name="psutil")

    monkeypatch.setattr(bench, "import_module", absent)
    result = CliRunner().invoke(bench.bench_app(), ["table"])
    assert result.exit_code == 1
    assert "psutil" in result.output


def test_bench_finds_its_commands():
    assert bench.bench_app() is app
