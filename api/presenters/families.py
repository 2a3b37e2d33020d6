"""What pages tell of any family, made from its specification: what a resource is like, and what a need asks."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import LABELS, kind_of, label
from api.language.languages import languages_text
from core.serialization import Dataclass
from core.swedish import swedish_key
from resources.families.family import Family, Measure
from resources.families.field_spec import FieldSpec, spec_of

Facts = list[tuple[str, str]]
Labels = Mapping[str, str]


def facts_text(family: Family, facts: Dataclass) -> Facts:
    """Return what a proposal tells of facts, in words; skills are told by whoever knows their names."""
    kind = f"{family.name}_shown"
    return [
        (label(name, kind), _fact_text(getattr(facts, name), spec_of(each)))
        for name in family.shown
        for each in fields(facts)
        if each.name == name
    ]


def need_text(family: Family, amount: int, parts: int, asked: Dataclass, skills: Labels) -> Facts:
    """Return what a need asks of its family, in words; what a page calls alike is told together."""
    kind = f"{family.name}_asked"
    values: dict[str, list[str]] = {}
    if family.counted and family.counted.kinds is None:
        percent = family.counted.measure is Measure.PERCENT
        values["amount"] = [written.percent(amount) if percent else str(amount)]
    if family.several_lots:
        values["parts"] = [str(parts)]
    for each in fields(asked):
        value = getattr(asked, each.name)
        if value is not False or each.default is not False:  # what is not wanted unless said asks nothing
            values[each.name] = [_asked_text(value, spec_of(each), skills)]
    by_label: dict[str, list[str]] = {}
    for name in in_order(values, kind):
        by_label.setdefault(label(name, kind), []).extend(values[name])
    return [(heading, ", ".join(filter(None, texts))) for heading, texts in by_label.items()]


def in_order(names: Mapping[str, object], words: str) -> list[str]:
    """Return names in the order of their words; those without any come last."""
    order = list(LABELS.get(words, ()))
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _fact_text(value: Any, spec: FieldSpec | None) -> str:
    """Return a fact in words; nothing where it is not known."""
    if value is None or spec is None:
        return ""
    if spec.scale:
        return label(str(value), spec.scale)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        number = written.number(value)
        return f"{number}{written.NO_BREAK}{spec.unit}" if spec.unit else number
    if isinstance(value, date):
        return value.isoformat()
    return _several(value) if isinstance(value, Set | tuple) else _coded(value)


def _asked_text(value: Any, spec: FieldSpec | None, skills: Labels) -> str:
    """Return what a field of requirements asks, in words; nothing where it asks nothing."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        level = _("%(skill)s, level %(level)s or more")
        named = ((skills.get(code, code), least) for code, least in value.items())
        ordered = sorted(named, key=lambda each: swedish_key(each[0]))
        return "; ".join(level % {"skill": skill, "level": least} for skill, least in ordered)
    if spec and spec.scale:
        return label(str(value), spec.scale) if value != spec.least else ""
    if spec and spec.skill:
        return skills.get(value, value)
    if isinstance(value, int | float):
        unit = spec.unit if spec else ""
        text = f"{written.number(value)}{written.NO_BREAK}{unit}" if unit else str(value)
        return text if value else ""
    if isinstance(value, Set | tuple):
        return _several(value)
    return "" if value is None else str(value)


def _several(values: Iterable[Any]) -> str:
    """Return several values in words. A set of plain texts has languages in it."""
    if isinstance(values, Set) and all(type(each) is str for each in values):
        return languages_text(values)
    return ", ".join(sorted(map(_coded, values), key=swedish_key))


def _coded(value: Any) -> str:
    return label(value, kind_of(type(value))) if isinstance(value, StrEnum) else str(value)
