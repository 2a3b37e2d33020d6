"""Days, times of day and durations as people write them: one reader for forms, files and JSON, text in, value out.

===================  =========================================================================
``2027-03-01``       that date
``idag``, ``today``  the day of the reading, so that a file of examples never grows old
``+14d``, ``-3d``    so many days from it
``+2v``, ``+2w``     so many weeks from it (``v`` as in *vecka*)
``mån+2v``           Monday in the week that comes two weeks after this one; ``mån+0v`` is in this
===================  =========================================================================

Weekdays are ``mån tis ons tors fre lör sön`` or ``mon tue wed thu fri sat sun``, at least two letters of them. A week
(``2027-W09``, ``v. 9``) is no date at any door: JSON has only the first of these forms.
"""

import re
from datetime import date, datetime, time, timedelta

from core.errors import BadInput
from core.numbers import read_number
from core.swedish import plain, same_case
from core.time import clock, years

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MIDNIGHT = re.compile(r"[ t]00:00(:00)?")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})(?:[:.]00)?)?")
"""Seconds that are none, Excel adds to a time of day."""
_RELATIVE = re.compile(r"(?P<weekday>[a-zåäö]{2,})?\s*(?P<count>[+-]\s*[0-9]{1,4})\s*(?P<unit>[dvw])")
_WEEK = re.compile(
    r"(?:(?P<before>[0-9]{4})[ -]?)?(?:v|w|vecka|week)\.? ?(?P<week>[0-9]{1,2})(?:[ -](?P<after>[0-9]{1,4}))?"
)
_DURATION = re.compile(r"(?P<count>[0-9][0-9 .,]*)(?P<unit>[a-z]*)")
_UNITS = {"m": 1, "min": 1, "minut": 1, "minuter": 1, "minutes": 1}
_UNITS |= dict.fromkeys(("h", "t", "tim", "timme", "timmar", "hour", "hours"), 60)
WEEKDAYS = (
    ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)


def read_date(text: str) -> date:
    """Return a date, written 2027-03-01 and in no other way.

    Raises
    ------
    BadInput
        It is another text, or no date.
    """
    found = _date(text)
    if found is None:
        raise BadInput("", text, "it has to be a date, such as 2026-11-21")
    return found


def read_day(text: str) -> date:
    """Return the day that a text names: a date, or a day counted from today.

    Raises
    ------
    BadInput
        It names none, or a year that must be a mistake.
    """
    words = same_case(text)
    if words in ("idag", "i dag", "today"):
        return clock.today()
    match = _RELATIVE.fullmatch(words)
    written = words[:10] if _MIDNIGHT.fullmatch(words, 10) else text.strip()
    day = _counted(text, match) if match else _date(written)
    if day is None:
        raise BadInput("", text, "write a date as 2027-03-01, or a day counted from today: idag, +14d, +2v or mån+2v")
    if day.year not in years.READABLE_YEARS:
        raise BadInput(
            "", text, f"write a year from {years.FIRST_YEAR} through {years.last_year()}; for no end, leave it empty"
        )
    return day


def read_instant(text: str) -> datetime:
    """Return an instant as RFC 3339 writes it; whether it has an offset is for `Interval` to say.

    Raises
    ------
    BadInput
        It is none.
    """
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise BadInput("", text, "it has to be an instant with UTC offset, such as 2026-11-21T08:00:00Z")


def read_clock(text: str, *, end: bool = False) -> time:
    """Return a local time of day, written 08:30 (or 8, 8:30, 08.30); an `end` may be 24:00, which is 00:00 here.

    Raises
    ------
    BadInput
        It is none.
    """
    match = _TIME.fullmatch(text.strip())
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (99, 99)
    if end and (hour, minute) == (24, 0):
        return time.min
    if hour > 23 or minute > 59:
        raise BadInput("", text, "write the time as 08:30")
    return time(hour, minute)


def read_span(text: str) -> tuple[time, time]:
    """Return the two local times of a text such as `09:00-12:00`.

    Raises
    ------
    BadInput
        It has not two.
    """
    start, dash, end = plain(text).partition("-")
    try:
        if dash:
            return read_clock(start), read_clock(end, end=True)
    except BadInput:
        pass
    raise BadInput("", text, "write a start and an end, as 09:00-12:00")


def read_minutes(text: str) -> int:
    """Return a duration in minutes, as `90`, `90 min` or `1,5 h`.

    Raises
    ------
    BadInput
        It is none.
    """
    match = _DURATION.fullmatch(same_case(text))
    factor = _UNITS.get(match["unit"] or "min") if match else None
    if match is None or factor is None:
        raise BadInput("", text, "write a duration, as 90 min or 1,5 h")
    return round(read_number(match["count"]) * factor)


def read_weekday(text: str) -> int:
    """Return 0-6 for a Swedish or English weekday, or its beginning of two letters or more.

    Raises
    ------
    BadInput
        It is none.
    """
    found = _weekday(same_case(text).removesuffix("."))
    if found is None:
        raise BadInput("", text, "write a weekday as må ti on to fr lö sö, or mo tu we th fr sa su")
    return found


def _date(text: str) -> date | None:
    if week := _WEEK.fullmatch(same_case(text)):
        raise _no_week(text, week)
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _no_week(text: str, match: re.Match[str]) -> BadInput:
    """Return what says the days of a week, where its year is said; a number behind it with one digit is a weekday."""
    after = match["after"] if len(match["after"] or "") == 4 else None
    year, week = int(match["before"] or after or 0), int(match["week"])
    try:
        monday, sunday = (date.fromisocalendar(year, week, day) for day in (1, 7))
    except ValueError:
        return BadInput("", text, "a week is no date: write the day, as 2027-03-01")
    return BadInput("", text, f"a week is no date: write a day from {monday} through {sunday}")


def _counted(text: str, match: re.Match[str]) -> date | None:
    count = int(match["count"].replace(" ", ""))
    if match["unit"] == "d":
        if match["weekday"]:
            raise BadInput("", text, "a weekday is counted in weeks, as mån+2v")
        return clock.today() + timedelta(days=count)
    day = clock.today() + timedelta(weeks=count)
    if match["weekday"]:
        weekday = _weekday(match["weekday"])
        return None if weekday is None else day + timedelta(days=weekday - day.weekday())
    return day


def _weekday(word: str) -> int | None:
    found = (n for names in WEEKDAYS for n, name in enumerate(names) if len(word) >= 2 and name.startswith(word))
    return next(found, None)
