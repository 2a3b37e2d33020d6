"""Readers of one cell: text in, value out, or `BadInput` that says what would be right. Empty cells never get here."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from competence.languages import language_codes
from core import geo
from core.errors import BadInput, InvalidParameter
from core.numbers import read_number, read_whole
from core.swedish import same_case
from core.time import opening_text
from core.time.opening import OpeningHours
from core.time.reading import read_day

Reader = Callable[[str], Any]
S = TypeVar("S", bound=str)
T = TypeVar("T")

LONGEST_HINTED = 200
"""Characters of a word that is like others: comparing takes time with the square of it."""
NONE = "inga"
"""In a cell of languages: none at all, where an empty one means Swedish."""
LONGEST_LANGUAGE = 40
"""Characters that are told of what is none."""
_YES = frozenset({"ja", "j", "x", "yes", "y", "sant", "true", "1"})
_NO = frozenset({"nej", "n", "no", "falskt", "false", "0"})
_LINK = re.compile(r"^\s*mailto:|\?.*$", re.IGNORECASE)
_PART = re.compile(r"(?P<name>[^:]+):\s*(?P<seats>[0-9]+)(?:\s*\(\s*(?P<area>[0-9]+(?:[.,][0-9]+)?)\s*m[2²]\s*\))?")
_LEVEL = re.compile(r"(?P<code>[\w-]+)[\s:]+(?P<level>[0-9]+)")


def text(cell: str) -> str:
    """Return a text as it stands."""
    return cell


def email(cell: str) -> str:
    """Return an address, also from the link that Excel and Outlook make of it."""
    return _LINK.sub("", cell).strip()


def yes_or_no(cell: str) -> bool:
    """Return whether a cell says yes."""
    word = same_case(cell)
    if word not in _YES | _NO:
        raise BadInput("", cell, "write ja or nej")
    return word in _YES


def one_of(words: Mapping[str, S]) -> Callable[[str], S]:
    """Return the reader of one word, in Swedish or as its code."""
    known = _with_codes(words)

    def read(cell: str) -> S:
        found = known.get(same_case(cell))
        if found is None:
            raise BadInput("", cell, _choices(cell, words, known))
        return found

    return read


def several(read_one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return the reader of a list with commas, semicolons or bars between its members."""

    def read(cell: str) -> tuple[T, ...]:
        return tuple(read_one(part.strip()) for part in re.split("[,;|]", cell) if part.strip())

    return read


def some_of(words: Mapping[str, S]) -> Reader:
    """Return the reader of a set of words."""
    read = several(one_of(words))
    return lambda cell: frozenset(read(cell))


def languages(cell: str) -> frozenset[str]:
    """Return the codes of languages, from these or their names, as `svenska, sydsamiska`; tell all that are none."""
    if same_case(cell) == NONE:
        return frozenset()
    known = language_codes()
    spoken = {part: known.get(same_case(part)) for part in several(text)(cell)}
    unknown = [part for part, code in spoken.items() if code is None]
    if unknown:
        # One alone has a hint: to compare a word with all names takes milliseconds, and a cell may have thousands.
        meant = [_language_like(unknown[0], known), *("svenska" for _ in unknown[1:])]
        raise BadInput.of([_no_language(*each) for each in zip(unknown, meant, strict=True)])
    return frozenset(filter(None, spoken.values()))


def municipality(cell: str) -> str:
    """Return a municipality's code from its code or name."""
    return geo.municipality(cell).code


def opening_hours(cell: str) -> OpeningHours:
    """Return opening hours; each clause that cannot be read has a fault of its own, which begins with the clause."""
    try:
        return opening_text.parsed(cell)
    except BadInput as error:
        told = [InvalidParameter("", each.value or cell, each.reason) for each in error.parameters]
        raise BadInput.of(told) from error


def levels(cell: str) -> dict[str, int]:
    """Return skills with levels, as `procurement 4, law 3`."""
    found = {}
    for part in several(text)(cell):
        match = _LEVEL.fullmatch(part)
        if not match:
            raise BadInput("", part, "write a skill's code and a level from 1 to 5, as procurement 4")
        found[match["code"]] = read_whole(match["level"])
    return found


def changes(cell: str) -> dict[date, int]:
    """Return percents by the days from which they hold, as `2027-04-01 20; 2027-06-01 0`."""
    found: dict[date, int] = {}
    for part in several(text)(cell):
        day, _, percent = re.sub(r"[\s%]*%\s*$", "", part).replace(":", " ").rpartition(" ")
        if not day.strip():
            raise BadInput("", part, "write a day and the percent from it on, as 2027-04-01 20")
        found[read_day(day.strip())] = read_whole(percent)
    return found


def parts(cell: str) -> tuple[tuple[str, int, float | None], ...]:
    """Return the parts of a hall with seats and area, as `Norra: 40 (60 m2) | Södra: 40`."""
    found = []
    for part in re.split("[;|]", cell):
        match = _PART.fullmatch(part.strip())
        if not match:
            raise BadInput("", part.strip(), "write the parts of a hall as Norra: 40 (60 m2) | Södra: 40 (60 m2)")
        found.append(
            (match["name"].strip(), int(match["seats"]), read_number(match["area"]) if match["area"] else None)
        )
    return tuple(found)


def widening(tiers: Mapping[str, S]) -> Callable[[str], tuple[tuple[date, S], ...]]:
    """Return the reader of dates from which more may see an offer, as `2027-01-01 länet; 2027-02-01 alla`."""
    read_tier = one_of(tiers)

    def read(cell: str) -> tuple[tuple[date, S], ...]:
        found = []
        for part in several(text)(cell):
            day, _, tier = part.rpartition(" ")
            found.append((read_day(day), read_tier(tier)))
        return tuple(found)

    return read


def weekdays(cell: str) -> tuple[int, ...]:
    """Return the days of a week (0 is Monday), from `mån, ons` or `må-fr`."""
    try:
        pattern = opening_text.from_text(f"{cell} 00:00-24:00")
    except BadInput as error:
        raise BadInput("", cell, "write weekdays, as mån, ons or mån-fre") from error
    return tuple(day for day, hours in enumerate(pattern.weekly) if hours)


def _language_like(part: str, known: Mapping[str, str]) -> str:
    names = [word for word in known if known[word] != word]
    return next(iter(difflib.get_close_matches(same_case(part)[:LONGEST_HINTED], names, n=1)), "svenska")


def _no_language(part: str, meant: str) -> InvalidParameter:
    reason = f"{part[:LONGEST_LANGUAGE]} is no known language: write its name, as {meant}"
    return InvalidParameter("", part, reason)


def _with_codes(words: Mapping[str, S]) -> dict[str, S]:
    codes = {spelling: code for code in words.values() for spelling in (str(code), str(code).replace("_", " "))}
    return {same_case(word): code for word, code in {**codes, **words}.items()}


def _choices(cell: str, words: Mapping[str, str], known: Mapping[str, str]) -> str:
    alike = difflib.get_close_matches(same_case(cell)[:LONGEST_HINTED], known, n=1)
    allowed = ", ".join(words)
    reason = f"did you mean {alike[0]}? Use one of {allowed}" if alike else f"use one of {allowed}"
    return reason  # noqa: RET504 - a name that the catalogue's test knows
