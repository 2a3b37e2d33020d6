"""The words by which families, kinds and facts are found, in Swedish and English, and what they mean in SQL."""

import difflib
from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from core import geo
from core.database.full_text import Word
from core.serialization import camel
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import spec_of
from resources.models import Resource, Site

LEAST_PART = 3
"""A part of a word is looked for from so many letters on; what is shorter has to be the whole word."""
LONGEST_ENDING = 2
"""Letters after its stem with which a word is whole."""
MOST_ALIKE, LEAST_ALIKE = 3, 0.8
"""How many words a misspelled one may stand for, and how much of it they share, see `difflib`."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word stands for: a family; with `kind` one of its kinds; or with `fact` that a fact has a value."""

    family: str
    kind: str | None = None
    fact: str | None = None
    value: str | bool | None = None
    of_site: bool = False

    @property
    def condition(self) -> ColumnElement[bool]:
        """Say that a resource is so."""
        found = [col(Resource.family) == self.family]
        if self.kind is not None:
            found.append(col(Resource.kind) == self.kind)
        if self.fact is not None:
            found.append(self._has(camel(self.fact)))
        return and_(*found)

    def _has(self, name: str) -> ColumnElement[bool]:
        if isinstance(self.value, bool):
            holds: ColumnElement[bool] = col(Resource.facts)[name].as_boolean().is_(self.value)
            return holds
        # The value itself, or one in a list: `["projector"] @> "projector"` holds as `"projector" @> "projector"` does.
        value = func.to_jsonb(cast(self.value, String))
        own: ColumnElement[bool] = col(Resource.facts)[name].op("@>", is_comparison=True)(value)
        if not self.of_site or self.fact is None:
            return own
        return or_(own, col(getattr(Site, self.fact)).op("@>", is_comparison=True)(cast([self.value], ARRAY(String))))


def means(word: Word, *, whole: bool = False) -> ColumnElement[bool]:
    """Say that a resource is what a word, or two put together as in "elbil", stands for; `whole`: no part of a word."""
    parts = () if whole else tuple(part for part in word.parts if len(part) >= LEAST_PART)
    found = [each.condition for said, each in _known() if _is_form(said, word) or any(part in said for part in parts)]
    return or_(false(), *found, *(each for form in {word.typed, *word.parts} for each in _put_together(form)))


def names_like(typed: str) -> list[str]:
    """Return the words of families, kinds and facts, and municipalities, that are spelled much like one."""
    return difflib.get_close_matches(typed, _spelled(), MOST_ALIKE, LEAST_ALIKE)


def codes_named(name: str) -> list[str]:
    """Return the municipalities that a word names, or whose county it names, with or without the s of a genitive."""
    named = _codes_by_name()
    return list(named.get(name, ()) or named.get(name.removesuffix("s"), ()))


def _is_form(said: str, word: Word) -> bool:
    """Tell whether a word is one as it is said, but for its ending."""
    return said == word.typed or any(
        said.startswith(part) and len(said) <= len(part) + LONGEST_ENDING for part in word.parts
    )


def _put_together(form: str) -> Iterator[ColumnElement[bool]]:
    exact: dict[str, list[Meaning]] = {}
    for said, each in _known():
        exact.setdefault(said, []).append(each)
    for at in range(1, len(form)):
        first, last = exact.get(form[:at], ()), exact.get(form[at:], ())
        yield from (and_(a.condition, b.condition) for a in first for b in last if a.family == b.family)


def written_facts() -> Iterator[tuple[str, str]]:
    """Yield the facts that are free text and shown to all, each with its family."""
    for name, family in FAMILIES.items():
        if not family.anonymous:
            hints = get_type_hints(family.kept)
            yield from ((name, each) for each in family.shown if hints.get(each) in {str, tuple[str, ...]})


def _spelled() -> list[str]:
    return [*dict.fromkeys(said for said, _ in _known()), *_codes_by_name()]


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    """Return the municipalities by each word of their names, and where none has it, those of a county by its words."""
    found: dict[str, tuple[str, ...]] = {}
    counties: dict[str, tuple[str, ...]] = {}
    for each in geo.municipalities():
        for part in each.name.lower().split():
            found[part] = (*found.get(part, ()), each.code)
        for part in each.county_name.lower().removesuffix(" län").split():
            for said in {part, part.removesuffix("s")}:
                counties[said] = (*counties.get(said, ()), each.code)
    return counties | found


@cache
def _known() -> tuple[tuple[str, Meaning], ...]:
    return tuple((said.lower(), each) for family in FAMILIES.values() for said, each in _of_family(family))


def _of_family(family: Family) -> Iterator[tuple[str, Meaning]]:
    for said in (family.name, *family.swedish_names):
        yield said, Meaning(family.name)
    for value, said in _of_enum(family, family.kinds):
        yield said, Meaning(family.name, kind=value)
    for each in fields(family.kept):
        if each.name in family.shown:
            yield from _of_fact(family, each)


def _of_fact(family: Family, fact: Field[Any]) -> Iterator[tuple[str, Meaning]]:
    """Yield the words of a fact that holds or does not, and those of the values of one that is chosen."""
    kind, known = get_type_hints(family.kept)[fact.name], spec_of(fact)
    if kind is bool and known is not None:
        for said in (fact.name.replace("_", " "), known.column):
            yield said, Meaning(family.name, fact=fact.name, value=True)
    elif (enum := _enum_in(kind)) is not None:
        for value, said in _of_enum(family, enum):
            yield said, Meaning(family.name, None, fact.name, value, fact.name in family.from_site)


def _enum_in(kind: Any) -> type[StrEnum] | None:
    """Return the enum that a field's type is, or is a set of."""
    named = (each for each in (kind, *get_args(kind)) if isinstance(each, type))
    return next((each for each in named if issubclass(each, StrEnum)), None)


def _of_enum(family: Family, kinds: type[StrEnum]) -> Iterator[tuple[str, str]]:
    """Yield each value of an enum with each of the words for it."""
    for each in kinds:
        yield each.value, each.value.replace("_", " ")
    for said, each in family.swedish.get(kinds, {}).items():
        yield each.value, said
