"""Free text: what may stand in any that somebody writes, in a form, over the API or in a file.

A personal identity number has no place anywhere in the product, nor has a telephone number in what is said of a person
who is anonymous. Every draft and every reason given in words is checked here, so that no door is left out.
"""

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers
from personnummer.personnummer import Personnummer, PersonnummerException

from core import limits
from core.errors import BadInput, InvalidParameter
from core.time import clock

LEFT_OUT = " […]"
"""What ends the beginning of a text in a list."""
_DIGITS = re.compile("[0-9]+")
_BLANKS = 20
"""As many as may have stood where a text was cut."""
_PLAIN = re.compile(r"[\x20-\x7eåäöÅÄÖéÉ\r\n\t]*")
"""What is as it should be already, as most texts are."""
_BETWEEN = re.compile(r"[\s+./_\-]{1,3}")
_GROUPS_AT_MOST = 12
_UUID = re.compile(
    r"(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![\w-])", re.IGNORECASE
)
"""What a machine calls something by, as a directory does: its digits are chance, and some look like a person's."""


def text_faults(field: str, text: str, least: int, most: int) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a text that has to have ``least`` to ``most`` characters."""
    if len(text.strip()) < least:
        yield InvalidParameter(field, text, "it is empty")
    elif len(text) > most:
        yield InvalidParameter(field, f"{text[:40]}…", f"it has more than {most} characters")
    elif not limits.is_storable(text):
        yield InvalidParameter(field, text, "it has an invisible character that cannot be kept: write it anew")
    elif is_beginning(text):
        yield InvalidParameter(field, f"…{text[-20:]}", "it is what a list shows, which is not all: read the one first")
    elif found := personal_number_in(text):
        yield InvalidParameter(field, found, "a personal identity number has no place here: leave it out")


def beginning(text: str) -> str:
    """Return a text as a list shows it: what one party writes must not fill the answers of others."""
    if len(text) <= limits.LONGEST_LISTED:
        return text
    return text[: limits.LONGEST_LISTED - len(LEFT_OUT)].rstrip() + LEFT_OUT


def is_beginning(text: str) -> bool:
    """Tell whether a text looks as a list shows the beginning of one, which must not be kept in the place of all."""
    return limits.LONGEST_LISTED - _BLANKS <= len(text) <= limits.LONGEST_LISTED and text.endswith(LEFT_OUT)


def phone_faults(field: str, text: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a text that may not say how to reach a person by telephone."""
    if phone_number_in(text):
        yield InvalidParameter(field, None, "a phone number has no place here: leave it out")


def check_text(field: str, text: str, *, least: int = 0, most: int) -> None:
    """Refuse a text with any of `text_faults`.

    Raises
    ------
    BadInput
        With the fault; a number found in it is told without its last four digits.
    """
    for fault in text_faults(field, text, least, most):
        raise BadInput.of([fault])


def personal_number_in(text: str) -> str | None:
    """Return the first personal identity or coordination number in a text, its last four digits hidden.

    However it is written: 10 or 12 digits, in groups with hyphens, plus signs, points or blanks of any kind between.
    Its date and its check digit have to be right, so that dates, telephone and organisation numbers pass, and it is not
    a part of a UUID.
    """
    for digits in _numbers_in(_UUID.sub("x", _plain(text))):
        if _is_personal_number(digits):
            return f"{digits[:-4]}-****"
    return None


def phone_number_in(text: str) -> bool:
    """Tell whether a text has a telephone number, Swedish or with its country's code."""
    found = phonenumbers.PhoneNumberMatcher(_plain(text), "SE", leniency=phonenumbers.Leniency.POSSIBLE)
    return any(match.raw_string.lstrip("(").startswith(("0", "+")) for match in found)


def _plain(text: str) -> str:
    """Return a text with one kind of digits, hyphens and blanks, and without characters that nobody sees."""
    if _PLAIN.fullmatch(text):
        return text
    normal = unicodedata.normalize("NFKC", text)
    seen = (character for character in normal if unicodedata.category(character) != "Cf")
    return "".join(map(_plain_character, seen))


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return "-" if unicodedata.category(character) == "Pd" or character == "\u2212" else character


def _numbers_in(text: str) -> Iterator[str]:
    """Yield the numbers of 10 or 12 digits that groups of digits make with a few separators between them."""
    groups = list(_DIGITS.finditer(text))
    for place, first in enumerate(groups):
        if _is_joined(text[: first.start()][-2:]):
            continue
        digits, end = "", first.start()
        for group in groups[place : place + _GROUPS_AT_MOST]:
            if digits and not _BETWEEN.fullmatch(text[end : group.start()]):
                break
            digits, end = digits + group[0], group.end()
            if len(digits) in {10, 12} and not (_is_joined(text[end:][:2][::-1]) or _is_phone(text, first, group)):
                yield digits
            if len(digits) >= _GROUPS_AT_MOST:
                break


def _is_joined(two: str) -> bool:
    """Tell whether a number goes on beyond a sign, as in a date: the two characters beside it, the sign last."""
    return len(two) == 2 and two[0].isdigit() and two[1] in "-./:"


def _is_phone(text: str, first: re.Match[str], last: re.Match[str]) -> bool:
    """Tell whether groups of digits begin with an area code, as in 0611-12 34 56, and end otherwise than a number."""
    after = text[first.end() :][:1]
    area = first[0].startswith("0") and ((len(first[0]) in {2, 3, 4} and after in {"-", "/"}) or len(first[0]) == 3)
    return area and len(last[0]) != 4


def _is_personal_number(digits: str) -> bool:
    try:
        return bool(Personnummer(digits).get_date() <= clock.today())
    except (PersonnummerException, ValueError):
        return False
