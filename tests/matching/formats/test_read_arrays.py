"""The fast reader accepts and refuses what the careful one does, with the same words and places."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.arrays.arrays import Arrays, Names
from matching.arrays.conversion import arrays_of
from matching.formats import read_arrays
from matching.formats.codec import (
    arrays_from_file,
    arrays_from_json,
    arrays_to_file,
    problem_from_json,
    problem_to_json,
)
from matching.problem.problem import ProblemError
from tests.matching.formats.test_codec import BAD_PROBLEMS, EXAMPLE, SAMPLES, changed
from tests.matching.instances import problems


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    """Every problem is read in several parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_arrays, "CHUNK_BYTES", 150)
        yield


def plain(arrays: Arrays) -> dict[str, Any]:
    """The arrays as lists that can be compared; places that are not known as None."""
    fields = {field: getattr(arrays, field) for field in Arrays.__slots__}
    return {field: _plain(value) for field, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.shape, str(value.dtype), np.where(np.isnan(value), None, value).tolist())
    return list(value) if isinstance(value, Names) else value


def careful(data: bytes) -> dict[str, Any] | str:
    """What is read, or why not."""
    try:
        return plain(arrays_of(problem_from_json(data)))
    except ProblemError as error:
        return str(error)


def fast(data: bytes) -> dict[str, Any] | str:
    """What is read, or why not."""
    try:
        return plain(arrays_from_json(data))
    except ProblemError as error:
        return str(error)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_is_read_alike(path: Path) -> None:
    assert fast(path.read_bytes()) == careful(path.read_bytes())


@pytest.mark.parametrize(("data", "message"), BAD_PROBLEMS.values(), ids=BAD_PROBLEMS.keys())
def test_a_bad_problem_is_refused_alike(data: str | bytes, message: str) -> None:
    data = data if isinstance(data, bytes) else data.encode()

    assert message in str(fast(data))
    assert fast(data) == careful(data)


@given(problems())
def test_a_problem_is_read_alike(problem: Any) -> None:
    data = problem_to_json(problem)

    assert isinstance(fast(data), dict)
    assert fast(data) == careful(data)


STRANGE: list[Any] = [
    *[None, True, False, 0, -1, 1, 2, 1.0, 1e300, 2**31, 2**31 + 1, 2**53, 2**53 + 1, 2**63, 2**64, -(10**30)],
    *["", "u0", "u1", "n0", "n1", "o0", "a:b", "å\u0000", "\ud800", "\u2028", "😀", [], [1], [0, 1], [0, 1, 1], {}],
    *[[[0, 3], [2, 5]], [[3, 5], [0, 3]], ["n0", "n0"], {"id": "u0", "capacity": 1}],
]


def places(content: Any) -> list[tuple[Any, Any]]:
    """Every holder and key or index in it, at any depth."""
    steps = list(content.items()) if isinstance(content, dict) else list(enumerate(content))
    inner = [place for _, held in steps if isinstance(held, dict | list) for place in places(held)]
    return [(content, key) for key, _ in steps] + inner


def mutated(draw: Random, content: Any) -> None:
    """Change one thing somewhere."""
    holder, key = draw.choice(places(content))
    kind = draw.randrange(5)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), deepcopy(holder[key]))
    elif kind == 2 and isinstance(holder, dict):
        holder[draw.choice(["id", "max", "parts", "from", "position", "available"])] = deepcopy(draw.choice(STRANGE))
    elif kind == 3:
        other, place = draw.choice(places(content))
        holder[key] = deepcopy(other[place])
    else:
        holder[key] = deepcopy(draw.choice(STRANGE))


def text_of(draw: Random, content: Any) -> bytes:
    """The JSON, with escapes or without, and with spaces or without."""
    separators = draw.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n")])
    try:
        return json.dumps(content, ensure_ascii=draw.random() < 0.5, separators=separators).encode()
    except UnicodeEncodeError:
        return json.dumps(content).encode()


def broken(draw: Random, data: bytes) -> bytes:
    """The bytes with one of them changed, or some cut out or said twice."""
    at = draw.randrange(len(data))
    end = min(len(data), at + draw.choice([1, 1, 2, 5, 20, 60]))
    replacement = draw.choice([b"", data[at:end] * 2, bytes([draw.randrange(256)]), b'"', b",", b":", b"}", b"\\u003a"])
    return data[:at] + replacement + data[end if draw.random() < 0.8 else at :]


@given(problems(), st.binary(min_size=8, max_size=8), st.integers(1, 3))
def test_a_changed_problem_is_read_or_refused_alike(problem: Any, seed: bytes, changes: int) -> None:
    draw = Random(seed)
    content = json.loads(problem_to_json(problem))
    for _ in range(changes):
        mutated(draw, content)
    data = text_of(draw, content)

    assert fast(data) == careful(data)


@given(problems(), st.binary(min_size=8, max_size=8))
def test_a_broken_text_is_read_or_refused_alike(problem: Any, seed: bytes) -> None:
    draw = Random(seed)
    data = broken(draw, text_of(draw, json.loads(problem_to_json(problem))))

    assert fast(data) == careful(data)


