"""One measurement: a contestant on a market in a process of its own, so that memory is its own too."""

import math
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.contestants.contestants import CONTESTANTS, RunParams
from benchmarks.harness.judging import judged
from benchmarks.harness.memory import PeakMemory
from benchmarks.harness.reports import console
from benchmarks.markets.markets import market
from core.errors import PlatsverketError


@dataclass(frozen=True, slots=True)
class Task:
    """Which contestant, with what parameters, on which market (the arguments of `market`)."""

    contestant: str
    market: dict[str, Any]
    params: RunParams


class NotMeasured(PlatsverketError):
    """Somebody who was to be measured failed; the message is theirs."""


def measure(task: Task) -> dict[str, Any]:
    """What came out, as plain data: worth, bound, needs served, seconds, peak memory, progress."""
    measured: dict[str, Any] = apart(_measure, task)
    return measured


def _measure(task: Task) -> dict[str, Any]:
    arrays = market(**task.market)
    with PeakMemory() as memory:
        started = time.monotonic()
        outcome = CONTESTANTS[task.contestant].solve(arrays, task.params)
        seconds = time.monotonic() - started
    value, served = (0, 0) if outcome.taken is None else judged(arrays, outcome.taken)
    return {
        "contestant": task.contestant,
        "market": task.market,
        "params": asdict(task.params),
        "needs": len(arrays.value),
        "options": len(arrays.score),
        "value": value,
        "bound": outcome.bound if math.isfinite(outcome.bound) else None,
        "served": served,
        "seconds": round(seconds, 3),
        "peak_mib": round(memory.mib),
        "progress": [point if math.isfinite(point[2]) else (*point[:2], None) for point in outcome.progress],
    }


def measured_or_told(work: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """One row, or none and a line on the screen, so that one failure does not cost the results of hours."""
    try:
        return [work()]
    except NotMeasured as failure:
        console.print(f"Not measured: {failure}", style="red")
        return []


def apart(work: Callable[[Any], Any], argument: Any) -> Any:
    """What the work returns when it is done in a new process; NotMeasured with its message if it fails."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(there, work, argument))
    process.start()
    there.close()
    try:
        done, told = here.recv()
    except EOFError:
        done, told = False, "the process ended without a word; perhaps memory ran out"
    process.join()
    if not done:
        raise NotMeasured(told)
    return told


def _tell(there: Connection, work: Callable[[Any], Any], argument: Any) -> None:
    try:
        there.send((True, work(argument)))
    except Exception as failure:
        there.send((False, f"{type(failure).__name__}: {failure}"))
