"""Every parameter says what it means; the constants of the search are the same for whoever asks for nothing."""

from dataclasses import fields, is_dataclass

import pytest

from matching.params import blocks, dual, primal, search, solve
from matching.params.solve import SOLVE_DEFAULTS, SolveParams

CLASSES = [
    each
    for module in (blocks, dual, primal, search, solve)
    for each in vars(module).values()
    if is_dataclass(each) and isinstance(each, type) and each.__module__ == module.__name__
]


@pytest.mark.parametrize("asked", CLASSES, ids=lambda asked: asked.__name__)
def test_every_field_is_documented(asked: type) -> None:
    nested = {field.name for field in fields(asked) if is_dataclass(field.type)}
    text = (asked.__doc__ or "").partition("Parameters\n")[2]
    named = {name.strip() for line in text.splitlines()[1::] if line.startswith("    ") for name in line.split(",")}
    assert {field.name for field in fields(asked)} - nested <= named


def test_parameters_are_what_a_caller_sets_and_all_else_stays() -> None:
    asked = SolveParams(blocks=3, workers=2)
    assert (asked.search, asked.gap, asked.seed, asked.time_limit_s) == (SOLVE_DEFAULTS.search, 0.0, None, None)
