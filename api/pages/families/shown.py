"""What stands of a family in the fields of a form, from its JSON: what `reading` reads, the other way."""

from collections.abc import Mapping
from typing import Any

from api.language.languages import languages_text
from api.pages.families.controls import controls_of
from resources.families.family import Family

Fields = dict[str, list[str]]


def shown_facts(family: Family, facts: Mapping[str, Any]) -> Fields:
    """Return the fields of the form that say what a family's facts are."""
    shown: Fields = {}
    for control in controls_of(family.facts, f"{family.name}_fact"):
        value = facts.get(control.name)
        if control.widget == "levels":
            for row, (code, level) in enumerate(sorted((value or {}).items())):
                shown |= {f"{control.name}.{row}.code": [code], f"{control.name}.{row}.level": [str(level)]}
        else:
            shown[control.name] = field_texts(control.widget, value)
    return shown


def field_texts(widget: str, value: Any) -> list[str]:
    """Return what stands in a field, or is chosen in it, for a value as JSON."""
    match widget:
        case "choices":
            return list(value or ())
        case "tick":
            return ["yes"] if value else []
        case "languages":
            return [languages_text(value or ())]
        case "list":
            return [", ".join(value or ())]
        case "changes":
            return ["; ".join(f"{day} {number}" for day, number in sorted((value or {}).items()))]
        case "decimal":
            return ["" if value is None else str(value).replace(".", ",")]
    return ["" if value is None else str(value)]
