"""How a run spends the time that it is given: loading, building, searching and publishing together."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

from core.settings import settings
from core.telemetry import trace
from marketplace.runs.leases import Heartbeat
from marketplace.runs.rules import PREPARING

PHASES = ("loading", "building", "keeping", "searching", "publishing")
NOTHING: Mapping[str, Any] = {}
TELL_S = 0.5
SEARCH_SHARE = 0.2
"""Of the time, at least, for the search, however long building took: without one there is nothing to publish."""
KEPT_WHILE_PUBLISHED = 70
"""Publishing for a need, or for one of its dates, takes as long as keeping so many rows of the problem: measured as 55
to 65 on a quiet machine, and on a busy one both take longer."""


class TooLongError(Exception):
    """Building takes longer than a run may, see the setting `run_building_limit_s`."""


class Pace:
    """The time of one attempt, from now on."""

    def __init__(self, heartbeat: Heartbeat, time_limit_s: float) -> None:
        self._heartbeat = heartbeat
        self._time_limit_s = time_limit_s
        self._begun = self._phase_begun = time.monotonic()
        self._phase = PHASES[0]
        self._spent: dict[str, float] = {}
        self._told, self._step = self._begun, ""
        self._span = ExitStack()

    def __enter__(self) -> Self:
        self._span.enter_context(trace.span(self._phase))
        return self

    def __exit__(self, *failed: Any) -> None:
        self._span.__exit__(*failed)

    def begin(self, phase: str) -> None:
        """End the phase there was and begin another; each is a span of the run's trace."""
        self._spent, self._phase, self._phase_begun = self.spent, phase, time.monotonic()
        self._span.close()
        self._span.enter_context(trace.span(phase))

    @property
    def spent(self) -> dict[str, float]:
        """Seconds of each phase so far."""
        return {**self._spent, self._phase: round(time.monotonic() - self._phase_begun, 3)}

    @property
    def seconds(self) -> float:
        """Seconds since the attempt began."""
        return time.monotonic() - self._begun

    def watching(self, step: str, beside: Mapping[str, Any] = NOTHING) -> Callable[[int, int], None]:
        """Return what is to be called with how much of a step has been done; what stands beside it is told with it."""
        return partial(self._tell, step, beside)

    def _tell(self, step: str, beside: Mapping[str, Any], done: int, total: int) -> None:
        """Tell how far a step has come.

        Raises
        ------
        LeaseLostError
            The run is no longer ours: it was cancelled, perhaps.
        TooLongError
            It has been loading or building for too long.
        """
        self._heartbeat.check()
        if step in PREPARING and self.seconds > settings().run_building_limit_s:
            raise TooLongError(f"{step}: {done} of {total} after {self.seconds:.0f} s")
        if step != self._step or time.monotonic() - self._told > TELL_S or done == total:
            self._step, self._told = step, time.monotonic()
            now = {"step": step, "done": done, "total": total, "seconds": round(self.seconds, 1)}
            self._heartbeat.tell(**{**beside, **now})

    def search_s(self, needs: int, options: int) -> float:
        """Return how long the search may take, so that all is published when the time is over.

        How long publishing takes is told from how long keeping this very problem took, with so many needs (a date
        counts as one) and options: whatever else the machine and the database are doing now, they do then.
        """
        publishing_s = KEPT_WHILE_PUBLISHED * needs * self.spent["keeping"] / max(needs + options, 1)
        return max(self._time_limit_s - self.seconds - publishing_s, SEARCH_SHARE * self._time_limit_s)
