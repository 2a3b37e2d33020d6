"""What may be read of a calendar, how often, and what can be wrong with it."""

from datetime import datetime, timedelta
from enum import StrEnum

from core.settings import settings
from core.time.interval import Interval

MOST_OF_RESOURCE = 5
MOST_TIMES = 2000
"""That one calendar may be busy in the time that is read: a room with eight meetings on each working day."""
MOST_CONFLICTS_SHOWN = 20
"""Of one calendar, those first that begin first; more are counted."""
LARGEST_BYTES = 5_000_000
PATIENCE_S = 20
"""That a server may take to answer, all in all."""
EXPANDING_S = 10
"""Of a processor, that a calendar's repetitions may take to work out."""
AHEAD = timedelta(days=366)
LONGEST_PAUSE = timedelta(hours=6)
"""Between two attempts at one that cannot be read."""


class BusyKind(StrEnum):
    """How a calendar is read."""

    FEED = "feed"
    CALDAV = "caldav"


class BusyFault(StrEnum):
    """Why a calendar could not be read. What was read before still holds."""

    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    DENIED = "denied"
    GONE = "gone"
    REFUSED = "refused"
    NO_CALENDAR = "no_calendar"
    TOO_MANY_TIMES = "too_many_times"
    ENDLESS = "endless"  # its repetitions take too long to work out
    LOCKED = "locked"  # the installation's key is another than when the address was given


def window(now: datetime) -> Interval:
    """Return the time of which a calendar is read."""
    return Interval(now, now + AHEAD)


def read_again_at(failures: int, now: datetime) -> datetime:
    """Return when a calendar is read next: later and later while it cannot be read."""
    pause = timedelta(minutes=settings().busy_calendar_minutes)
    longer: timedelta = pause * 2 ** min(failures, 10)
    return now + max(pause, min(longer, LONGEST_PAUSE))
