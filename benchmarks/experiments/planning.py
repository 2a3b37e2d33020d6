"""From offers and requests to what the optimiser gets, on the market that is in the database."""

import gc
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from benchmarks.harness.reports import Row, percent, seconds, show
from core.database import db
from marketplace.planning.encoding import documents
from marketplace.planning.encoding.build import build
from marketplace.planning.execution.execute import collecting_seldom
from marketplace.planning.options.policy import DEFAULT, policy_named
from marketplace.planning.snapshot import load
from matching.formats import codec

RUN_S = 300.0
"""The seconds of a run that the share is of."""
T = TypeVar("T")


def measured() -> list[Row]:
    """Processor seconds of each step; nothing is written to the database."""
    with collecting_seldom():  # as a run does
        return list(_steps())


def _steps() -> Iterator[Row]:
    with db.unit_of_work() as session:
        market, taken = _timed(lambda: load.load(session, None))
    yield {"step": "load", "seconds": taken, "needs": len(market.needs), "offers": len(market.offers)}
    built, taken = _timed(lambda: build(market, policy_named(DEFAULT), name="bench", seed=1))
    yield {"step": "build", "seconds": taken, "options": len(built.arrays.score)}
    size, taken = _timed(lambda: sum(map(len, codec.arrays_to_json(built.arrays))))
    yield {"step": "write the problem", "seconds": taken, "bytes": size}
    context, taken = _timed(lambda: documents.context(built))
    yield {"step": "write the context", "seconds": taken, "needs": len(context["needs"])}


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    gc.collect()
    begun = time.process_time()
    return do(), round(time.process_time() - begun, 3)


def print_table(rows: list[Row]) -> None:
    """With the share of a run of five minutes."""
    told = ("needs", "offers", "options")
    lines = [
        [
            row["step"],
            seconds(row["seconds"]),
            percent(row["seconds"], RUN_S),
            ", ".join(f"{row[name]} {name}" for name in told if name in row) or f"{row['bytes'] / 2**20:.0f} MiB",
        ]
        for row in rows
    ]
    show("Planning", ("step", "processor seconds", f"% of {RUN_S:.0f} s", "of what"), lines)
