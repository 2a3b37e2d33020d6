"""Names in the order of the Swedish alphabet, wherever things are listed and however long the list."""

import random

import pytest
from sqlalchemy import String, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session

from core.swedish import swedish_key
from marketplace.organisations import queries as organisations
from marketplace.organisations.queries import OrganisationSearch
from resources import queries
from tests import builders

NAMES = [
    "bugg anna",
    "Bugg Émile",
    "bugg émilie",
    "Bugg zebra",
    "Bugg Åre",
    "bugg åre väst",
    "Bugg Äng",
    "BUGG ÖRN",
    "Bugg Ørsta",
]


@pytest.fixture
def mixed() -> list[str]:
    return random.Random(7).sample(NAMES, len(NAMES))


def test_sites_of_several_pages(session: Session, mixed: list[str]) -> None:
    home = builders.organisation(session)
    for name in mixed:
        builders.site(session, home, name=name)
    actor = builders.actor(session, home)
    pages = [queries.sites_page(session, actor, page=page, limit=3).items for page in (1, 2, 3)]
    assert [site.name for page in pages for site, _hours in page] == NAMES == sorted(mixed, key=swedish_key)


def test_organisations_and_members(session: Session, mixed: list[str]) -> None:
    for name in mixed:
        builders.member(session, builders.organisation(session, name=name), name=name)
    found = organisations.organisations(session, OrganisationSearch()).items
    assert [each.name for each in found] == NAMES
    assert [home.name for _, home in organisations.members_to_choose(session)] == NAMES


def test_each_letter_of_europe_is_ordered_by_the_database_as_in_a_dictionary(session: Session) -> None:
    letters = [chr(code) for code in range(ord(" "), ord("ž") + 1) if chr(code).isprintable()]
    letter = func.unnest(literal(letters, ARRAY(String))).table_valued(column("value")).render_derived().c.value
    ordered = dict(session.execute(select(letter, func.swedish_order(letter))).all())
    alone = {each: swedish_key(each)[0] for each in letters if len(swedish_key(each)[0]) == 1}
    assert {each: ordered[each] for each in alone} == alone
    assert len(alone) > 250


def test_a_new_name_has_its_place_at_once(session: Session, mixed: list[str]) -> None:
    home = builders.organisation(session)
    sites = [builders.site(session, home, name=name) for name in mixed]
    sites[mixed.index("Bugg Åre")].name = "Bugg"
    session.flush()
    found = queries.sites_page(session, builders.actor(session, home)).items
    assert [site.name for site, _hours in found] == ["Bugg", *(name for name in NAMES if name != "Bugg Åre")]
