"""Two workers against one: the same market, the same seconds."""

from collections.abc import Sequence
from functools import partial

from benchmarks.contestants.contestants import RunParams
from benchmarks.experiments.table import against_the_best_bound, time_to
from benchmarks.harness.measuring import Task, measure, measured_or_told
from benchmarks.harness.reports import Row, console, percent, seconds, show

COLUMNS = ("workers", "% of the best bound", "to 97 %", "to 98 %", "to 99 %", "times as fast by blocks", "MiB")


def measured(needs: int, limit: float, workers: Sequence[int], *, seed: int) -> list[Row]:
    """A row for each number of workers."""
    rows: list[Row] = []
    for number in workers:
        console.print(f"{number} workers …", style="dim")
        task = Task("platsverket", {"needs": needs, "seed": seed}, RunParams(limit, number, seed))
        rows += measured_or_told(partial(measure, task))
    return against_the_best_bound(rows)


def by_blocks(row: Row) -> float | None:
    """Seconds from 97 % to 99 % of the best bound: without multipliers and first plan, which one process makes."""
    start, end = time_to(row, 0.97), time_to(row, 0.99)
    return None if start is None or end is None else end - start


def print_table(rows: Sequence[Row]) -> None:
    """See `COLUMNS`."""
    if rows:
        show(f"Workers, {rows[0]['needs']} needs", COLUMNS, lines(rows))


def lines(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of each row; the first is what others are as fast as."""
    return [
        [
            str(row["params"]["workers"]),
            percent(row["value"], row["best_bound"]),
            *(seconds(time_to(row, share)) for share in (0.97, 0.98, 0.99)),
            _faster(by_blocks(rows[0]), by_blocks(row)),
            str(row["peak_mib"]),
        ]
        for row in rows
    ]


def _faster(first: float | None, other: float | None) -> str:
    return f"{first / other:.2f}" if first and other else "–"
