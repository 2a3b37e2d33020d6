"""When a search has to end: at a time, or when the caller says so."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_S = 0.05
"""How often a running search asks whether it should stop."""


class Limits:
    """A time limit in seconds from now (None: none), and a question asked now and then (None: never)."""

    def __init__(self, time_limit_s: float | None, should_stop: Callable[[], bool] | None = None) -> None:
        if time_limit_s is not None and not time_limit_s > 0:
            raise ValueError(f"time_limit_s is {time_limit_s!r}; a time limit is a number of seconds above 0")
        self.stopped = False
        self._started = time.monotonic()
        self._time_limit_s = time_limit_s
        self._should_stop = should_stop

    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def remaining_s(self) -> float | None:
        """Seconds left, at least 0; None if there is no limit."""
        return None if self._time_limit_s is None else max(0.0, self._time_limit_s - self.seconds())

    def share(self) -> float:
        """The share of the time limit that is gone, 1 once the caller has stopped; 0 if there is no limit."""
        if self.ended():
            return 1.0
        return 0.0 if self._time_limit_s is None else self.seconds() / self._time_limit_s

    def reserve(self, seconds: float) -> None:
        """Keep so much of the time limit, at most a tenth of it, for what comes after the search."""
        if self._time_limit_s is not None:
            self._time_limit_s -= min(seconds, self._time_limit_s / 10)

    def ended(self) -> bool:
        """Whether time is up or the caller wants to stop, which is then remembered in `stopped`."""
        if not self.stopped and self._should_stop is not None:
            self.stopped = self._should_stop()
        return self.stopped or self.remaining_s() == 0

    @contextmanager
    def watching(self, stop: Callable[[], None]) -> Iterator[None]:
        """While inside, call `stop` (again and again) once the limits are reached, from a thread of its own.

        What `should_stop` raises is raised on leaving.
        """
        done, failures = threading.Event(), list[Exception]()

        def watch() -> None:
            while not done.wait(POLL_S):
                try:
                    ended = bool(failures) or self.ended()
                except Exception as failure:
                    failures.append(failure)
                    ended = True
                if ended:
                    stop()

        watcher = threading.Thread(target=watch, name="matching-limits", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
        if failures:
            raise failures[0]
