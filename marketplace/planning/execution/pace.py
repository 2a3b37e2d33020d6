"""How a run spends the time that it is given: building, searching and publishing together."""

import time

from core.settings import settings
from marketplace.runs.leases import Heartbeat

TELL_S = 0.5
SEARCH_SHARE = 0.2
"""Of the time, at least, for the search, however long building took: without one there is nothing to publish."""
PUBLISHING_SHARE = 0.6
"""How long publishing takes, at most about, measured in the time that building took: both grow with the needs."""


class TooLongError(Exception):
    """Building takes longer than a run may, see the setting `run_building_limit_s`."""


class Pace:
    """The time of one attempt, from now on."""

    def __init__(self, heartbeat: Heartbeat, time_limit_s: float) -> None:
        self._heartbeat = heartbeat
        self._time_limit_s = time_limit_s
        self._begun = time.monotonic()
        self._told = self._begun

    @property
    def seconds(self) -> float:
        """Seconds since the attempt began."""
        return time.monotonic() - self._begun

    def building(self, done: int, total: int) -> None:
        """Tell how many needs have been looked at.

        Raises
        ------
        LeaseLostError
            The run is no longer ours: it was cancelled, perhaps.
        TooLongError
            It has been building for too long.
        """
        self._heartbeat.check()
        if self.seconds > settings().run_building_limit_s:
            raise TooLongError(f"{done} of {total} needs after {self.seconds:.0f} s")
        if time.monotonic() - self._told > TELL_S or done == total:
            self._told = time.monotonic()
            self._heartbeat.tell(step="building", done=done, total=total, seconds=round(self.seconds, 1))

    def search_s(self) -> float:
        """Return how long the search may take, so that all is published when the time is over."""
        left = self._time_limit_s - (1 + PUBLISHING_SHARE) * self.seconds
        return max(left, SEARCH_SHARE * self._time_limit_s)
