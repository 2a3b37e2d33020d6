"""How values stand in cells: for each kind of them how a cell is read, and what is written that is read so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Generic, TypeVar

from competence.languages import language_codes, language_names
from core import geo
from core.numbers import read_degrees, read_number, read_whole
from core.spreadsheets import number_text
from core.swedish import composed, same_case
from core.time import opening_text
from core.time.reading import read_day, read_minutes, read_span
from marketplace.importing.reading import cells as reading

T = TypeVar("T")
S = TypeVar("S", bound=str)
Written = str | int | float | date
"""What a cell is filled with; an empty text leaves it empty."""


@dataclass(frozen=True)
class Cell(Generic[T]):
    """How a value is read from a cell's text, and written so that it is read again as it is."""

    read: Callable[[str], T]
    write: Callable[[T], Written]


def kept(text: str | None) -> str:
    """Return a text as a cell keeps it: without blanks at its ends, each letter as one character."""
    return composed(text or "").strip()


def one_of(words: Mapping[str, S]) -> Cell[S]:
    """Return how one word stands there, in Swedish where it has one."""
    written = _written(words)
    return Cell(reading.one_of(words), lambda value: written[value])


def some_of(words: Mapping[str, S]) -> Cell[Iterable[S]]:
    """Return how a set of words stands there."""
    written = _written(words)
    return Cell(reading.some_of(words), lambda values: _listed(written[each] for each in values))


def widening(words: Mapping[str, S]) -> Cell[Iterable[tuple[date, S]]]:
    """Return how dates stand there from which more may see an offer."""
    written = _written(words)
    return Cell(reading.widening(words), lambda value: ", ".join(f"{day} {written[tier]}" for day, tier in value))


def _written(words: Mapping[str, S]) -> dict[S, str]:
    """Return the first word for each value, which is how lists show it."""
    return {value: word for word, value in reversed(list(words.items()))}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _parts(parts: Iterable[tuple[str, int, float | None]]) -> str:
    return " | ".join(
        f"{name}: {seats}" + (f" ({number_text(area)} m2)" if area is not None else "") for name, seats, area in parts
    )


def _span(hours: tuple[time, time]) -> str:
    start, end = hours
    return f"{start:%H:%M}-{'24:00' if end == time.min else f'{end:%H:%M}'}"


def _languages(codes: Iterable[str]) -> str:
    return _listed(map(_language, codes)) or reading.NONE


def _language(code: str) -> str:
    """Return what a language is called in Swedish, or its code where that is read as another one."""
    name = language_names(swedish=True).get(code, code)
    return name if language_codes().get(same_case(name)) == code else code


def _municipality(code: str) -> str:
    return geo.municipality(code).name


def _weekdays(days: Iterable[int]) -> str:
    return ", ".join(opening_text.DAYS[day] for day in days)


TEXT: Cell[str] = Cell(reading.text, str)
TEXTS: Cell[Iterable[str]] = Cell(reading.several(reading.text), ", ".join)
EMAIL = Cell(reading.email, str)
YES_OR_NO: Cell[bool] = Cell(reading.yes_or_no, lambda said: "ja" if said else "nej")
WHOLE: Cell[int] = Cell(read_whole, int)
NUMBER: Cell[float] = Cell(read_number, float)
DEGREES: Cell[float] = Cell(read_degrees, float)
DAY: Cell[date] = Cell(read_day, lambda day: day)
MINUTES: Cell[int] = Cell(read_minutes, lambda minutes: f"{minutes} min")
SPAN = Cell(read_span, _span)
WEEKDAYS: Cell[Any] = Cell(reading.weekdays, _weekdays)
MUNICIPALITY = Cell(reading.municipality, _municipality)
MUNICIPALITIES: Cell[Iterable[str]] = Cell(TEXTS.read, lambda codes: _listed(map(_municipality, codes)))
LANGUAGES: Cell[Any] = Cell(reading.languages, _languages)
OPENING_HOURS = Cell(reading.opening_hours, opening_text.to_text)
LEVELS: Cell[Mapping[str, int]] = Cell(
    reading.levels, lambda skills: ", ".join(f"{code} {level}" for code, level in sorted(skills.items()))
)
CHANGES: Cell[Mapping[date, int]] = Cell(
    reading.changes, lambda changes: ", ".join(f"{day} {percent}" for day, percent in sorted(changes.items()))
)
PARTS: Cell[Any] = Cell(reading.parts, _parts)
