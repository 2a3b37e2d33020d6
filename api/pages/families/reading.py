"""What a form says of a family, as JSON: read by the family's own controls, with what is wrong noted in the form."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from api.pages.families.controls import Control, amounts, controls_of
from api.pages.forms import Form
from core.errors import BadInput
from core.serialization import Dataclass, camel
from marketplace.importing.reading.cells import changes, languages
from resources.families.family import Family

Typed = dict[str, Any]
MOST_ROWS = 100


def read_facts(form: Form, family: Family) -> Typed:
    """Return what the form says of a family's facts, as JSON; what is wrong is noted in the form."""
    return _read(form, family.facts, f"{family.name}_fact", "")


def read_requirements(form: Form, family: Family, at: str) -> Typed:
    """Return what the form asks of a family in the fields that begin with `at`, as JSON."""
    return _read(form, family.requirements, f"{family.name}_need", at)


def read_amounts(form: Form, family: Family, at: str) -> Typed:
    """Return how many the form asks for, and of how many lots, where that is asked."""
    return {control.name: form.whole(at + control.name) for control in amounts(family)}


def _read(form: Form, kind: type[Dataclass], words: str, at: str) -> Typed:
    said: Typed = {}
    for control in controls_of(kind, words):
        if control.widget == "levels":
            said |= _read_levels(form, kind, at, control)
        else:
            said[control.name] = _READERS[control.widget](form, at + control.name, control)
    return {name: value for name, value in said.items() if value is not None and value != ""}


def _number(form: Form, name: str, control: Control) -> int | None:
    return form.whole(name, least=int(control.least or 0)) if control.required else form.whole_or_none(name)


def _date(form: Form, name: str, _control: Control) -> str | None:
    day = form.day_or_none(name)
    return day.isoformat() if day else None


def _ticked(form: Form, name: str, control: Control) -> list[str]:
    """Return the ticked values; one that is not to be had, as from a page of before, is refused, not forgotten."""
    if set(form.many(name)) - dict(control.choices).keys():
        form.wrong(name, "choose among these")
    return form.many(name)


def _chosen(form: Form, name: str, control: Control) -> str | int | None:
    text = form.value(name)
    if not text and not control.required:
        return None
    if text not in {value for value, _label in control.choices}:
        form.wrong(name, "choose one")
    return int(text) if text.isdecimal() else text or None


def _changed(form: Form, name: str, _control: Control) -> dict[str, int] | None:
    """Return the numbers by the days from which they hold, written as in a file."""
    try:
        return {day.isoformat(): number for day, number in changes(form.value(name)).items()} or None
    except BadInput as error:
        form.wrong(name, error.parameters[0].reason)
        return None


def read_languages(form: Form, name: str) -> list[str] | None:
    """Return the codes of languages, written by name or as a code, as in a file; None where nothing is written."""
    try:
        return sorted(languages(form.value(name))) or None
    except BadInput as error:
        for each in error.parameters:
            form.wrong(name, each.reason)
        return None


_READERS: Mapping[str, Callable[[Form, str, Control], Any]] = {
    "number": _number,
    "decimal": lambda form, name, _control: form.decimal_or_none(name),
    "date": _date,
    "choice": _chosen,
    "choices": _ticked,
    "tick": lambda form, name, _control: form.ticked(name),
    # Nothing written is nothing said, so that the default of the field holds, as for an empty cell of a file.
    "languages": lambda form, name, _control: read_languages(form, name),
    "list": lambda form, name, _control: [part.strip() for part in form.value(name).split(",") if part.strip()] or None,
    "skill": lambda form, name, _control: form.text(name),
    "text": lambda form, name, _control: form.text(name),
    "changes": _changed,
}


def _read_levels(form: Form, kind: type[Dataclass], at: str, control: Control) -> Typed:
    """Return levels by code; where some are must-haves and some would be good, each row says which it is."""
    weighted = f"{control.name}Must" in {camel(each.name) for each in fields(kind)}
    found: dict[str, dict[str, int]] = {"Must": {}, "Should": {}} if weighted else {"": {}}
    for row in range(MOST_ROWS):
        code = form.value(f"{at}{control.name}.{row}.code")
        if code:
            weight = form.value(f"{at}{control.name}.{row}.weight").title() if weighted else ""
            level = form.whole(f"{at}{control.name}.{row}.level", least=1, most=5)
            found.get(weight, found[next(iter(found))])[code] = level
    return {f"{control.name}{weight}": levels for weight, levels in found.items()}
