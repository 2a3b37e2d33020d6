"""How a run spends the time that it is given: loading, building, searching and publishing together."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

from sqlmodel import Session

from core.settings import settings
from core.telemetry import trace
from marketplace.runs import queries
from marketplace.runs.leases import Heartbeat
from marketplace.runs.rules import PREPARING

PHASES = ("loading", "building", "keeping", "searching", "publishing")
NOTHING: Mapping[str, Any] = {}
TELL_S = 0.5
SEARCH_SHARE = 0.2
"""Of the time, at least, for the search, however long building took: without one there is nothing to publish."""
FIRST_PUBLISHING_S = 0.003
"""How long publishing takes for each need, until a run has shown how long it takes here."""


class TooLongError(Exception):
    """Building takes longer than a run may, see the setting `run_building_limit_s`."""


def publishing_s(session: Session) -> float:
    """Return how long the latest run took to publish, for each of its needs."""
    run = queries.latest_published(session)
    spent = run.progress.get("spent", {}).get("publishing") if run is not None else None
    return FIRST_PUBLISHING_S if run is None or not run.needs or spent is None else spent / run.needs


class Pace:
    """The time of one attempt, from now on, of which publishing will take so much for each need."""

    def __init__(self, heartbeat: Heartbeat, time_limit_s: float, publishing_s: float) -> None:
        self._heartbeat = heartbeat
        self._time_limit_s = time_limit_s
        self._publishing_s = publishing_s
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

    def search_s(self, needs: int) -> float:
        """Return how long the search may take, so that all is published when the time is over."""
        left = self._time_limit_s - self.seconds - self._publishing_s * needs
        return max(left, SEARCH_SHARE * self._time_limit_s)
