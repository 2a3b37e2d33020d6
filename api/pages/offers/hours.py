"""Opening hours in a form: the week day by day, with a line for all working days, and days that differ."""

from collections.abc import Callable
from typing import Any, TypeVar

from api.language.i18n import gettext as _
from api.language.i18n import said
from api.language.labels import label
from api.pages.families.shown import Fields
from api.pages.forms import Form
from core.errors import BadInput
from core.limits import MOST_DEVIATIONS
from core.time.opening import WEEKDAYS, Deviation, Hours, OpeningHours
from core.time.opening_text import hours_text, parsed, read_stretches

T = TypeVar("T")
NAME = "openingHours"
WORKING_DAYS = f"{NAME}.workingDays"
HOLIDAYS = f"{NAME}.closedOnHolidays"
_WORKING = slice(0, 5)
_FEWEST_ROWS = 2


def day_names() -> dict[str, str]:
    """Return the field of each weekday, with what the day is called."""
    return {f"{NAME}.{day}": label(day, "weekday").capitalize() for day in WEEKDAYS}


def exception_names(row: int) -> tuple[str, str, str]:
    """Return the names of a row's fields: the first day, the last, and the hours."""
    return f"{NAME}.{row}.first", f"{NAME}.{row}.last", f"{NAME}.{row}.hours"


def exception_rows(form: Form) -> int:
    """Return how many rows there are for days that differ: those filled in and one more, two at least."""
    numbers = [name.split(".")[1] for name in form.fields if name.startswith(f"{NAME}.") and form.value(name)]
    filled = [int(number) for number in numbers if number.isdecimal() and len(number) < 4]
    return min(max([_FEWEST_ROWS, *(number + 2 for number in filled)]), MOST_DEVIATIONS)


def week_context(form: Form) -> dict[str, Any]:
    """Return what the template of the week needs beside the labels."""
    _spread(form)
    return {"days": day_names(), "other_days": [exception_names(n) for n in range(exception_rows(form))]}


def labels_of_hours(rows: int = MOST_DEVIATIONS) -> dict[str, str]:
    """Return what the fields are called, each by itself."""
    found = {NAME: _("Opening hours"), WORKING_DAYS: _("Monday to Friday")} | day_names()
    found[HOLIDAYS] = _("Closed on public holidays")
    for n in range(rows):
        first, last, hours = exception_names(n)
        found[first] = _("Other hours %(number)s, from") % {"number": n + 1}
        found[last] = _("Other hours %(number)s, through") % {"number": n + 1}
        found[hours] = _("Other hours %(number)s, hours") % {"number": n + 1}
    return found


def hours_of_form(form: Form) -> OpeningHours | None:
    """Return the opening hours that a form says, none where all is empty; what is wrong is noted in the form."""
    _spread(form)
    names = [name for name in form.fields if name.startswith(f"{NAME}.") and form.value(name)]
    if not names:
        return None
    if not any(form.value(name) for name in (WORKING_DAYS, *day_names())):  # else it would never be open on other days
        form.wrong(WORKING_DAYS, "write when it is open usually, too: 00:00-24:00 is all day")
        return None
    working = _stretches(form, WORKING_DAYS)
    weekly = [_stretches(form, f"{NAME}.{day}") for day in WEEKDAYS]
    for number, day in enumerate(WEEKDAYS[_WORKING]):
        if not form.value(f"{NAME}.{day}"):
            weekly[number] = working
    exceptions = [_deviation(form, n) for n in range(exception_rows(form))]
    return OpeningHours(tuple(weekly), tuple(each for each in exceptions if each), form.ticked(HOLIDAYS))


def fields_of_hours(hours: OpeningHours | None) -> Fields:
    """Return the fields with what opening hours say."""
    if hours is None:
        return {}
    usual = hours.weekly[0] if len(set(hours.weekly[_WORKING])) == 1 else ()
    found = {WORKING_DAYS: [_text(usual)] if usual else [""]}
    for number, (day, of_day) in enumerate(zip(WEEKDAYS, hours.weekly, strict=True)):
        told = of_day if number >= _WORKING.stop or of_day != usual else ()
        found[f"{NAME}.{day}"] = [_text(told)] if told else [""]
    if not any(hours.weekly):
        found[f"{NAME}.{WEEKDAYS[0]}"] = [_text(())]  # never open, which is not the same as nothing said
    for n, each in enumerate(hours.exceptions):
        told_of = (each.first.isoformat(), each.last.isoformat(), _text(each.hours))
        found |= {name: [text] for name, text in zip(exception_names(n), told_of, strict=True)}
    return found | ({HOLIDAYS: ["yes"]} if hours.closed_on_holidays else {})


def _text(hours: tuple[Hours, ...]) -> str:
    return hours_text(hours, _("closed"))


def _spread(form: Form) -> None:
    """Put hours in one line, as drafts have them that were kept before there was a week, into the week's fields."""
    line = form.fields.pop(NAME, [""])[0]
    if not line:
        return
    try:
        form.fields |= fields_of_hours(parsed(line))
    except BadInput:  # shown, and told as wrong once it is sent
        form.fields[WORKING_DAYS] = [line]


def _stretches(form: Form, name: str) -> tuple[Hours, ...]:
    return _read(form, name, lambda: read_stretches(form.value(name))) or ()


def _deviation(form: Form, row: int) -> Deviation | None:
    first, last, hours = exception_names(row)
    if not any(form.value(name) for name in (first, last, hours)):
        return None
    day, of_day = form.day(first), _stretches(form, hours)
    until = form.day_or_none(last) or day
    return _read(form, last, lambda: Deviation(day, until, of_day))


def _read(form: Form, name: str, read: Callable[[], T]) -> T | None:
    """Return what is read; what is wrong is told beside a field in the reader's language, each part with its reason."""
    try:
        return read()
    except BadInput as error:
        form.wrong(name, "; ".join(f"”{each.value}”: {said(each.reason)}" for each in error.parameters))
        return None
