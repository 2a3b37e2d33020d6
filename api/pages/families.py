"""Forms and words of any family, made from its specification: controls, what they say, and how it is spec."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import LABELS, kind_of, label
from api.pages.forms import Form
from core.serialization import Dataclass, camel
from core.swedish import swedish_key
from resources.families.family import Family, Measure
from resources.families.field_spec import FieldSpec, spec_of

Facts = list[tuple[str, str]]
Labels = Mapping[str, str]
Typed = dict[str, Any]
MOST_ROWS = 100
SHORT = frozenset({"number", "decimal", "choice", "date"})
"""Controls that stand beside each other."""


@dataclass(frozen=True)
class Control:
    """A control of a form: its widget, its `name` in JSON, and what it may hold."""

    widget: str
    name: str
    label: str
    required: bool
    hint: str = ""
    blank: str = ""
    choices: Sequence[tuple[str, str]] = ()
    default: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def attributes(self) -> dict[str, object]:
        """The attributes of its input."""
        modes = {"number": "numeric", "decimal": "decimal"}
        found: dict[str, object] = {"inputmode": modes[self.widget]} if self.widget in modes else {}
        if self.widget == "number" and self.least is not None:
            found["min"] = int(self.least)
        return found


def fact_controls(family: Family) -> list[list[Control]]:
    """Return the controls of a family's facts, in rows."""
    return _rows(_controls(family.facts, f"{family.name}_fact"))


def amount_controls(family: Family) -> list[list[Control]]:
    """Return the controls of how many of a family are asked for, in rows."""
    return _rows(list(_amounts(family)))


def requirement_controls(family: Family) -> list[list[Control]]:
    """Return the controls of what is asked of a family, in rows."""
    return _rows(_controls(family.requirements, f"{family.name}_need"))


def fact_labels(family: Family) -> dict[str, str]:
    """Return the labels of the controls of a family's facts, by name."""
    return {control.name: control.label for row in fact_controls(family) for control in row}


def need_labels(family: Family) -> dict[str, str]:
    """Return the labels of the controls of what is asked, by name: all but how many stand among the requirements."""
    amounts = {control.name: control.label for control in _amounts(family)}
    asked = {each.name: each.label for row in requirement_controls(family) for each in row}
    return amounts | {f"requirements.{name}": label for name, label in asked.items()}


def read_facts(form: Form, family: Family) -> Typed:
    """Return what the form says of a family's facts, as JSON; what is wrong is noted in the form."""
    return _read(form, family.facts, f"{family.name}_fact", "")


def read_requirements(form: Form, family: Family, at: str) -> Typed:
    """Return what the form asks of a family in the fields that begin with `at`, as JSON."""
    return _read(form, family.requirements, f"{family.name}_need", at)


def read_amounts(form: Form, family: Family, at: str) -> Typed:
    """Return how many the form asks for, and of how many lots, where that is asked."""
    return {control.name: form.whole(at + control.name) for control in _amounts(family)}


def listed(family: Family) -> list[str]:
    """Return the names of the requirements that are written in one line, with commas between."""
    controls = _controls(family.requirements, f"{family.name}_need")
    return [control.name for control in controls if control.widget in {"codes", "list"}]


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
        values[each.name] = [_asked_text(getattr(asked, each.name), spec_of(each), skills)]
    by_label: dict[str, list[str]] = {}
    for name in _in_order(values, kind):
        by_label.setdefault(label(name, kind), []).extend(values[name])
    return [(heading, ", ".join(filter(None, texts))) for heading, texts in by_label.items()]


def _controls(kind: type[Dataclass], words: str) -> list[Control]:
    found: dict[str, Control] = {}
    types = get_type_hints(kind)
    for each in fields(kind):
        spec = spec_of(each)
        if spec is None:
            continue
        widget, enum = _widget(types[each.name], spec)
        name = _stem(each.name) if widget == "levels" else each.name
        default = each.default if isinstance(each.default, StrEnum) else spec.form_default
        required = spec.required or (each.default is MISSING and each.default_factory is MISSING)
        found[name] = Control(
            widget=widget,
            name=camel(name),
            label=label(name, words),
            required=required or isinstance(default, StrEnum) or bool(spec.least and each.default == spec.least),
            hint=label(name, f"{words}_hint") if name in LABELS.get(f"{words}_hint", {}) else "",
            blank=label(name, f"{words}_blank") if name in LABELS.get(f"{words}_blank", {}) else "",
            choices=_choices(widget, enum, spec),
            default=str(default or ""),
            least=spec.least,
            most=spec.most,
        )
    return [found[name] for name in _in_order(found, words)]


