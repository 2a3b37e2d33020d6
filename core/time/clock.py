"""The one place that asks what time it is."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return this instant in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Sweden."""
    return now().astimezone(STOCKHOLM).date()


def in_local_time(text: str) -> str:
    """Return an error's text with its instants as the clock in Sweden shows them."""
    return _INSTANT.sub(lambda found: _local(found[0]), text)


def _local(instant: str) -> str:
    try:
        return f"{datetime.fromisoformat(instant).astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):  # at either end of the calendar
        return instant


def was_set() -> bool:
    """Tell whether the clock was put forward or back since this process last asked.

    What others have written by the clock before it was set looks too old, or as if it were yet to come.
    """
    offset = now().timestamp() - time.monotonic()
    found = bool(_offset) and abs(offset - _offset[0]) > SET_S
    _offset[:] = [offset]
    return found


SET_S = 2.0
"""Seconds: a clock that is only kept right goes by less in an hour."""
_offset: list[float] = []


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let time stand still at an aware instant, for tests and for replaying a run."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
