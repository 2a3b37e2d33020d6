"""Each family on the wire, made from its specification: what a lister says of it, and what a need asks of it."""

from collections.abc import Mapping, Set
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import StrEnum
from functools import partial
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import field

from api.schemas.base import KEPT, KEY, Wire, each_limited, limited
from core.limits import LONGEST_NAME, LONGEST_TEXT, MOST_IN_LIST
from core.serialization import Dataclass
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import FieldSpec, spec_of


def camel_name(family: Family, ending: str) -> str:
    """Return the name of one of a family's components, as `SpaceSaid`."""
    return family.name.title().replace("_", "") + ending


def _said(family: Family) -> type[msgspec.Struct]:
    kind: list[Any] = [] if family.only_kind else [("kind", family.kinds)]
    return msgspec.defstruct(
        camel_name(family, "Said"),
        [*kind, *_fields(family.facts)],
        bases=(Wire,),
        tag_field="family",
        tag=family.name,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": family.facts.__doc__},
    )


def asked(family: Family) -> type[msgspec.Struct]:
    """Return the shape of what a need asks of a family."""
    return msgspec.defstruct(
        camel_name(family, "Asked"),
        list(_fields(family.requirements)),
        bases=(Wire,),
        kw_only=True,
        module=__name__,
        namespace={"__doc__": family.requirements.__doc__},
    )


def _fields(kind: type[Dataclass]) -> list[Any]:
    types = get_type_hints(kind)
    return [_field(each, types[each.name]) for each in fields(kind)]


def _field(each: Field[Any], kind: Any) -> Any:
    """Return a field with its type in JSON and its default."""
    spec = spec_of(each)
    wire: Any = _wire_type(kind, spec)
    if spec:
        wire = Annotated[wire, limited(spec.about or None, **_limits(spec, wire))]
    if spec and spec.required:
        return (each.name, wire)
    if each.default_factory is not MISSING:
        return (each.name, wire, field(default_factory=each.default_factory))
    if isinstance(each.default, Set | tuple):
        return (each.name, wire, field(default_factory=partial(sorted, each.default)))
    return (each.name, wire) if each.default is MISSING else (each.name, wire, each.default)


def _limits(spec: FieldSpec, wire: Any) -> dict[str, Any]:
    """Return what the specification, and `core.limits`, say of a field's size."""
    if spec.least is not None:
        return {"minimum": spec.least, "maximum": spec.most}
    if get_origin(wire) is list:
        return {"max_items": MOST_IN_LIST}
    if get_origin(wire) is dict:
        names = {"format": "date"} if get_args(wire)[0] is date else KEY
        return {"max_properties": MOST_IN_LIST, "property_names": names}
    return {"max_length": LONGEST_TEXT, "pattern": KEPT} if wire is str else {}


def _wire_type(kind: Any, spec: FieldSpec | None) -> Any:
    """Return how a type goes on the wire, with the limits of what is in it: sets and tuples are lists."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return Union[tuple(_wire_type(each, spec) for each in inner)]  # noqa: UP007 (made when this runs)
    if isinstance(origin, type) and issubclass(origin, Set | tuple):
        return list[_in_list(inner[0], spec)]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        least, most = spec.values if spec and spec.values else (None, None)
        return dict[inner[0], Annotated[inner[1], each_limited(minimum=least, maximum=most)]]  # type: ignore[valid-type]
    return kind


def _in_list(kind: Any, spec: FieldSpec | None) -> Any:
    if kind is not str:
        return kind
    pattern = (spec and spec.pattern) or KEPT
    return Annotated[str, each_limited(max_length=LONGEST_NAME, pattern=pattern)]


if TYPE_CHECKING:
    FamilyName = str
    AnyFacts = Wire
else:
    FamilyName = StrEnum("Family", {name.upper(): name for name in FAMILIES}, module=__name__)
    FamilyName.__doc__ = "The families of what can be lent."
    AnyFacts = Union[tuple(_said(each) for each in FAMILIES.values())]  # noqa: UP007 (made when this runs)


def example_facts() -> AnyFacts:
    """Return a meeting room for the documentation."""
    room = {"family": "space", "kind": "meeting_room", "seats": 8, "equipment": ["video_conference"]}
    return msgspec.convert(room, AnyFacts)
