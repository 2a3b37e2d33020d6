"""Statements that are made once for all of a kind: who asks, and for what, are parameters of them.

Making a statement, and finding out which of those compiled already it is like, takes SQLAlchemy longer than sending it.
`made_once` lets that be done once for each kind of actor and search::

    @made_once
    def _listed(actor: Actor, search: RequestSearch) -> Select[Request]:
        return visible_to(actor).where(…)

    statement, values = _listed(actor, search)
    session.execute(statement, values)

What is made so may look at nothing else, such as the clock or a setting. Actors are of one kind whose roles are the
same, searches that fill in the same fields, with the same values of enums. An actor whose roles hold for an area, for
some units or some sites only has its statements made each time, as these are looked into.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import wraps
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, String, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from core.actor import Actor

P = ParamSpec("P")
S = TypeVar("S")
MOST_KINDS = 200
"""That are remembered of a function."""
_PARTNERS = "partner_ids"
_OF_ACTOR = ("roles", "member_id", "organisation_id", "county_code", "department")


Values = Mapping[str, Any]


class Made(NamedTuple, Generic[S]):
    """A statement, and the values of its parameters."""

    statement: S
    values: Values


def made_once(make: Callable[P, S]) -> Callable[P, Made[S]]:
    """Let a function make its statement once for each kind of what it is given, by place."""
    known: dict[Hashable, S] = {}

    @wraps(make)
    def made(*given: P.args, **named: P.kwargs) -> Made[S]:
        if named:
            raise TypeError("What makes a kind is given by place.")
        if any(isinstance(each, Actor) and _is_looked_into(each) for each in given):
            return Made(make(*given, **named), {})
        parts = [(name, value) for place, each in enumerate(given) for name, value in _parts(each, place)]
        kind = tuple(name if _is_parameter(value) else (name, value) for name, value in parts)
        statement = known.get(kind)
        if statement is None:
            if len(known) >= MOST_KINDS:
                known.clear()
            anything: Any = [_anything(each, place) for place, each in enumerate(given)]
            statement = known[kind] = make(*anything, **named)
        return Made(statement, {name: value for name, value in parts if _is_parameter(value)})

    return made


def _is_looked_into(actor: Actor) -> bool:
    return bool(actor.area or actor.departments or actor.site_ids)


def _parts(given: object, place: int) -> Iterator[tuple[str, Any]]:
    """Yield what may be asked of something by making a statement, under names of its place.

    SQLAlchemy calls the parameters of a statement by a column and a number, such as ``family_1``: none is called so.
    """
    if isinstance(given, Actor):
        yield from ((_name(each, place), getattr(given, each)) for each in _OF_ACTOR)
        yield _name(_PARTNERS, place), list(given.partner_ids)
    elif is_dataclass(given):
        yield from ((_name(each.name, place), getattr(given, each.name)) for each in fields(given))
    else:
        yield _name("given", place), given


def _name(part: str, place: int) -> str:
    return f"of_{place}_{part}"


def _anything(given: Any, place: int) -> Any:
    """Return something of the same kind with parameters for values; an actor has nothing else that is somebody's."""
    parts = {name.removeprefix(_name("", place)): _anyhow(value, name) for name, value in _parts(given, place)}
    if isinstance(given, Actor):
        return Actor(name="", **parts)
    return replace(given, **parts) if is_dataclass(given) and not isinstance(given, type) else parts["given"]


def _is_parameter(value: object) -> bool:
    """Tell whether a value is anybody's: a key, a list of keys, or a text that is not one of a few."""
    is_text = isinstance(value, str) and value != "" and not isinstance(value, Enum)
    return is_text or isinstance(value, (UUID, list))


def _anyhow(value: Any, name: str) -> Any:
    if not _is_parameter(value):
        return value
    kind: Any = ARRAY(Uuid) if isinstance(value, list) else String if isinstance(value, str) else Uuid
    parameter: BindParameter[Any] = bindparam(name, type_=kind)
    return parameter
