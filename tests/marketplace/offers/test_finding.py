"""Counting who has a competence: in steps of five, in each county and group, so that no single card is told of."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from competence.service import add_skills
from marketplace.offers.finding import count_cards
from marketplace.offers.homes import OrganisationGroup
from marketplace.offers.models import OfferState, Visibility
from marketplace.offers.search import OfferSearch
from tests import builders

STATE, LOCAL = OrganisationGroup
LAW = OfferSearch(family="staff", skill="law")
JAMTLAND, STOCKHOLM = "23", "01"


def cards(session: Session, number: int, kind: str = "state_agency", **said: object) -> None:
    skills = said.pop("skills", {"law": 4})
    terms = {name: said.pop(name) for name in ("visibility", "state") if name in said}
    for _ in range(number):
        home = builders.organisation(session, kind=kind, **said.pop("home", {}))  # type: ignore[arg-type]
        builders.offer(session, builders.staff(session, home, skills, **said), **terms)  # type: ignore[arg-type]


def told(
    session: Session, search: OfferSearch = LAW
) -> tuple[int | None, dict[tuple[str, OrganisationGroup], int | None]]:
    found = count_cards(session, search)
    return found.total, {(each.county.code, each.group): each.count for each in found.parts}


def test_five_are_told_and_four_are_not_and_a_card_more_tells_nothing(session: Session) -> None:
    cards(session, 5)
    assert told(session) == (5, {(JAMTLAND, STATE): 5})
    cards(session, 4, "municipality")
    for _ in range(3):  # 5, 6, 7 of the state; 9 - 5, the four, is not told either
        cards(session, 1)
        told_now = told(session)
        assert told_now[1] == {(JAMTLAND, STATE): 5, (JAMTLAND, LOCAL): None}
    assert told_now[0] == 10  # of 12


def test_the_sum_in_one_county_does_not_tell_the_few_who_work_in_others_too(session: Session) -> None:
    cards(session, 6)
    cards(session, 2, "municipality", municipality_codes=["2380", "0180"])
    # All of them work in Jämtland, so 8 - 6 would be the two.
    few = {(JAMTLAND, STATE): 5, (JAMTLAND, LOCAL): None, (STOCKHOLM, LOCAL): None}
    for search in (LAW, replace(LAW, county_code=JAMTLAND)):
        assert told(session, search) == (5, few)


def test_of_fewer_than_five_in_all_nothing_is_told(session: Session) -> None:
    assert told(session) == (None, {})
    cards(session, 2)
    cards(session, 2, "region")
    assert told(session) == (None, {(JAMTLAND, STATE): None, (JAMTLAND, LOCAL): None})


def test_who_works_in_two_counties_is_in_both_and_who_works_remotely_where_the_employer_is(session: Session) -> None:
    cards(session, 5, municipality_codes=["2380", "2309", "0180"])
    cards(session, 6, "region", municipality_codes=[], remote=True)
    assert told(session) == (10, {(JAMTLAND, STATE): 5, (STOCKHOLM, STATE): 5, (JAMTLAND, LOCAL): 5})


def test_only_what_somebody_else_may_see_is_counted(session: Session) -> None:
    cards(session, 5, visibility=Visibility.PARTNERS)
    cards(session, 5, visibility=Visibility.ORGANISATION)
    cards(session, 5, state=OfferState.PAUSED)
    cards(session, 5, consented=False)
    assert told(session) == (5, {(JAMTLAND, STATE): 5})


@pytest.mark.parametrize(
    ("search", "number"),
    [
        (OfferSearch(skill="law", level=4), 5),  # administrative law 5 counts as law 4
        (OfferSearch(skill="law", level=5), None),
        (OfferSearch(skill="administrative_law", level=5), 5),
        (OfferSearch(skill="administrative_law", language="en"), 5),
        (OfferSearch(skill="administrative_law", language="sma"), None),
        (OfferSearch(skill="administrative_law", county_code="01"), None),
        (OfferSearch(skill="procurement"), None),
    ],
)
def test_it_is_narrowed_by_level_language_and_county(session: Session, search: OfferSearch, number: int | None) -> None:
    add_skills(session)
    cards(session, 5, skills={"administrative_law": 5}, languages=["en", "sv"])
    assert told(session, search)[0] == number
