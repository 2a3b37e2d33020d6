"""How much may be said, whichever door it comes in by, page, API or file: texts, lists, whole numbers and instants.

The one place for these ranges. They are checked where something is sent in, never where it is read again: a row that
was stored with another range has to be shown, mended and withdrawn.
"""

from collections.abc import Iterable, Iterator, Sized
from datetime import date, datetime

from core import numbers
from core.errors import BadInput, InvalidParameter
from core.time import years

GREATEST_WHOLE = numbers.GREATEST_WHOLE
LONGEST_NAME = 200
LONGEST_TEXT = 4000
LONGEST_WORDS = 2000
LONGEST_CODE = 60
"""Of one code or name in a list, such as a skill's or a municipality's."""
LONGEST_EMAIL = 254
"""As much as a mail server accepts (RFC 5321)."""
MOST_IN_LIST = 100
"""Of short things, such as equipment, skills and municipalities."""
MOST_NEEDS = 50
MOST_PARTS = 50
MOST_WIDENINGS = 5
MOST_DEVIATIONS = 100
MOST_HOURS_A_DAY = 6
MOST_HOURS = 200
"""Stretches of a day in opening hours, those of weekdays and deviations together."""
MOST_DEVIATIONS_LISTED = 5
"""The next ones, where opening hours stand in a list: what one party has stored must not fill the answers of others."""
LONGEST_LISTED = 300
"""Of a text, likewise."""
MOST_NEEDS_LISTED = 10
"""The first of a request, where that stands in a list."""
LONGEST_STEP_MIN = 366 * 24 * 60
"""Between the starts in a window."""
MOST_CLOSED_PERIODS = 500
"""Of one resource, that are not over."""

FIRST_DAY, LAST_DAY = date(years.FIRST_YEAR, 1, 1), date(2199, 12, 31)
"""Between these lies every date, also one that nothing is planned by, such as until when a thing is calibrated."""


def instant_faults(
    field: str, moment: date | datetime | None, through: int | None = None
) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a date or instant, if it is given: planned for, or only asked about `through` a year."""
    last = through or years.last_year()
    if moment is not None and not years.FIRST_YEAR <= moment.year <= last:
        yield years.year_fault(field, moment, last)


def is_storable(text: str) -> bool:
    """Tell whether the database can keep a text: NUL and halves of characters it cannot."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def count_faults(field: str, things: Sized, least: int, most: int) -> Iterator[InvalidParameter]:
    """Yield what is wrong with how many things there are."""
    if not least <= len(things) <= most:
        yield InvalidParameter(field, len(things), f"there may be {least} to {most} of them")


def whole_faults(field: str, number: int | None, least: int, most: int) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a whole number, if it is given."""
    if number is not None and not least <= number <= most:
        yield InvalidParameter(field, number, f"it has to be from {least} through {most}")


def refuse_if(faults: Iterable[InvalidParameter]) -> None:
    """Raise `BadInput` with all of the faults, if there are any."""
    found = list(faults)
    if found:
        raise BadInput.of(found)
