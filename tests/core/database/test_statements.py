"""A statement that is made once asks for each of a kind what a statement of its own would."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Select, Uuid, column, literal, select

from core.actor import Actor, Area, Role
from core.database import statements
from core.database.statements import Made, made_once
from core.database.tables import coordinated

HOME = column("home", Uuid)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Search:
    colour: Colour | None = None
    place_id: UUID | None = None
    text: str = ""


def actor(*roles: Role, **changed: Any) -> Actor:
    return Actor(uuid4(), "Reader", uuid4(), "18", **{"roles": frozenset(roles), **changed})


def made() -> tuple[Callable[[Actor, Search], Made[Select[Any]]], list[Actor]]:
    """A function that makes its statement once, and whom it was given to make one."""
    given: list[Actor] = []

    @made_once
    def seen(reader: Actor, search: Search) -> Select[Any]:
        given.append(reader)
        found = select(literal(1)).where(reader.organisation_id == HOME, HOME.in_(reader.partner_ids))
        if reader.department is not None:
            found = found.where(column("unit") == reader.department)
        if search.colour is not None:
            found = found.where(column("colour") == search.colour)
        if search.place_id is not None:
            found = found.where(column("place") == search.place_id)
        return found.where(coordinated(reader, HOME))

    return seen, given


def test_one_statement_serves_all_of_a_kind_each_with_its_own_values() -> None:
    seen, given = made()
    first, second = (actor(Role.LISTER, partner_ids=frozenset({uuid4()}), department="IT") for _ in range(2))
    of_first, of_second = (seen(each, Search(Colour.RED, uuid4())) for each in (first, second))
    assert of_first.statement is of_second.statement
    for reader, asked in ((first, of_first), (second, of_second)):
        assert asked.values["of_0_organisation_id"] == reader.organisation_id
        assert asked.values["of_0_partner_ids"] == list(reader.partner_ids)
        assert asked.values["of_0_department"] == "IT"
    # Nothing that is the first one's stands in it.
    literals = of_first.statement.compile().params
    assert not {first.organisation_id, first.member_id, "IT"} & {each for each in literals.values() if each}
    assert [each.name for each in given] == [""]


@pytest.mark.parametrize(
    ("reader", "search"),
    [
        (actor(), Search(Colour.RED)),  # another role
        (actor(Role.LISTER, department="IT"), Search(Colour.RED)),  # a unit
        (actor(Role.LISTER), Search(Colour.BLUE)),  # another colour
        (actor(Role.LISTER), Search()),  # none
        (actor(Role.LISTER), Search(Colour.RED, uuid4())),  # a place too
        (actor(Role.LISTER), Search(Colour.RED, text="hall")),  # words too
    ],
)
def test_what_is_of_another_kind_has_a_statement_of_its_own(reader: Actor, search: Search) -> None:
    seen, given = made()
    assert seen(actor(Role.LISTER), Search(Colour.RED)).statement is not seen(reader, search).statement
    assert len(given) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"area": Area(frozenset({uuid4()}))},
        {"site_ids": frozenset({uuid4()})},
        {"departments": MappingProxyType({Role.COORDINATOR: frozenset({"IT"})})},
    ],
)
def test_whose_roles_do_not_hold_everywhere_is_asked_about_as_who_it_is(changed: dict[str, Any]) -> None:
    seen, given = made()
    reader = actor(Role.COORDINATOR, **changed)
    for _ in range(2):
        statement, values = seen(reader, Search())
        assert values == {}
        assert reader.organisation_id in statement.compile().params.values()
    assert given == [reader, reader]


def test_what_is_given_by_name_would_make_no_kind() -> None:
    seen, given = made()
    with pytest.raises(TypeError, match="by place"):
        seen(actor(), search=Search(Colour.RED))
    assert not given


def test_all_of_an_actor_that_a_statement_may_ask_for_is_asked_of_who_it_is() -> None:
    looked_into = {"area", "departments", "site_ids"}
    never_asked_for = {"name", "language", "token_id", "ended"}
    as_parameters = {*statements._OF_ACTOR, statements._PARTNERS}
    assert {each.name for each in fields(Actor)} == looked_into | never_asked_for | as_parameters
