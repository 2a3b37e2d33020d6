"""When a calendar is busy: its events with all their repetitions, within a time.

Run as a program of its own, with little memory and time: a few bytes may ask for more repetitions than anybody can
work out, and no library that reads them stops by itself. It reads the calendar and writes one line for each time.
"""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LARGEST_MEMORY = 1_000_000_000
_STEP = timedelta(days=31)
_NO_CALENDAR, _TOO_MANY = 3, 4
_OF_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{8}T\d{6}Z")
"""What our own calendars call a date of a booking: where they are shown beside an owner's, nothing is at odds."""

Busy = tuple[datetime, datetime]


class NoCalendarError(Exception):
    """It cannot be read as a calendar."""


class TooManyTimesError(Exception):
    """It is busy more often than may be."""


class EndlessError(Exception):
    """It takes too long, or too much memory, to work out."""


def busy_times(body: bytes, start: datetime, end: datetime, most: int, seconds: int) -> list[Busy]:
    """Return when a calendar is busy, by another process.

    Raises
    ------
    NoCalendarError, TooManyTimesError, EndlessError
        As their names say.
    """
    command = [sys.executable, "-m", __name__, start.isoformat(), end.isoformat(), str(most), str(seconds)]
    try:
        # Of the clock on the wall it may have more: the machine has other things to do.
        done = subprocess.run(command, input=body, capture_output=True, check=False, timeout=3 * seconds)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise EndlessError from error
    if done.returncode == _NO_CALENDAR:
        raise NoCalendarError
    if done.returncode == _TOO_MANY:
        raise TooManyTimesError
    if done.returncode != 0:
        raise EndlessError
    return [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in json.loads(done.stdout)]


def expand(body: bytes, start: datetime, end: datetime, most: int) -> set[Busy]:
    """Return when a calendar is busy. Raises as `busy_times`, but for `EndlessError`."""
    found: set[Busy] = set()
    try:
        for calendar in _calendars(body):
            found |= _expanded(calendar, start, end, most - len(found))
    except (TooManyTimesError, MemoryError):
        raise
    except Exception as error:  # whatever the libraries make of rubbish
        raise NoCalendarError from error
    return found


def _calendars(body: bytes) -> list[Calendar]:
    calendars = Calendar.from_ical(body, multiple=True)
    if not calendars or any(each.name != "VCALENDAR" or each.walk("VFREEBUSY") for each in calendars):
        raise NoCalendarError  # what tells its times without events is not read, rather than taken to be free
    return calendars


def _expanded(calendar: Component, start: datetime, end: datetime, most: int) -> set[Busy]:
    events = recurring_ical_events.of(calendar)
    found: set[Busy] = set()
    while start < end:
        for event in events.between(start, min(start + _STEP, end)):
            found |= set(_busy(event))
            if len(found) > most:
                raise TooManyTimesError
        start += _STEP
    return found


def _busy(event: Event) -> Iterator[Busy]:
    """Yield when an event keeps somebody busy: not where it is cancelled, free, over at once, or one of our own."""
    said = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP")}
    if said["STATUS"] == "CANCELLED" or said["TRANSP"] == "TRANSPARENT" or _OF_OURS.fullmatch(str(event.get("UID"))):
        return
    start, end = _instant(event.start), _instant(event.end)
    with suppress(OverflowError):
        if start < end:
            yield start.astimezone(UTC), end.astimezone(UTC)


def _instant(moment: date) -> datetime:
    """Return a moment; a day, and what says no time zone, is by Sweden's clock."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, STOCKHOLM)
    return moment.replace(tzinfo=STOCKHOLM) if moment.tzinfo is None else moment


def _main(start: str, end: str, most: str, seconds: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    try:
        found = expand(sys.stdin.buffer.read(), datetime.fromisoformat(start), datetime.fromisoformat(end), int(most))
    except NoCalendarError:
        return _NO_CALENDAR
    except TooManyTimesError:
        return _TOO_MANY
    sys.stdout.write(json.dumps([[first.isoformat(), last.isoformat()] for first, last in sorted(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
