"""Files that can be read come back as they were; files that cannot are refused with one error that names the place."""

import json
from pathlib import Path
from typing import Any

import pytest

from matching.formats.codec import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from matching.problem.plan import Match, Plan, PlanError
from matching.problem.problem import ProblemError

SAMPLES = Path(__file__).parents[3] / "samples" / "problems"
EXAMPLE = (SAMPLES / "example.json").read_text(encoding="utf-8")
PLAN = Plan("example", "feasible", 7, 9, 1, 0.25, (Match("r1.room", "r1.room@hall", 1),))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_comes_back_as_it_was(path: Path) -> None:
    problem = problem_from_json(path.read_bytes())

    assert problem_from_json(problem_to_json(problem)) == problem
    assert problem.name == path.stem


def test_a_plan_comes_back_as_it_was() -> None:
    assert plan_from_json(plan_to_json(PLAN)) == PLAN


def test_swedish_is_written_as_it_is_read() -> None:
    data = EXAMPLE.replace("example", "Östersund, åtta platser").encode()

    assert "Östersund, åtta platser".encode() in problem_to_json(problem_from_json(data))


def changed(text: str, *path: str | int, to: Any) -> str:
    """The JSON with one thing in it set, or removed (...)."""
    content = json.loads(text)
    holder = content
    for step in path[:-1]:
        holder = holder[step]
    if to is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return json.dumps(content)


CLAIM = ("needs", 0, "options", 0, "claims", 0)
BAD_PROBLEMS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "line 1, column 1: this is not JSON"),
    "truncated": (EXAMPLE[:60], "line 1, column 56: this is not JSON"),
    "not UTF-8": (b'{"name": "\xff"}', "the file: this is not JSON that can be read"),
    "nested without end": ("[" * 100_000, "the file: this is not JSON that can be read"),
    "endless number": ("9" * 5000, "the file: this is not JSON that can be read"),
    "NaN": ('{"seed": NaN}', "the file: NaN is not JSON"),
    "key twice": ('{"name": 1, "name": 2}', "the file: an object in it has the key 'name' twice"),
    "not an object": ("[1]", "the file: [1] is not an object"),
    "later format": (
        changed(EXAMPLE, "format", to="platsverket-problem/2"),
        "format: 'platsverket-problem/2' is not 'platsverket-problem/1'",
    ),
    "no format": (changed(EXAMPLE, "format", to=...), "format: this key is missing"),
    "no units": (changed(EXAMPLE, "units", to=...), "units: this key is missing"),
    "unknown key": (changed(EXAMPLE, "speed", to=1), "speed: this key is not known; those known here are format, name"),
    "unknown key inside": (changed(EXAMPLE, *CLAIM, "from", to=1), "needs[0].options[0].claims[0].from: this key"),
    "units no array": (changed(EXAMPLE, "units", to={}), "units: {} is not an array"),
    "unit no object": (changed(EXAMPLE, "units", 1, to=7), "units[1]: 7 is not an object with id, capacity"),
    "capacity a float": (changed(EXAMPLE, "units", 1, "capacity", to=12.0), "units[1].capacity: 12.0 is not a whole"),
    "capacity a text": (changed(EXAMPLE, "units", 0, "capacity", to="1"), "units[0].capacity: '1' is not a whole"),
    "piece of two": (changed(EXAMPLE, "units", 1, "available", 0, to=[0, 1]), "units[1].available[0]: [0, 1] is not"),
    "available null": (changed(EXAMPLE, "units", 1, "available", to=None), "units[1].available: None is not an array"),
    "position of one": (changed(EXAMPLE, "units", 0, "position", to=[63.1]), "units[0].position: [63.1] is not ["),
    "position a text": (changed(EXAMPLE, "units", 0, "position", 1, to="14"), "units[0].position[1]: '14' is not"),
    "id a number": (changed(EXAMPLE, "units", 0, "id", to=5), "units[0].id: 5 is not a name"),
    "amount true": (changed(EXAMPLE, *CLAIM, "amount", to=True), "needs[0].options[0].claims[0].amount: True is not"),
    "interval backwards": (
        changed(EXAMPLE, *CLAIM, "during", 0, to=[120, 60]),
        "needs[0].options[0].claims[0].during[0].end: 60 is not after the start 120",
    ),
    "interval a number": (changed(EXAMPLE, *CLAIM, "during", 1, to=60), "claims[0].during[1]: 60 is not [start, end]"),
    "unknown unit": (
        changed(EXAMPLE, *CLAIM, "unit", to="hall-z"),
        "needs[0].options[0].claims[0].unit: there is no unit 'hall-z'",
    ),
    "unit a list": (changed(EXAMPLE, *CLAIM, "unit", to=[]), "needs[0].options[0].claims[0].unit: [] is not a name"),
    "max null": (changed(EXAMPLE, "needs", 0, "options", 0, "max", to=None), "needs[0].options[0].max: null"),
    "parts null": (changed(EXAMPLE, "needs", 0, "parts", to=None), "needs[0].parts: None is not a whole number"),
    "group of a number": (changed(EXAMPLE, "together", 0, 1, to=3), "together[0][1]: 3 is not the id of a need"),
    "group no array": (changed(EXAMPLE, "alternatives", 0, to="r3"), "alternatives[0]: 'r3' is not an array"),
    "unknown need": (changed(EXAMPLE, "together", 0, 1, to="r9"), "together[0][1]: there is no need 'r9'"),
    "fixed without amount": (changed(EXAMPLE, "fixed", 0, "amount", to=...), "fixed[0].amount: this key is missing"),
    "fixed need a list": (changed(EXAMPLE, "fixed", 0, "need", to=["r1"]), "fixed[0].need: ['r1'] is not a name"),
    "forbidden amount": (changed(EXAMPLE, "forbidden", 0, "amount", to=1), "forbidden[0].amount: this key is not"),
    "stability a float": (changed(EXAMPLE, "stability", to=0.5), "stability: 0.5 is not a whole number"),
    "name null": (changed(EXAMPLE, "name", to=None), "name: None is not a name"),
    "huge": (
        changed(EXAMPLE, "needs", 0, "value", to=10**30),
        "needs[0].value: 1000000000000000000000000000000 is",
    ),
}


