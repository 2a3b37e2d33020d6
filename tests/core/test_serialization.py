"""Flat values to JSON and back, and clear words when JSON is wrong."""

from dataclasses import dataclass, field
from enum import StrEnum

import pytest

from core.errors import BadInput
from core.serialization import from_json, from_stored, to_json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Thing:
    height_cm: int
    colours: frozenset[Colour] = frozenset()
    price: float | None = None
    levels: dict[str, int] = field(default_factory=dict)


def test_there_and_back() -> None:
    thing = Thing(80, frozenset({Colour.RED, Colour.BLUE}), 1.5, {"a": 1})
    assert to_json(thing) == {"heightCm": 80, "colours": ["blue", "red"], "price": 1.5, "levels": {"a": 1}}
    assert from_json(Thing, to_json(thing)) == thing


def test_what_another_version_stored_beside_is_left_out() -> None:
    assert from_stored(Thing, {"heightCm": 80, "gone": 1}) == Thing(80)


@pytest.mark.parametrize("stored", [{}, {"heightCm": "high"}, {"heightCm": 80, "colours": ["green"]}])
def test_what_is_stored_and_refused_is_no_fault_of_who_reads_it(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="what is stored is no Thing"):
        from_stored(Thing, stored)


def test_what_has_a_default_may_be_left_out() -> None:
    assert from_json(Thing, {"heightCm": 80}) == Thing(80)


@pytest.mark.parametrize(
    ("data", "property_", "reason"),
    [
        ([], "", "it has to be an object with heightCm, colours, price, levels"),
        ({}, "heightCm", "it is missing"),
        ({"heightCm": 1, "height_cm": 1}, "height_cm", "there is no such field"),
        ({"heightCm": "80"}, "heightCm", "Expected `int`, got `str`"),
        ({"heightCm": True}, "heightCm", "Expected `int`, got `bool`"),
        (
            {"heightCm": 1, "colours": ["red", "green"]},
            "colours[1]",
            "Invalid enum value 'green': use one of red, blue",
        ),
        ({"heightCm": 1, "levels": {"a": "x"}}, "levels[...]", "Expected `int`, got `str`"),
    ],
)
def test_what_is_wrong_is_named(data: object, property_: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_json(Thing, data)
    assert caught.value.parameters[0].property == property_
    assert caught.value.parameters[0].reason.startswith(reason)
