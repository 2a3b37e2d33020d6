"""Facets: each count is what choosing it finds, of what the reader may see; an empty list says what to take away."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from core.actor import Actor
from marketplace.offers.excerpts import OfferExcerpt
from marketplace.offers.facets import Facets
from marketplace.offers.queries import OfferView
from marketplace.offers.search import OfferSearch
from marketplace.views.search import browse_offers, offers_in_short, place_offers, search_offers
from tests import builders
from tests.builders import days
from tests.counting import counted

KROKOM = {"municipality_code": "2309", "latitude": 63.33, "longitude": 14.45}


@pytest.fixture
def reader(session: Session) -> Actor:
    """Of an organisation in Östersund, in a market of each family in three municipalities, some of it hidden."""
    agency = builders.organisation(session)
    here, near = builders.site(session, agency), builders.site(session, agency, **KROKOM)
    far = builders.site(session, agency, name="Mäster Samuel", **builders.STOCKHOLM)
    offered = {"member_id": builders.member(session, agency).id}
    for site in (here, near, far):
        builders.offer(session, builders.space(session, site, seats=8), **offered)
        builders.offer(session, builders.furniture(session, site, capacity=12), **offered)
    builders.offer(session, builders.space(session, here, kind="hall", seats=90), **offered)
    builders.offer(session, builders.staff(session, municipality_codes=["2380", "2309", "0180"]))
    builders.offer(session, builders.staff(session, municipality_codes=[], remote=True))
    booked = builders.vehicle(session, near)
    builders.offer(session, booked, **offered)
    builders.claim(session, builders.unit_of(session, booked), days(9, 14))
    builders.offer(session, builders.vehicle(session, far), visibility="organisation", **offered)
    return builders.actor(session, roles=["requester"])


def choices(search: OfferSearch, facets: Facets) -> Iterator[tuple[OfferSearch, int]]:
    """What each facet chooses, with its count."""
    for code, count in facets.families.items():
        yield replace(search, family=code, kind=None), count
    for code, count in facets.kinds.items():
        yield replace(search, kind=code), count
    for code, count in facets.counties.items():
        yield replace(search, county_code=code, municipality_code=None), count
    for code, count in facets.municipalities.items():
        yield replace(search, municipality_code=code), count
    for code, count in facets.sizes.items():
        yield replace(search, least=int(code)), count


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ({}, {"families": {"space": 4, "furniture": 3, "vehicle": 1, "staff": 2}, "counties": {"23": 7, "01": 3}}),
        (
            {"family": "space", "county_code": "23"},
            {"kinds": {"meeting_room": 2, "hall": 1}, "municipalities": {"2380": 2, "2309": 1}},
        ),
        ({"family": "space", "least": 9}, {"sizes": {"4": 4, "8": 4, "12": 1, "20": 1, "40": 1, "80": 1}}),
        ({"municipality_code": "2380", "text": "stolar"}, {"municipalities": {"2380": 1, "2309": 1}}),
        ({"family": "vehicle", "during": days(10, 13)}, {"sizes": {}}),
        ({"during": days(10, 13), "municipality_code": "2309"}, {"total": 3}),
        ({"family": "furniture", "during": days(10, 13), "least": 13}, {"total": 0}),
    ],
)
def test_each_count_is_what_choosing_it_finds(
    session: Session, reader: Actor, search: dict[str, Any], said: dict[str, Any]
) -> None:
    wanted = OfferSearch(**search)
    browsed = browse_offers(session, reader, wanted, limit=100)
    assert browsed.found == offers_in_short(session, reader, wanted, limit=100)
    whole = search_offers(session, reader, wanted, limit=100)
    assert [each.offer.id for each in browsed.found.items] == [each.offer.id for each in whole.items]
    assert browsed.facets.total == browsed.found.total
    assert {name: getattr(browsed.facets, name) for name in said} == said
    for other, count in choices(wanted, browsed.facets):
        assert (other, search_offers(session, reader, other).total) == (other, count)


@pytest.mark.parametrize(
    ("search", "without"),
    [
        ({"family": "vehicle", "least": 9}, {"what": 6, "place": 0, "least": 1}),
        ({"family": "vehicle", "during": days(10, 13)}, {"what": 9, "place": 0, "least": 0, "during": 1}),
        ({"text": "skåp", "county_code": "01"}, {"what": 0, "place": 0, "least": 0, "text": 3}),
    ],
)
def test_where_nothing_is_found_it_is_told_what_would_be_without_a_choice(
    session: Session, reader: Actor, search: dict[str, Any], without: dict[str, int]
) -> None:
    browsed = browse_offers(session, reader, OfferSearch(**search))
    assert not browsed.found.items
    assert browsed.facets.without == without


@pytest.mark.parametrize(
    ("search", "places", "nowhere"),
    [
        ({}, {"2380": 4, "2309": 4, "0180": 3}, 1),
        ({"family": "space", "county_code": "01"}, {"2380": 2, "2309": 1, "0180": 1}, 0),
        ({"during": days(10, 13), "municipality_code": "2380"}, {"2380": 4, "2309": 3, "0180": 3}, 1),
    ],
)
def test_a_map_counts_what_a_list_of_each_municipality_finds(
    session: Session, reader: Actor, search: dict[str, Any], places: dict[str, int], nowhere: int
) -> None:
    wanted = OfferSearch(**search)
    found = place_offers(session, reader, wanted)
    assert (found.counts, found.nowhere) == (places, nowhere)
    for code, count in found.counts.items():
        there = replace(wanted, municipality_code=code, county_code=None)
        assert (code, search_offers(session, reader, there).total) == (code, count)


def test_facets_and_a_page_of_what_is_found_take_one_query_each(session: Session, reader: Actor) -> None:
    with counted(session) as browsing:
        browse_offers(session, reader, OfferSearch())
    with counted(session) as searching:
        offers_in_short(session, reader, OfferSearch())
    assert (len(browsing), len(searching)) == (2, 1)


def told(view: OfferView | OfferExcerpt) -> tuple[Any, ...]:
    """What a list tells of an offer."""
    during = view.offer.during
    site = view.lent.site
    return (
        *(view.offer.id, view.offer.state, view.offer.price_basis, view.offer.price_sek),
        during if isinstance(during, tuple) else (during.lower, during.upper),
        *(view.lent.resource.name, view.lent.resource.kind, view.lent.family, view.owner.name, view.home),
        (site.name, site.address) if site else None,
        *(view.municipalities, view.capacity, view.exact, view.named),
        [(skill.label_sv, skill.label_en, level) for skill, level in view.skills],
    )


def test_an_excerpt_tells_what_the_whole_does(session: Session, reader: Actor) -> None:
    home = builders.organisation(session)
    site = builders.site(session, home)
    room = builders.space(session, site, kind="hot_desks", capacity=12)
    people = (builders.staff(session, home, skills={"it": 2, "procurement": 4}, people_meant=meant) for meant in (4, 5))
    lent = (room, builders.hall(session, site), *people)
    shown = [builders.offer(session, each) for each in lent]
    photos = [builders.photo(session, room, alt) for alt in ("Den första", "Den andra")]
    at_home = builders.actor(session, home, roles=["lister", "hr"])
    coordinates = builders.actor(session, roles=["coordinator"])
    for each in (reader, at_home, coordinates, None):
        short, whole = (search(session, each, OfferSearch(), 1, 100) for search in (offers_in_short, search_offers))
        assert short.total >= len(shown)
        assert [told(view) for view in short.items] == [told(view) for view in whole.items]
        assert [view.photo for view in short.items if view.photo] == [(str(photos[0].id), "Den första")]