@pytest.mark.parametrize(("data", "message"), BAD_PROBLEMS.values(), ids=BAD_PROBLEMS.keys())
def test_a_bad_problem_is_refused(data: str | bytes, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        problem_from_json(data)

    assert message in str(caught.value)


GOOD_PLAN = plan_to_json(PLAN).decode()
BAD_PLANS = {
    "truncated": (GOOD_PLAN[:-2], "line 1, column "),
    "a problem": (EXAMPLE, "format: 'platsverket-problem/1' is not 'platsverket-plan/1'"),
    "no matches": (changed(GOOD_PLAN, "matches", to=...), "matches: this key is missing"),
    "status": (changed(GOOD_PLAN, "status", to="best"), "status: 'best' is not one of optimal, feasible, stopped"),
    "status a list": (changed(GOOD_PLAN, "status", to=[]), "status: [] is not one of"),
    "bound a float": (changed(GOOD_PLAN, "bound", to=9.0), "bound: 9.0 is not a whole number"),
    "runtime below 0": (changed(GOOD_PLAN, "runtime_s", to=-1), "runtime_s: -1 is not a number between 0"),
    "match of 0": (changed(GOOD_PLAN, "matches", 0, "amount", to=0), "matches[0].amount: 0 is not between 1"),
    "match key": (changed(GOOD_PLAN, "matches", 0, "n", to=0), "matches[0].n: this key is not known"),
}


@pytest.mark.parametrize(("data", "message"), BAD_PLANS.values(), ids=BAD_PLANS.keys())
def test_a_bad_plan_is_refused(data: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan_from_json(data)

    assert message in str(caught.value)