def _amounts(family: Family) -> Iterator[Control]:
    words = f"{family.name}_need"
    if family.counted and family.counted.kinds is None:
        yield Control("number", "amount", label("amount", words), required=True, least=1, most=family.counted.most)
    if family.several_lots:
        yield Control("number", "parts", label("parts", words), required=True, least=1)


def _in_order(names: Mapping[str, object], words: str) -> list[str]:
    """Return names in the order of their words; those without any come last."""
    order = list(LABELS.get(words, ()))
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _rows(controls: Sequence[Control]) -> list[list[Control]]:
    rows: list[list[Control]] = []
    for control in controls:
        short = control.widget in SHORT
        if rows and short and rows[-1][0].widget in SHORT:
            rows[-1].append(control)
        else:
            rows.append([control])
    return rows


def _widget(kind: Any, spec: FieldSpec) -> tuple[str, type[StrEnum] | None]:
    """Return what a type is filled in with, and the enum whose values can be chosen."""
    kind = _bare(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "levels", None
    if origin is not None:
        if isinstance(inner[0], type) and issubclass(inner[0], StrEnum):
            return "choices", inner[0]
        return ("list" if origin is tuple else "codes"), None
    if issubclass(kind, StrEnum):
        return "choice", kind
    if spec.scale:
        return "choice", None
    return {bool: "tick", int: "number", float: "decimal", date: "date"}.get(kind, "text"), None


def _choices(widget: str, enum: type[StrEnum] | None, spec: FieldSpec) -> list[tuple[str, str]]:
    if spec.scale:
        steps = range(int(spec.least or 0), int(spec.most or 0) + 1)
        return [(str(step), label(str(step), spec.scale)) for step in (reversed(steps) if spec.form_default else steps)]
    if enum is None:
        return []
    # Among several, "none of them" is said by ticking nothing.
    return [(each.value, label(each)) for each in enum if widget == "choice" or each.value != "none"]


def _read(form: Form, kind: type[Dataclass], words: str, at: str) -> Typed:
    said: Typed = {}
    for control in _controls(kind, words):
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


_READERS: Mapping[str, Callable[[Form, str, Control], Any]] = {
    "number": _number,
    "decimal": lambda form, name, _control: form.decimal_or_none(name),
    "date": _date,
    "choice": _chosen,
    "choices": _ticked,
    "tick": lambda form, name, _control: form.ticked(name),
    # Nothing written is nothing said, so that the default of the field holds, as for an empty cell of a file.
    "codes": lambda form, name, _control: re.findall(r"[^\s,;]+", form.value(name).lower()) or None,
    "list": lambda form, name, _control: [part.strip() for part in form.value(name).split(",") if part.strip()] or None,
    "text": lambda form, name, _control: form.text(name),
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
    if isinstance(value, Set | tuple):
        return ", ".join(sorted((_coded(each) for each in value), key=swedish_key))
    return _coded(value)


def _asked_text(value: Any, spec: FieldSpec | None, skills: Labels) -> str:
    """Return what a field of requirements asks, in words; nothing where it asks nothing."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        level = _("%(skill)s, level %(level)s or more")
        return "; ".join(
            level % {"skill": skills.get(code, code), "level": least} for code, least in sorted(value.items())
        )
    if isinstance(value, int | float):
        unit = spec.unit if spec else ""
        text = f"{written.number(value)}{written.NO_BREAK}{unit}" if unit else str(value)
        return text if value else ""
    if isinstance(value, Set | tuple):
        return ", ".join(_coded(each) for each in sorted(value))
    return "" if value is None else str(value)


def _coded(value: Any) -> str:
    return label(value, kind_of(type(value))) if isinstance(value, StrEnum) else str(value)


def _bare(kind: Any) -> Any:
    """Return the type itself of one that may be None."""
    inner = [each for each in get_args(kind) if each is not type(None)]
    return inner[0] if type(None) in get_args(kind) else kind


def _stem(name: str) -> str:
    return name.removesuffix("_must").removesuffix("_should")
