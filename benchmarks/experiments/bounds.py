"""Seconds to a proven bound: PDLP on the linear relaxation against the product's multipliers."""

import math
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.contestants import linear
from benchmarks.contestants.contestants import RunParams
from benchmarks.harness.measuring import Task, apart, measure
from benchmarks.harness.memory import PeakMemory
from benchmarks.harness.reports import Row, percent, seconds, show
from benchmarks.markets.markets import market

AS_GOOD = 1.0001
"""A bound this many times the linear one counts as reaching it."""


def measured(sizes: Sequence[int], limit: float, *, workers: int, seed: int) -> list[Row]:
    """For each size both contestants' times, at most `limit` seconds each."""
    return [_row({"needs": needs, "seed": seed}, limit, workers, seed) for needs in sizes]


def print_table(rows: Sequence[Row]) -> None:
    """With how the times compare."""
    columns = ("needs", "PDLP s", "PDLP MiB", "platsverket s", "platsverket MiB", "share of the time %")
    lines = [
        [
            str(row["needs"]),
            seconds(row["pdlp"]["seconds"]) if row["pdlp"]["bound"] else f"not in {seconds(row['pdlp']['seconds'])}",
            str(row["pdlp"]["peak_mib"]),
            seconds(row["reached_s"]),
            str(row["platsverket"]["peak_mib"]),
            percent(row["reached_s"] or math.inf, row["pdlp"]["seconds"]) if row["reached_s"] else "–",
        ]
        for row in rows
    ]
    show("Seconds to the linear bound (to 0.01 %)", columns, lines)


def _row(drawn: dict[str, Any], limit: float, workers: int, seed: int) -> Row:
    pdlp = apart(_pdlp, (drawn, limit, workers))
    own = measure(Task("platsverket", drawn, RunParams(limit, workers, seed)))
    wanted = AS_GOOD * (pdlp["bound"] or 0)
    reached = [moment for moment, _, bound in own["progress"] if bound is not None and bound <= wanted]
    return {"needs": drawn["needs"], "pdlp": pdlp, "platsverket": own, "reached_s": min(reached, default=None)}


def _pdlp(task: tuple[dict[str, Any], float, int]) -> Row:
    drawn, limit, workers = task
    arrays = market(**drawn)
    with PeakMemory() as memory:
        started = time.monotonic()
        bound = linear.bound(arrays, "pdlp", time_limit_s=limit, workers=workers)
        took = time.monotonic() - started
    return {"bound": bound if math.isfinite(bound) else None, "seconds": round(took, 3), "peak_mib": round(memory.mib)}
