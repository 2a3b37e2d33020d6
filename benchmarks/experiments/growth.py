"""How time and memory grow with the number of needs."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.contestants.contestants import RunParams
from benchmarks.experiments.table import against_the_best_bound, time_to
from benchmarks.harness.measuring import Task, measure, measured_or_told
from benchmarks.harness.reports import Row, console, percent, seconds, show

SIZES = ((1_000, 30.0), (2_000, 60.0), (5_000, 60.0), (10_000, 120.0), (20_000, 300.0), (50_000, 600.0))
FULL = (*SIZES, (100_000, 900.0))


def measured(sizes: Sequence[tuple[int, float]], *, workers: int, seed: int) -> list[Row]:
    """The product alone on normal markets of these needs, for so many seconds each."""
    rows: list[Row] = []
    for needs, limit in sizes:
        console.print(f"{needs} needs …", style="dim")
        task = Task("platsverket", {"needs": needs, "seed": seed}, RunParams(limit, workers, seed))
        rows += against_the_best_bound(measured_or_told(partial(measure, task)))
    return rows


def exponent(rows: Sequence[Row], share: float) -> float | None:
    """The slope of log time to that share of the bound over log needs, by least squares; None of fewer than two."""
    reached = [(row["needs"], time_to(row, share)) for row in rows]
    points = [(needs, moment) for needs, moment in reached if moment]
    if len(points) < 2:
        return None
    needs, moments = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(needs, moments, 1)[0])


def print_table(rows: Sequence[Row]) -> None:
    """With the exponent under it."""
    columns = ("needs", "options", "% of its bound", "to 97 %", "to 98 %", "seconds", "MiB")
    lines = [
        [
            str(row["needs"]),
            str(row["options"]),
            percent(row["value"], row["best_bound"]),
            seconds(time_to(row, 0.97)),
            seconds(time_to(row, 0.98)),
            seconds(row["seconds"]),
            str(row["peak_mib"]),
        ]
        for row in rows
    ]
    show("Growth", columns, lines)
    slope = exponent(rows, 0.98)
    console.print(f"Time to 98 % grows with needs to the power of {slope:.2f}" if slope else "Too few to tell growth")
