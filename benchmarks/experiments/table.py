"""All contestants side by side, in one run: value as a share of the best bound, seconds and memory."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.contestants import timefold
from benchmarks.contestants.contestants import CONTESTANTS, RunParams
from benchmarks.harness.measuring import NotMeasured, Task, measure
from benchmarks.harness.reports import Row, console, percent, seconds, show

KINDS: dict[str, dict[str, Any]] = {
    "normal": {},
    "tight": {"tight": True},
    "bundles": {"bundles": 0.15},
    "mixed": {"bundles": 0.15, "alternatives": 0.1, "pieces": 0.2, "forbidden": 0.02, "fixed": 0.05},
    "people": {"people": True},
    "people-tight": {"people": True, "tight": True},
}
"""Markets by name: arguments of `market`."""


def measured(
    sizes: Iterable[tuple[int, float]], kinds: Sequence[str], contestants: Sequence[str], *, workers: int, seed: int
) -> list[Row]:
    """A row for each contestant on each market; `sizes` are needs and the seconds that each contestant gets."""
    rows = []
    for needs, limit in sizes:
        for kind in kinds:
            market = {"needs": needs, "seed": seed, **KINDS[kind]}
            tasks = [Task(name, market, RunParams(limit, workers, seed)) for name in contestants]
            rows += against_the_best_bound([{"kind": kind, **_row(task)} for task in tasks if _can(task)])
    return rows


def against_the_best_bound(rows: list[Row]) -> list[Row]:
    """With `best_bound`, the lowest that any contestant proved on the market."""
    bounds = [row["bound"] for row in rows if row.get("bound") is not None]
    return [{**row, "best_bound": min(bounds, default=None)} for row in rows]


def print_table(rows: Sequence[Row]) -> None:
    """One table for each market."""
    for market in dict.fromkeys((row["needs"], row["kind"]) for row in rows):
        of_market = [row for row in rows if (row["needs"], row["kind"]) == market]
        bound = of_market[0]["best_bound"]
        lines = [cells(row) for row in of_market]
        show(f"{market[0]} needs, {market[1]}; best bound {bound}", COLUMNS, lines)


COLUMNS = ("", "value", "% of the best bound", "own bound", "% served", "seconds", "to 97 %", "to 98 %", "MiB")


def cells(row: Row) -> list[str]:
    """A row as texts, in the order of `COLUMNS`."""
    title = CONTESTANTS[row["contestant"]].title
    if "failed" in row:
        return [title, row["failed"], *[""] * 7]
    own = "–" if row["bound"] is None else f"{row['bound']:.0f}"
    served = percent(row["served"], row["needs"])
    reached = [seconds(time_to(row, share)) for share in (0.97, 0.98)]
    value = percent(row["value"], row["best_bound"])
    return [title, str(row["value"]), value, own, served, seconds(row["seconds"]), *reached, str(row["peak_mib"])]


def time_to(row: Row, share: float) -> float | None:
    """Seconds until a plan was worth that share of the best bound; None if none was."""
    wanted = share * (row["best_bound"] or float("inf"))
    times = [moment for moment, value, _ in row["progress"] if value >= wanted]
    if not times and row["value"] >= wanted:
        return float(row["seconds"])
    return min(times, default=None)


def _can(task: Task) -> bool:
    contestant = CONTESTANTS[task.contestant]
    absent = timefold.missing() if task.contestant == "timefold" else None
    if absent:
        console.print(f"{contestant.title} is left out: {absent}")
    return absent is None and task.market["needs"] <= contestant.needs_at_most


def _row(task: Task) -> Row:
    console.print(f"{CONTESTANTS[task.contestant].title}, {task.market['needs']} needs …", style="dim")
    try:
        return measure(task)
    except NotMeasured as failure:
        console.print(f"{task.contestant}: {failure}", style="red")
        needs = task.market["needs"]
        return {"contestant": task.contestant, "needs": needs, "market": task.market, "failed": str(failure)}
