"""Two workers against one: the same market, the same seconds."""

from collections.abc import Sequence
from functools import partial

from benchmarks.contestants import Effort
from benchmarks.measuring import Task, measure, measured_or_told
from benchmarks.reports import Row, console, percent, seconds, show
from benchmarks.table import against_the_best_bound, time_to


def measured(needs: int, limit: float, workers: Sequence[int], *, seed: int) -> list[Row]:
    """A row for each number of workers."""
    rows: list[Row] = []
    for number in workers:
        console.print(f"{number} workers …", style="dim")
        task = Task("platsverket", {"needs": needs, "seed": seed}, Effort(limit, number, seed))
        rows += measured_or_told(partial(measure, task))
    return against_the_best_bound(rows)


def print_table(rows: Sequence[Row]) -> None:
    """How often faster each is than the first to 97 %, 98 % and 99 % of the best bound."""
    columns = ("workers", "% of the best bound", "to 97 %", "to 98 %", "to 99 %", "times as fast to 98 %", "MiB")
    if not rows:
        return
    first = time_to(rows[0], 0.98)
    lines = []
    for row in rows:
        reached = time_to(row, 0.98)
        faster = f"{first / reached:.2f}" if first and reached else "–"
        times = [seconds(time_to(row, share)) for share in (0.97, 0.98, 0.99)]
        value = percent(row["value"], row["best_bound"])
        lines.append([str(row["effort"]["workers"]), value, *times, faster, str(row["peak_mib"])])
    show(f"Workers, {rows[0]['needs']} needs", columns, lines)
