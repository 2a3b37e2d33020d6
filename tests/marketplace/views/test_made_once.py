"""Whatever is made once asks for each reader, after others of its kind, what a statement of the reader's own would."""

import inspect
import pkgutil
from collections.abc import Callable
from datetime import date
from importlib import import_module
from types import MappingProxyType
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

import marketplace
from core.actor import Actor, Area, Role
from core.database import statements
from core.database.full_text import Word
from core.database.page import Paged
from core.time import clock
from marketplace.offers.mentions import Asked
from marketplace.offers.search import OfferSearch
from marketplace.proposals.models import Side
from marketplace.views.search import Browsing
from marketplace.views.timeline import TimelineSearch
from resources.families import FAMILIES
from resources.families.family import Doors
from tests.builders import days

_MADE = statements.made_once(lambda: None).__code__  # type: ignore[attr-defined]


def _all_made_once() -> list[Callable[..., Any]]:
    modules = (import_module(each.name) for each in pkgutil.walk_packages(marketplace.__path__, "marketplace."))
    found = {id(each): each for module in modules for each in vars(module).values() if inspect.isfunction(each)}
    return [each for each in found.values() if each.__code__ is _MADE]


MADE = _all_made_once()
_keys = st.uuids()
_codes = st.sampled_from(["01", "18", "25"])
_units = st.none() | st.sampled_from(["IT", "Park", "’; --"])
_actors = st.builds(
    Actor,
    member_id=_keys,
    name=st.text(max_size=3),
    organisation_id=_keys,
    county_code=_codes,
    department=_units,
    partner_ids=st.frozensets(_keys, max_size=2),
    roles=st.frozensets(st.sampled_from(Role), max_size=3),
    language=st.sampled_from(["sv", "en"]),
    area=st.none() | st.builds(Area, st.frozensets(_keys, max_size=2), st.frozensets(_codes, max_size=1)),
    site_ids=st.just(frozenset()) | st.frozensets(_keys, max_size=1),
    departments=st.just(MappingProxyType({})) | st.builds(lambda unit: MappingProxyType({Role.LISTER: {unit}}), _units),
)
_families = st.none() | st.sampled_from(sorted(FAMILIES))
_ASKED = {
    "page_limit",
    "page_offset",
    "units_asked",
    "mentioned",
    "fits",
    "apart",
    "free",
    "looked_at",
    "after",
    "least_asked",
} | {f"{said}_{each.name.lower()}" for said in ("open", "always", "all_of") for each in Doors}
_given: dict[Any, st.SearchStrategy[Any]] = {
    Actor: _actors,
    Actor | None: st.none() | _actors,
    TimelineSearch: st.builds(
        TimelineSearch, st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.just(90), _families, st.none() | _codes
    ),
    tuple[OfferSearch]: st.tuples(
        st.builds(
            OfferSearch,
            family=_families,
            municipality_code=st.sampled_from([None, "1880"]),
            county_code=_codes,
            text=st.sampled_from([None, "…"]),
            during=st.sampled_from([None, days(1, 2)]),
        )
    ),
    tuple[Side, ...]: st.sampled_from([(), (Side.LISTER,), (Side.LISTER, Side.REQUESTER)]),
    tuple[str]: st.sampled_from([("family",), ("county",)]),
    list[UUID]: st.lists(_keys, max_size=3),
}


def _asked(made: Any, values: Any) -> list[tuple[str, list[Any]]]:
    """Return what statements say, and their values in their order, whatever they are called."""
    several = [made]
    if isinstance(made, Browsing):
        several = [made.page, made.facets, made.sought.alike, made.sought.having((Asked(Word("bord", "bord")),))]
    return [_told(each.rows_with_total if isinstance(each, Paged) else each, values) for each in several]


def _told(statement: Any, values: Any) -> tuple[str, list[Any]]:
    compiled = statement.compile(dialect=postgresql.dialect(paramstyle="format"))
    # What is asked for in no other way than by values is told alike of all.
    asked = {name: name for name in compiled.construct_params(_check=False) if name in _ASKED}
    params = compiled.construct_params({**asked, **values})
    expanded = compiled._process_parameters_for_postcompile(params)
    params |= expanded.additional_parameters
    return expanded.statement, [params[name] for name in expanded.positiontup]


@pytest.mark.parametrize("made", MADE, ids=lambda each: f"{each.__module__}.{each.__name__}")
@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # what is refused is short as it is
@given(data=st.data())
def test_each_is_asked_about_as_who_it_is(made: Any, data: st.DataObject) -> None:
    assert len(MADE) > 15, "not all are found"
    hints = get_type_hints(made.__wrapped__)
    hints.pop("return")
    kinds = [_given[kind] if kind in _given else st.from_type(kind) for kind in hints.values()]
    first, other = ([data.draw(kind) for kind in kinds] for _ in range(2))
    alike = [_alike(*both) for both in zip(first, other, strict=True)]
    made(*first)
    for asked in (alike, other):
        with clock.frozen(clock.now()):  # of which some ask
            assert _asked(*made(*asked)) == _asked(made.__wrapped__(*asked), {})


def _alike(one: Any, other: Any) -> Any:
    """Return somebody else of the same kind: with the roles of one, and all else of another."""
    if not isinstance(one, Actor) or not isinstance(other, Actor):
        return other
    unit = None if one.department is None else other.department or "Another"
    return Actor(
        other.member_id,
        other.name,
        other.organisation_id,
        other.county_code,
        unit,
        other.partner_ids,
        one.roles,
        other.language,
    )
