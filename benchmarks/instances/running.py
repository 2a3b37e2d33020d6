"""Solves public instances and compares with what is known of them."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.contestants.contestants import CONTESTANTS, RunParams
from benchmarks.harness.judging import judged
from benchmarks.harness.measuring import apart, measured_or_told
from benchmarks.harness.reports import Row, console, seconds, show
from benchmarks.instances import assigning, packing
from benchmarks.instances.assigning import Assignment, Known
from benchmarks.instances.packing import Packing


def assignments(folder: Path, wanted: Callable[[str], bool]) -> list[Assignment]:
    """The instances in the folder's files whose names are wanted, smallest first."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    found = [instance for path in files for instance in assigning.read(path) if wanted(instance.name)]
    return sorted(found, key=lambda instance: (instance.points.size, instance.name))


def packings(folder: Path, wanted: Callable[[str], bool]) -> list[Packing]:
    """The same for temporal bin packing."""
    found = [packing.read(path) for path in sorted(folder.glob("*.txt")) if wanted(path.stem)]
    return sorted(found, key=lambda instance: (len(instance.size), instance.name))


def assigned(instances: Iterable[Assignment], contestant: str, params: RunParams) -> list[Row]:
    """A row for each instance."""
    known = assigning.known()
    tasks = [(instance, known.get(instance.name), contestant, params) for instance in instances]
    return [row for task in tasks for row in _done(_assigned, task)]


def packed(instances: Iterable[Packing], contestant: str, params: RunParams) -> list[Row]:
    """A row for each instance: the fewest servers found, and the bound."""
    return [row for instance in instances for row in _done(_packed, (instance, contestant, params))]


def print_assigned(rows: list[Row]) -> None:
    """With the gap to the best known."""
    columns = (
        "instance",
        "jobs",
        "not assigned",
        "found",
        "best known",
        "gap %",
        "own bound",
        "known bound",
        "seconds",
    )
    lines = []
    for row in rows:
        gap = "–" if row["gap"] is None else f"{100 * row['gap']:.3f}"
        figures = (row["jobs"], row["unserved"], row["found"], row["best"], gap, row["bound"], row["known_bound"])
        lines.append([row["instance"], *map(_figure, figures), seconds(row["seconds"])])
    show("Generalised assignment", columns, lines)


def print_packed(rows: list[Row]) -> None:
    """With whether the number of servers is proven to be the fewest."""
    columns = ("instance", "jobs", "servers", "no fewer than", "proven", "seconds")
    lines = [
        [
            row["instance"],
            str(row["jobs"]),
            _figure(row["servers"]),
            str(row["fewest"]),
            "yes" if row["servers"] == row["fewest"] else "no",
            seconds(row["seconds"]),
        ]
        for row in rows
    ]
    show("Temporal bin packing", columns, lines)


def _done(work: Callable[[Any], Row], task: Any) -> list[Row]:
    console.print(f"{task[0].name} …", style="dim")
    return measured_or_told(partial(apart, work, task))


def _assigned(task: tuple[Assignment, Known | None, str, RunParams]) -> Row:
    instance, known, contestant, params = task
    arrays = instance.arrays()
    jobs = len(arrays.value)
    started = time.monotonic()
    outcome = CONTESTANTS[contestant].solve(arrays, params)
    took = time.monotonic() - started
    worth, served = (0, 0) if outcome.taken is None else judged(arrays, outcome.taken)
    found = round(instance.points_of(worth, served))
    bound = instance.points_of(outcome.bound, jobs) if outcome.bound < 2**60 else None
    whole = served == jobs and known is not None
    return {
        "instance": instance.name,
        "contestant": contestant,
        "agents": len(arrays.capacity),
        "jobs": jobs,
        "unserved": jobs - served,
        "found": found,
        "bound": bound,
        "best": known.best if known else None,
        "known_bound": known.bound if known else None,
        "gap": abs(found - known.best) / known.best if known and whole else None,
        "seconds": round(took, 3),
    }


def _packed(task: tuple[Packing, str, RunParams]) -> Row:
    instance, contestant, params = task
    fewest, jobs = instance.fewest(), len(instance.size)
    started = time.monotonic()
    servers: int | None = None
    for number in range(fewest, jobs + 1):
        arrays = instance.arrays(number)
        outcome = CONTESTANTS[contestant].solve(arrays, params)
        if outcome.taken is not None and judged(arrays, outcome.taken)[1] == jobs:
            servers = number
            break
        if outcome.bound < jobs and fewest == number:
            fewest = number + 1  # proven too few
    took = round(time.monotonic() - started, 3)
    return {"instance": instance.name, "jobs": jobs, "servers": servers, "fewest": fewest, "seconds": took}


def _figure(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
