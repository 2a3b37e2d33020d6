"""The one place that asks what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return this instant in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Sweden."""
    return now().astimezone(STOCKHOLM).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let time stand still at an aware instant, for tests and for replaying a run."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
