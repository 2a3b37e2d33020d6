"""An edit that somebody else overtook: what the other has changed, field by field.

A form that changes something carries what that said when it was opened, so that it can tell later what is new since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

OPENED_WITH = "opened_with"
OF_THE_FORM = ("version", OPENED_WITH, "do", "draft", "faults", "taken_away", "")
"""Fields that say nothing of what is asked for or offered."""

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Overtaken:
    """A field that somebody else has changed: what it said when the form was opened, says now, and says in the form."""

    name: str
    label: str
    opened: Sequence[str]
    now: Sequence[str]
    typed: Sequence[str]


def opened_with(fields: Fields) -> str:
    """Return what is carried in a form that was opened with these fields."""
    return msgspec.json.encode({name: texts for name, texts in fields.items() if name not in OF_THE_FORM}).decode()


def changes(typed: Fields, now: Fields, labels: Mapping[str, str]) -> list[Overtaken]:
    """Return the fields that say something else now than when the form was opened."""
    opened = opened_fields(typed)
    names = [name for name in (*now, *(each for each in opened if each not in now)) if name in labels]
    return [
        Overtaken(name, labels[name], *(_filled(fields.get(name)) for fields in (opened, now, typed)))
        for name in names
        if opened and _filled(opened.get(name)) != _filled(now.get(name))
    ]


def has_changed(typed: Fields, now: Fields, concerns: Callable[[str], bool]) -> bool:
    """Tell whether a field that a form concerns says something else now than when the form was opened."""
    opened = opened_fields(typed)
    names = filter(concerns, {*opened, *now}.difference(OF_THE_FORM))
    return any(_filled(opened.get(name)) != _filled(now.get(name)) for name in names)


def opened_fields(typed: Fields) -> dict[str, list[str]]:
    """Return what a form was opened with, as far as it tells."""
    try:
        return msgspec.json.decode((typed.get(OPENED_WITH) or [""])[0], type=dict[str, list[str]])
    except msgspec.DecodeError:  # a form without it: it only tells less
        return {}


def _filled(texts: Sequence[str] | None) -> list[str]:
    return [text for text in texts or () if text]
