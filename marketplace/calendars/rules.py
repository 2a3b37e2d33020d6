"""What a calendar may show, for how long, and how many there may be."""

from datetime import datetime, timedelta

from core.time.interval import Interval

MOST_FEEDS = 20
"""Of one member, that have not been revoked."""
MOST_LISTED = 100
"""With those that were."""
MOST_BOOKINGS = 1000
"""In one calendar: those that begin first."""
BACK, AHEAD = timedelta(days=90), timedelta(days=730)
CANCELLED_FOR = timedelta(days=30)
"""How long what was cancelled is still shown as such: so that a calendar that is read seldom takes it away too."""
NOTED_EVERY = timedelta(minutes=1)


def window(now: datetime) -> Interval:
    """Return the time that a calendar shows."""
    return Interval(now - BACK, now + AHEAD)


def is_forgotten(cancelled_at: datetime, now: datetime) -> bool:
    """Tell whether what was cancelled then is no longer shown."""
    return cancelled_at < now - CANCELLED_FOR
