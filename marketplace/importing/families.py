"""The columns of a family's facts and requirements, made from its specification."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from core.serialization import Dataclass, camel
from marketplace.importing import cells
from marketplace.importing.cells import Cell
from marketplace.importing.kinds import Column
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import FieldSpec, spec_of

_CELLS: Mapping[Any, Cell[Any]] = {
    bool: cells.YES_OR_NO,
    int: cells.WHOLE,
    float: cells.NUMBER,
    str: cells.TEXT,
    date: cells.DAY,
}


def fact_columns(family: Family) -> Iterator[Column]:
    """Yield a column for each of a family's facts, in their order."""
    for each, spec, kind in _specified(family.facts):
        required = spec.required or _has_no_default(each)
        yield Column(spec.column, _english(each, spec), _cell(kind, family), required, fields=(camel(each.name),))


def stand_ins(family: Family) -> dict[str, Any]:
    """Return a value for each fact that cannot be left out, to look at the others with where it cannot be read."""
    return {
        each.name: next(iter(kind)) if issubclass(kind, StrEnum) else spec.least
        for each, spec, kind in _specified(family.facts)
        if _has_no_default(each)
    }


def _has_no_default(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def requirement_columns() -> list[Column]:
    """Return a column for each requirement of any family; those that are called alike are one."""
    found: dict[str, Column] = {}
    for family in FAMILIES.values():
        for each, spec, kind in _specified(family.requirements):
            column = Column(
                spec.column, _english(each, spec), _cell(kind, family), fields=(f"requirements.{camel(each.name)}",)
            )
            found.setdefault(column.key, column)
    return list(found.values())


def requirement_fields(family: str) -> dict[str, str]:
    """Return the fields of requirements in JSON by their columns' keys: the family's own before those of others."""
    found: dict[str, str] = {}
    for each in sorted(FAMILIES.values(), key=lambda one: one.name != family):
        for field, spec, _ in _specified(each.requirements):
            found.setdefault(_english(field, spec).replace(" ", "_"), camel(field.name))
    return found


def swedish_kinds() -> dict[str, StrEnum]:
    """Return the kinds of all families that have several, as they are written in Swedish cells."""
    families = [each for each in FAMILIES.values() if each.only_kind is None]
    return {word: kind for each in families for word, kind in _words(each, each.kinds).items()}


def family_cell() -> Cell[str]:
    """Return how a family stands in a cell, by its Swedish name or its code."""
    return cells.one_of({word: name for name, each in FAMILIES.items() for word in each.swedish_names})


def _specified(kind: type[Dataclass]) -> Iterator[tuple[Field[Any], FieldSpec, Any]]:
    """Yield the fields that have a specification, with it and with their types."""
    types = get_type_hints(kind)
    for each in fields(kind):
        spec = spec_of(each)
        if spec is not None:
            yield each, spec, types[each.name]


def _english(each: Field[Any], spec: FieldSpec) -> str:
    return spec.english or each.name.replace("_", " ")


def _cell(kind: Any, family: Family) -> Cell[Any]:
    """Return how values of a type stand in cells: `int | None` as `int`, a set of an enum as its words."""
    [kind] = [each for each in get_args(kind) or (kind,) if each is not type(None)] if _is_optional(kind) else [kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return cells.TEXTS
    if isinstance(origin, type) and issubclass(origin, Set):
        if issubclass(inner[0], StrEnum):
            return cells.some_of(_words(family, inner[0]))
        return cells.LANGUAGES
    if origin is not None:
        return cells.CHANGES if inner[0] is date else cells.LEVELS
    if issubclass(kind, StrEnum):
        return cells.one_of(_words(family, kind))
    return _CELLS[kind]


def kind_cell(family: Family) -> Cell[Any]:
    """Return how a family's kinds stand in cells."""
    return _cell(family.kinds, family)


def _is_optional(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _words(family: Family, enum: type[StrEnum]) -> dict[str, StrEnum]:
    """Return how an enum's values are written: in Swedish where the family says how, else by their codes."""
    swedish = family.swedish.get(enum, {})
    return {**swedish, **{each.value: each for each in enum if each not in swedish.values()}}
