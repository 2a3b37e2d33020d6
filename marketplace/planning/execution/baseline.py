"""First come, first served on the very problem of a run, for its own plan to be compared with."""

import time
from collections import Counter
from collections.abc import Callable

import structlog

from marketplace.planning.encoding.build import Built
from marketplace.planning.encoding.decode import is_thin
from marketplace.runs.baseline import Baseline
from matching.search.serial import first_come_first_served

log = structlog.get_logger()


class _TooLongError(Exception):
    """The run has better things to do with its time."""


def baseline_of(built: Built, most_s: float, check: Callable[[], None]) -> Baseline | None:
    """Return what is served where everybody takes what fits best in the order of asking.

    None if that takes more than so many seconds of the processor. What is served date by date counts as a run's own
    plan does: from half of the dates on. `check` is called now and then, and may raise to end it.
    """
    until = time.thread_time() + most_s

    def watch(_looked_at: int) -> None:
        check()
        if time.thread_time() > until:
            raise _TooLongError

    try:
        plan = first_come_first_served(built.arrays, watch)
    except _TooLongError:
        log.info("no_baseline", seconds=most_s)
        return None
    demands = (demand for each in built.considered for demand in each.demands)
    won = Counter(demand.need.need_id for demand, is_served in zip(demands, plan.served, strict=True) if is_served)
    served = [each for each in built.considered if won[each.need.need_id] and not is_thin(each, won[each.need.need_id])]
    return Baseline(plan.value, len(served), dict(Counter(each.need.family for each in served)))
