"""The controls of any family's form, made from its specification: widget, label, choices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from api.language.labels import LABELS, label
from api.language.languages import languages_text
from api.presenters.families import in_order
from core.serialization import Dataclass, camel
from resources.families.family import Family
from resources.families.field_spec import FieldSpec, spec_of

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
        return {"inputmode": modes[self.widget]} if self.widget in modes else {}


def fact_controls(family: Family) -> list[list[Control]]:
    """Return the controls of a family's facts, in rows."""
    return _rows(controls_of(family.facts, f"{family.name}_fact"))


def amount_controls(family: Family) -> list[list[Control]]:
    """Return the controls of how many of a family are asked for, in rows."""
    return _rows(list(amounts(family)))


def requirement_controls(family: Family) -> list[list[Control]]:
    """Return the controls of what is asked of a family, in rows."""
    return _rows(controls_of(family.requirements, f"{family.name}_need"))


def fact_labels(family: Family) -> dict[str, str]:
    """Return the labels of the controls of a family's facts, by name."""
    return {control.name: control.label for row in fact_controls(family) for control in row}


def need_labels(family: Family) -> dict[str, str]:
    """Return the labels of the controls of what is asked, by name: all but how many stand among the requirements."""
    counted = {control.name: control.label for control in amounts(family)}
    asked = {each.name: each.label for row in requirement_controls(family) for each in row}
    return counted | {f"requirements.{name}": label for name, label in asked.items()}


def listed(family: Family) -> dict[str, str]:
    """Return the widgets of the requirements that are written in one line, with commas between, by name."""
    controls = controls_of(family.requirements, f"{family.name}_need")
    return {control.name: control.widget for control in controls if control.widget in {"languages", "list"}}


def choosable(family: Family) -> dict[str, set[str]]:
    """Return what can be ticked of requirements of which several may be, by name."""
    controls = controls_of(family.requirements, f"{family.name}_need")
    return {each.name: {value for value, _label in each.choices} for each in controls if each.widget == "choices"}


def controls_of(kind: type[Dataclass], words: str) -> list[Control]:
    """Return the controls of a class of facts or requirements; `words` names their labels."""
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
            default=languages_text([default]) if widget == "languages" and default else str(default or ""),
            least=spec.least,
            most=spec.most,
        )
    return [found[name] for name in in_order(found, words)]


def amounts(family: Family) -> Iterator[Control]:
    """Yield the controls of how many are asked for, and of how many lots, where that is asked."""
    words = f"{family.name}_need"
    if family.counted and family.counted.kinds is None:
        yield Control("number", "amount", label("amount", words), required=True, least=1, most=family.counted.most)
    if family.several_lots:
        yield Control("number", "parts", label("parts", words), required=True, least=1)


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
        return ("changes" if inner[0] is date else "levels"), None
    if origin is not None:
        if isinstance(inner[0], type) and issubclass(inner[0], StrEnum):
            return "choices", inner[0]
        return ("list" if origin is tuple else "languages"), None
    if issubclass(kind, StrEnum):
        return "choice", kind
    if spec.scale:
        return "choice", None
    if spec.skill:
        return "skill", None
    return {bool: "tick", int: "number", float: "decimal", date: "date"}.get(kind, "text"), None


def _choices(widget: str, enum: type[StrEnum] | None, spec: FieldSpec) -> list[tuple[str, str]]:
    if spec.scale:
        steps = range(int(spec.least or 0), int(spec.most or 0) + 1)
        return [(str(step), label(str(step), spec.scale)) for step in (reversed(steps) if spec.form_default else steps)]
    if enum is None:
        return []
    # Among several, "none of them" is said by ticking nothing.
    return [(each.value, label(each)) for each in enum if widget == "choice" or each.value != "none"]


def _bare(kind: Any) -> Any:
    """Return the type itself of one that may be None."""
    inner = [each for each in get_args(kind) if each is not type(None)]
    return inner[0] if type(None) in get_args(kind) else kind


def _stem(name: str) -> str:
    return name.removesuffix("_must").removesuffix("_should")
