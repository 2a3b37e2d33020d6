"""Numbers as people write them in a form or a cell: one reader for every door, text in, number out.

Thousands may be set apart by blanks of any width (`1 200`), and by points or commas where only that can be meant
(`1.200,50`, `1,200,000`). What can mean two numbers (`1.000`) is refused with both, never guessed.
"""

import re

from core.errors import BadInput
from core.swedish import plain

LARGEST = 1e12
GREATEST_WHOLE = 2**31 - 1
"""What a column of whole numbers holds."""
_LONGEST = 40
_SPACED = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)?(?:[.,](?P<part>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:(?:\.[0-9]{3})+(?=,)|(?:,[0-9]{3})+(?=\.)|(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,}))"
    r"(?:[.,](?P<part>[0-9]+))?"
)
_TWO_READINGS = re.compile(r"[+-]?(?P<whole>[1-9][0-9]{0,2})(?P<mark>[.,])(?P<part>[0-9]{3})")


def read_number(text: str) -> float:
    """Return a number with decimal comma or point, as `12,5` or `1 200`; never infinite.

    Raises
    ------
    BadInput
        It is no number, is too large, or can mean two, as `1.000`.
    """
    _check_readings(text, marks=".")
    number = _read(text)
    if number is None:
        raise BadInput("", text, "write a number, such as 12,5")
    return number


def read_degrees(text: str) -> float:
    """Return a number that can have no thousands, so that `59.329` means one thing.

    Raises
    ------
    BadInput
        It is no number.
    """
    number = _read(text)
    if number is None:
        raise BadInput("", text, "write degrees with decimals, such as 59,3293")
    return number


def read_whole(text: str) -> int:
    """Return a whole number; `8,0`, as Excel may write it, is one.

    Raises
    ------
    BadInput
        It is no whole number, is too large, or can mean two, as `1.000` and `1,000`.
    """
    _check_readings(text, marks=".,")
    number = _read(text)
    if number is None or not number.is_integer():
        raise BadInput("", text, "write a whole number, such as 12")
    if abs(number) > GREATEST_WHOLE:
        raise BadInput("", text, "the number is too large")
    return int(number)


def _check_readings(text: str, marks: str) -> None:
    match = _TWO_READINGS.fullmatch(plain(text)) if len(text) <= _LONGEST else None
    if match and match["mark"] in marks:
        thousands = match["whole"] + match["part"]
        decimals = f"{match['whole']},{match['part'].rstrip('0') or '0'}"
        raise BadInput("", text, f"it can mean {thousands} or {decimals}: write one of these")


def _read(text: str) -> float | None:
    written = plain(text)
    match = (_SPACED.fullmatch(written) or _GROUPED.fullmatch(written)) if len(written) <= _LONGEST else None
    if match is None or not (match["whole"] or match["part"]):
        if len(written) > _LONGEST and not written.strip("+-0123456789., "):
            raise BadInput("", text, "the number is too large")
        return None
    digits = re.sub("[ .,]", "", match["whole"] or "0")
    number = float(f"{match['sign']}{digits}.{match['part'] or '0'}")
    if abs(number) > LARGEST:
        raise BadInput("", text, "the number is too large")
    return number
