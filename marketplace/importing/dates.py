"""Days in a cell: a date, or a day counted from today so that a file of examples never grows old.

===================  =========================================================================
``2027-03-01``       that date
``idag``, ``today``  the day of the import
``+14d``, ``-3d``    so many days from it
``+2v``, ``+2w``     so many weeks from it (``v`` as in *vecka*)
``mån+2v``           Monday in the week that comes two weeks after this one; ``mån+0v`` is in this
===================  =========================================================================

Weekdays are ``mån tis ons tors fre lör sön`` or ``mon tue wed thu fri sat sun``, at least two letters of them.
"""

import re
from datetime import date, time, timedelta

from core.errors import BadInput
from core.swedish import same_case
from core.time import clock
from core.time.opening import read_time

YEARS = range(1900, 3000)
_RELATIVE = re.compile(r"(?P<weekday>[a-zåäö]{2,})?\s*(?P<count>[+-]\s*\d{1,4})\s*(?P<unit>[dvw])")
_SECONDS = re.compile(r"(\d{1,2}:\d\d):\d\d")
"""Which Excel adds to a time of day."""
_WEEKDAYS = (
    ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_EXPECTED = "write a date as 2027-03-01, or a day counted from today: idag, +14d, +2v or mån+2v"


def read_day(text: str) -> date:
    """Return the day that a cell names.

    Raises
    ------
    BadInput
        It names none.
    """
    words = same_case(text)
    if words in ("idag", "i dag", "today"):
        return clock.today()
    match = _RELATIVE.fullmatch(words)
    if match:
        return _counted(text, match)
    try:
        day = date.fromisoformat(words.removesuffix(" 00:00").removesuffix(" 00:00:00"))
    except ValueError as error:
        raise BadInput("", text, _EXPECTED) from error
    if day.year not in YEARS:  # 9999-12-31 has no day after it
        raise BadInput("", text, f"write a year from {YEARS[0]} through {YEARS[-1]}; for no end, leave the cell empty")
    return day


def read_hours(text: str) -> tuple[time, time]:
    """Return the two local times of a cell such as `09:00-12:00`.

    Raises
    ------
    BadInput
        It has not two.
    """
    start, dash, end = _SECONDS.sub(r"\1", text).replace("–", "-").partition("-")
    if not dash:
        raise BadInput("", text, "write a start and an end, as 09:00-12:00")
    times = {"start": start.strip(), "end": end.strip()}
    try:
        return read_time(times, "start"), read_time(times, "end", end=True)
    except BadInput as error:
        raise BadInput("", text, "write a start and an end, as 09:00-12:00") from error


def _counted(text: str, match: re.Match[str]) -> date:
    count = int(match["count"].replace(" ", ""))
    if match["unit"] == "d":
        if match["weekday"]:
            raise BadInput("", text, "a weekday is counted in weeks, as mån+2v")
        return clock.today() + timedelta(days=count)
    day = clock.today() + timedelta(weeks=count)
    if match["weekday"]:
        day += timedelta(days=_weekday(text, match["weekday"]) - day.weekday())
    return day


def _weekday(text: str, word: str) -> int:
    for names in _WEEKDAYS:
        for number, name in enumerate(names):
            if name.startswith(word):
                return number
    raise BadInput("", text, _EXPECTED)
