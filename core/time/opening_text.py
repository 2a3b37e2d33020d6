"""Opening hours as people write them in a cell of a spreadsheet, in Swedish or English."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from core.errors import BadInput, Faults
from core.swedish import same_case
from core.time.opening import DATE, WEEKDAYS, Deviation, Hours, OpeningHours, in_order, read_date, read_hours
from core.time.reading import read_weekday

_CLOSED = ("stängt", "closed")
_NOT_ON_HOLIDAYS = ("ej helgdagar", "not holidays")
DAYS = ("må", "ti", "on", "to", "fr", "lö", "sö")
_EXAMPLE = "må-fr 08:00-11:00, 13:00-17:00; lö 10:00-14:00; 2026-12-24..2027-01-06 stängt; ej helgdagar"
_SPANS = r"(?P<hours>\d.*|stängt|closed)"
_ON_DATES = re.compile(rf"(?P<first>{DATE})(?: ?\.\. ?(?P<last>{DATE}))? {_SPANS}")
_ON_WEEKDAYS = re.compile(rf"(?P<weekdays>\D+?) {_SPANS}")


def from_text(text: str) -> OpeningHours:
    """Return opening hours from text in Swedish or English.

    Clauses are set apart by ``;``: weekdays and hours (`må-fr 08:00-11:00, 13:00-17:00`, `sa closed`), dates and
    hours (`2026-12-24..2027-01-06 stängt`), and `ej helgdagar` or `not holidays`. `stängt` alone: never open.

    Raises
    ------
    BadInput
        The text cannot be read. Its property is empty, as only the caller knows the column.
    """
    try:
        return parsed(text)
    except BadInput as error:
        raise BadInput("", text, "; ".join(f"{p.value or text}: {p.reason}" for p in error.parameters)) from error


def parsed(text: str) -> OpeningHours:
    """Return opening hours as `from_text`, with a fault of its own for each clause that cannot be read.

    Raises
    ------
    BadInput
        With the part of the text that each fault is about as its value.
    """
    faults = Faults()
    weekly: list[tuple[Hours, ...]] = [()] * len(WEEKDAYS)
    exceptions: list[Deviation] = []
    clauses = [clause.strip() for clause in same_case(text).split(";")]
    for clause in filter(None, clauses):
        with faults.under():
            if on_dates := _ON_DATES.fullmatch(clause):
                exceptions.append(_parsed_deviation(on_dates))
            elif on_weekdays := _ON_WEEKDAYS.fullmatch(clause):
                hours = _parsed_hours(on_weekdays["hours"])
                for day in _parsed_weekdays(on_weekdays["weekdays"]):
                    weekly[day] += hours
            elif clause not in (*_CLOSED, *_NOT_ON_HOLIDAYS):
                raise BadInput("", clause, f"write for example: {_EXAMPLE}")
    faults.refuse()
    if not any(clauses):
        raise BadInput("", text, f"write for example: {_EXAMPLE}")
    return OpeningHours(tuple(weekly), tuple(exceptions), any(clause in _NOT_ON_HOLIDAYS for clause in clauses))


def _parsed_deviation(match: re.Match[str]) -> Deviation:
    dates = {"first": match["first"], "last": match["last"] or match["first"]}
    return Deviation(read_date(dates, "first"), read_date(dates, "last"), _parsed_hours(match["hours"]))


def _parsed_hours(text: str) -> tuple[Hours, ...]:
    if text in _CLOSED:
        return ()
    spans = [span.partition("-") for span in text.split(",")]
    return tuple(read_hours({"fromTime": first.strip(), "untilTime": until.strip()}) for first, _, until in spans)


def _parsed_weekdays(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        days = range(read_weekday(first), read_weekday(last or first) + 1)
        if not days:
            raise BadInput("", part, "the week runs from Monday to Sunday: write the earlier day first")
        yield from days


def read_stretches(text: str) -> tuple[Hours, ...]:
    """Return the hours of a day, in order, as in `08:00-11:00, 13:00-17:00`; none where it is closed or says nothing.

    Raises
    ------
    BadInput
        The text cannot be read, or hours overlap.
    """
    text = same_case(text).strip()
    if not re.fullmatch(rf"({_SPANS})?", text):
        raise BadInput("", text, "write for example: 08:00-11:00, 13:00-17:00")
    return in_order("", _parsed_hours(text)) if text else ()


def to_text(opening: OpeningHours) -> str:
    """Return opening hours as people write them, such as `må-fr 08:00-16:30; ej helgdagar`, which `from_text` reads."""
    clauses = list(_weekly_clauses(opening.weekly)) or ["stängt"]
    for each in opening.exceptions:
        dates = f"{each.first}" if each.first == each.last else f"{each.first}..{each.last}"
        clauses.append(f"{dates} {hours_text(each.hours)}")
    if opening.closed_on_holidays:
        clauses.append("ej helgdagar")
    return "; ".join(clauses)


def _weekly_clauses(weekly: Sequence[tuple[Hours, ...]]) -> Iterator[str]:
    for hours, group in groupby(range(7), key=lambda day: weekly[day]):
        days = [DAYS[day] for day in group]
        if hours:
            yield f"{days[0]}-{days[-1]} {hours_text(hours)}" if len(days) > 1 else f"{days[0]} {hours_text(hours)}"


def hours_text(hours: tuple[Hours, ...], closed: str = _CLOSED[0]) -> str:
    """Return the hours of a day as people write them, which `read_stretches` reads; `closed` is the word for none."""
    return ", ".join(map(str, hours)) or closed