TWICE = {
    "of the problem": ('"seed": 1', "seed"),
    "of the needs": ('"needs": [', "needs"),
    "of a unit": ('"capacity": 100', "capacity"),
    "of a need": ('"parts": 2', "parts"),
    "of an option": ('"score": -80', "score"),
    "of a claim": ('"amount": 8', "amount"),
    "of a fixed match": ('"option": "r1.room@hall"', "option"),
}


@pytest.mark.parametrize(("text", "key"), TWICE.values(), ids=TWICE.keys())
def test_a_key_given_twice_is_refused(text: str, key: str) -> None:
    whole = f"{text}]" if text.endswith("[") else text
    data = EXAMPLE.replace(text, f"{whole}, {text}", 1).encode()

    assert fast(data) == careful(data) == f"the file: an object in it has the key {key!r} twice"


def test_a_key_given_twice_does_not_hide_behind_an_escaped_colon() -> None:
    data = EXAMPLE.replace('"id": "r3",', r'"id": "r\u003a", "id": "r3",').replace("r4@hall", r"r4\u003Ahall").encode()

    assert fast(data) == careful(data) == "the file: an object in it has the key 'id' twice"


def test_names_may_hold_colons_and_escapes() -> None:
    named = EXAMPLE.replace("r3", "urn:r3").replace("desks", r"p:\u00e5\u003a\"").replace("r4", r"\u003a4")
    read = fast(named.encode())

    assert read == careful(named.encode())
    assert isinstance(read, dict)
    assert read["unit_ids"][1] == 'p:å:"'


def test_what_is_not_json_is_told_before_what_is_wrong() -> None:
    data = changed(EXAMPLE, "needs", 0, "value", to="much").encode()[:-1]

    assert fast(data) == careful(data)
    assert str(fast(data)).startswith("line 1, column")


def test_the_order_of_keys_does_not_matter() -> None:
    content = json.loads(EXAMPLE)
    data = json.dumps(dict(reversed(content.items()))).encode()

    assert fast(data) == careful(data) == careful(EXAMPLE.encode())


def test_a_byte_order_mark_is_skipped_and_utf_16_refused() -> None:
    assert fast(EXAMPLE.encode("utf-8-sig")) == careful(EXAMPLE.encode("utf-8-sig")) == careful(EXAMPLE.encode())
    assert fast(EXAMPLE.encode("utf-16")) == careful(EXAMPLE.encode("utf-16"))
    assert "this is not JSON that can be read" in str(fast(EXAMPLE.encode("utf-16")))


@pytest.mark.parametrize(("more", "accepted"), [(0, True), (1, False)])
def test_the_worth_of_a_plan_is_limited_exactly(more: int, accepted: bool) -> None:
    claims: list[Any] = []
    options = [{"id": f"o{n}", "score": (-1) ** n * 2**31, "claims": claims} for n in range(2)]
    needs = [{"id": f"n{n}", "value": 0, "amount": 2**20, "options": options} for n in range(2)]
    needs.append({"id": "n2", "value": more, "amount": 1, "options": []})
    data = json.dumps({"format": "platsverket-problem/1", "name": "p", "units": [], "needs": needs}).encode()

    assert isinstance(careful(data), dict) == accepted
    assert fast(data) == careful(data)


def test_a_problem_of_nothing() -> None:
    data = b'{"format":"platsverket-problem/1","name":"nothing","units":[],"needs":[]}'

    assert isinstance(fast(data), dict)
    assert fast(data) == careful(data)


@given(problems())
def test_arrays_come_back_from_a_file_as_they_were(problem: Any) -> None:
    arrays = arrays_of(problem)
    with NamedTemporaryFile() as file:
        arrays_to_file(arrays, Path(file.name))
        read = arrays_from_file(Path(file.name))

    assert plain(read) == plain(arrays)


def test_files_that_are_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.touch()
    with pytest.raises(ProblemError, match="line 1, column 1: this is not JSON"):
        arrays_from_file(empty)
    with pytest.raises(IsADirectoryError):
        arrays_from_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        arrays_from_file(tmp_path / "none.json")


def test_a_pipe_can_be_read() -> None:
    read, write = os.pipe()
    os.write(write, EXAMPLE.encode())
    os.close(write)
    arrays = arrays_from_file(Path(f"/dev/fd/{read}"))
    os.close(read)

    assert plain(arrays) == careful(EXAMPLE.encode())


def test_what_is_right_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def careful_reader(_content: object, _first: int) -> None:
        raise AssertionError

    monkeypatch.setattr(read_arrays, "read_units", careful_reader)
    monkeypatch.setattr(read_arrays, "read_needs", careful_reader)

    for path in SAMPLES.glob("*.json"):
        arrays_from_file(path)
    arrays_from_json(EXAMPLE.replace("r3", "urn:r3").replace("desks", r"b\u00e5t\"").encode())
