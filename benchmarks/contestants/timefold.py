"""The market for Timefold, an open source solver by local search: its Java classes come with its Python package.

Written in Java, with Timefold's quickest kind of score (incremental) over the same rows as the other models, so that
it is not held back by Python. Each need takes one of its choices: an option by itself or, for needs of several parts,
each of its options filled up with the next best ones.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.contestants.remaining import Left, left
from benchmarks.harness.outcome import Outcome, Point
from matching.arrays.arrays import Arrays

SOURCE = Path(__file__).with_name("TimefoldMarket.java")

Picks = list[tuple[int, int]]
"""Columns and how much of each."""


def missing() -> str | None:
    """What has to be installed before it can run, if anything."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "Timefold needs a Java development kit, 17 or later"
    return None if find_spec("timefold") else "Timefold needs the package `timefold`; `make bench` installs it"


def solve(arrays: Arrays, *, time_limit_s: float, seed: int = 1) -> Outcome:
    """The best plan of Timefold's default phases; it proves no bound."""
    if arrays.stability and len(arrays.previous):
        raise ValueError("this model knows no stability")
    remaining = left(arrays)
    choices = list(_choices(remaining))
    with tempfile.TemporaryDirectory() as folder:
        question = Path(folder) / "market.txt"
        question.write_text("\n".join(_lines(remaining, choices, time_limit_s, seed)), encoding="ascii")
        subprocess.run(["javac", "-cp", _classes(), "-d", folder, str(SOURCE)], check=True)  # noqa: S603, S607
        command = [
            "java",
            "-Dlogback.configurationFile=none",
            "-cp",
            f"{folder}:{_classes()}",
            SOURCE.stem,
            str(question),
        ]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    lines = told.splitlines()
    taken = [choices[int(number)][1] for number in lines[-1].split()[1:] if int(number) >= 0]
    rows = [(int(remaining.option[column]), amount) for picks in taken for column, amount in picks]
    rows += [(option, amount) for option, amount in arrays.fixed.tolist()]
    return Outcome(
        float("inf"), np.array(sorted(rows), dtype=np.int64).reshape(-1, 2), list(_progress(remaining, lines))
    )


def _progress(remaining: Left, lines: list[str]) -> Iterator[Point]:
    for line in lines:
        if line.startswith("better "):
            _, milliseconds, worth = line.split()
            yield int(milliseconds) / 1000, remaining.base + int(worth), float("inf")


def _classes() -> str:
    spec = find_spec("timefold")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("the package `timefold` is not installed")
    return str(Path(next(iter(spec.submodule_search_locations))) / "solver" / "jars" / "*")


def _choices(remaining: Left) -> Iterator[tuple[int, Picks]]:
    """Needs and what they can take."""
    first = np.searchsorted(remaining.owner, np.arange(len(remaining.missing) + 1)).tolist()
    barred = set(remaining.barred.tolist())
    score = remaining.arrays.score[remaining.option]
    for need in range(len(remaining.missing)):
        if remaining.bundle[need] < 0 or need in barred:
            continue
        ranked = first[need] + np.argsort(-score[first[need] : first[need + 1]], kind="stable")
        for place in range(len(ranked)):
            picks = _filled(remaining, need, [*ranked[place:].tolist(), *ranked[:place].tolist()])
            if picks:
                yield need, picks


def _filled(remaining: Left, need: int, columns: list[int]) -> Picks:
    """Take as much as can be had of the columns in their order, until the need is served."""
    missing, parts, picks = int(remaining.missing[need]), int(remaining.parts[need]), []
    for column in columns:
        amount = min(missing, int(remaining.most[column]))
        if missing and parts and (parts > 1 or amount == missing):
            picks.append((column, amount))
            missing, parts = missing - amount, parts - 1
    return [] if missing else picks


def _lines(remaining: Left, choices: list[tuple[int, Picks]], seconds: float, seed: int) -> Iterator[str]:
    arrays = remaining.arrays
    groups = [(1, [need for need in group if remaining.bundle[need] >= 0]) for group in arrays.together]
    groups += [(0, [need for need in group if remaining.bundle[need] >= 0]) for group in arrays.alternatives]
    groups = [(kind, group) for kind, group in groups if len(group) > 1]
    rows = remaining.rows
    yield f"{len(remaining.missing)} {len(choices)} {len(rows.capacity)} {len(groups)} {max(1, round(seconds))} {seed}"
    yield " ".join(map(str, rows.capacity.tolist()))
    order = np.argsort(rows.column, kind="stable")
    column, row, load = rows.column[order], rows.row[order].tolist(), rows.load[order].tolist()
    first = np.searchsorted(column, np.arange(len(remaining.option) + 1)).tolist()
    for need, picks in choices:
        gain = int(arrays.value[need]) + sum(
            int(arrays.score[remaining.option[pick]]) * amount for pick, amount in picks
        )
        loads = [
            f"{row[entry]} {load[entry] * amount}"
            for pick, amount in picks
            for entry in range(first[pick], first[pick + 1])
        ]
        yield f"{need} {gain} {len(loads)} {' '.join(loads)}"
    yield from (f"{kind} {len(group)} {' '.join(map(str, group))}" for kind, group in groups)
