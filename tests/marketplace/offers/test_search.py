"""Finding offers: every filter, paging, the order, and how many queries it takes."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from core import geo
from core.actor import Actor
from core.errors import BadInput
from marketplace.offers import queries
from marketplace.offers.models import OfferState
from marketplace.offers.search import Near, OfferSearch
from marketplace.organisations.models import Organisation
from tests import builders
from tests.counting import counted

STORSJON = geo.municipality("Östersund").position


@pytest.fixture
def reader(session: Session) -> Actor:
    return builders.actor(session, roles=["requester"])


@pytest.fixture
def market(session: Session) -> dict[str, Any]:
    """One offer of each family in Östersund, and a room in Stockholm."""
    agency = builders.organisation(session, name="Vinnova", municipality_code="0180")
    far = builders.site(session, agency, name="Mäster Samuel", **builders.STOCKHOLM)
    return {
        "room": builders.offer(session, builders.space(session, name="Mötesrum Åre", seats=8)),
        "chairs": builders.offer(session, builders.furniture(session, capacity=40)),
        "car": builders.offer(session, builders.vehicle(session, seats=5)),
        "lead": builders.offer(session, builders.staff(session, skills={"procurement": 4, "facilitation": 5})),
        "far": builders.offer(session, builders.space(session, far, name="Projektyta", kind="project_area", seats=30)),
    }


def found(session: Session, actor: Actor, market: dict[str, Any], **search: Any) -> set[str]:
    names = {offer.id: name for name, offer in market.items()}
    views = queries.search_offers(session, actor, OfferSearch(**search)).items
    return {names[view.offer.id] for view in views}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({}, {"room", "chairs", "car", "lead", "far"}),
        ({"family": "space"}, {"room", "far"}),
        ({"kind": "project_area"}, {"far"}),
        ({"text": "åre"}, {"room"}),
        ({"text": "vinnova yta"}, {"far"}),  # every word, wherever it stands
        ({"text": "qx%"}, set()),  # no wildcard; and in no name with a number, which builders give
        ({"text": "procurement"}, {"lead"}),
        ({"text": "kort"}, set()),  # what its lister calls a card is told to nobody
        ({"municipality_code": "2380"}, {"room", "chairs", "car", "lead"}),
        ({"county_code": "01"}, {"far"}),
        ({"county_code": "23", "least": 9}, {"chairs", "lead"}),  # 40 chairs, 100 percent
        ({"least": 30, "family": "space"}, {"far"}),
        ({"skill": "facilitation"}, {"lead"}),
        ({"skill": "law"}, set()),
        ({"during": builders.days(300, 400)}, {"room", "far"}),  # offered for 365 days: a room can be had in some of it
        ({"during": builders.days(300, 320)}, {"room", "chairs", "car", "lead", "far"}),
        ({"during": builders.days(365, 400)}, set()),
        ({"near": Near(STORSJON, 20)}, {"room", "chairs", "car", "lead"}),
        ({"near": Near(STORSJON, 600), "family": "space"}, {"room", "far"}),  # Stockholm is 468 km away
        ({"state": OfferState.PAUSED}, set()),
    ],
)
def test_each_filter(
    session: Session, reader: Actor, market: dict[str, Any], search: dict[str, Any], expected: set[str]
) -> None:
    assert found(session, reader, market, **search) == expected


def test_remote_work_is_near_everywhere(session: Session, reader: Actor) -> None:
    offer = builders.offer(session, builders.staff(session, remote=True, municipality_codes=[]))
    assert found(session, reader, {"remote": offer}, near=Near(geo.municipality("Ystad").position, 5)) == {"remote"}


def test_the_nearest_first_when_a_position_is_given_else_the_newest(
    session: Session, reader: Actor, market: dict[str, Any]
) -> None:
    def order(search: OfferSearch) -> list[Any]:
        return [view.offer.id for view in queries.search_offers(session, reader, search).items]

    assert order(OfferSearch(family="space")) == [market["far"].id, market["room"].id]
    near = OfferSearch(family="space", near=Near(STORSJON, 600))
    assert order(near) == [market["room"].id, market["far"].id]


@pytest.mark.parametrize("who", ["home", "coordinator", "stranger"])
def test_others_cannot_find_out_by_searching_where_an_offer_stands(session: Session, who: str) -> None:
    """The site is 11 km north of the middle of Östersund."""
    home = builders.organisation(session)
    north = geo.Position(STORSJON.latitude + 0.1, STORSJON.longitude)
    site = builders.site(session, home, name="Skyddsrummet", latitude=north.latitude, longitude=north.longitude)
    market = {
        "secret": builders.offer(session, builders.space(session, site)),
        "middle": builders.offer(session, builders.space(session)),  # newer, so first where both are as far away
    }
    actor = {
        "home": builders.actor(session, home),
        "coordinator": builders.coordinator(session),
        "stranger": builders.actor(session),
    }[who]
    shown = set() if who == "stranger" else {"secret"}
    assert found(session, actor, market, text="skyddsrum") == shown
    assert found(session, actor, market, near=Near(north, 5)) == shown
    views = queries.search_offers(session, actor, OfferSearch(near=Near(north, 20))).items
    first = market["middle" if who == "stranger" else "secret"]
    assert views[0].offer.id == first.id


def test_pages_have_a_total(session: Session, reader: Actor, market: dict[str, Any]) -> None:
    page = queries.search_offers(session, reader, OfferSearch(), page=2, limit=3)
    assert (len(page.items), page.total, page.pages) == (2, 5, 2)
    for wrong in ({"page": 0}, {"limit": 0}, {"limit": 101}):
        with pytest.raises(BadInput):
            queries.search_offers(session, reader, OfferSearch(), **wrong)


def test_a_view_tells_others_the_municipality_and_its_own_the_address(
    session: Session, reader: Actor, market: dict[str, Any]
) -> None:
    view = queries.offer_view(session, reader, market["room"].id)
    assert [each.name for each in view.municipalities] == ["Östersund"]
    assert not view.exact
    assert not view.managed
    home = view.owner
    own = queries.offer_view(session, builders.actor(session, home, roles=["lister"]), market["room"].id)
    assert own.exact
    assert own.managed


def test_a_view_of_a_persons_time_names_skills_and_no_person(
    session: Session, reader: Actor, market: dict[str, Any]
) -> None:
    view = queries.offer_view(session, reader, market["lead"].id)
    assert [(skill.code, level) for skill, level in view.skills] == [("facilitation", 5), ("procurement", 4)]
    assert [each.name for each in view.municipalities] == ["Östersund"]
    assert view.capacity == 100


def test_a_coordinator_sees_every_address_but_no_persons_name(session: Session, market: dict[str, Any]) -> None:
    coordinator = builders.actor(session, roles=["coordinator"])
    assert queries.offer_view(session, coordinator, market["room"].id).exact
    lead = market["lead"]
    assert not queries.offer_view(session, coordinator, lead.id).exact
    own = builders.actor(session, session.get_one(Organisation, lead.organisation_id), roles=["coordinator"])
    assert queries.offer_view(session, own, lead.id).exact


def test_a_long_list_takes_as_many_queries_as_a_short_one(
    session: Session, reader: Actor, market: dict[str, Any]
) -> None:
    with counted(session) as short:
        queries.search_offers(session, reader, OfferSearch())
    for _ in range(10):
        builders.offer(session, builders.staff(session))
        builders.offer(session, builders.space(session))
    with counted(session) as long:
        assert queries.search_offers(session, reader, OfferSearch(), limit=100).total == 25
    # offers with resources, sites, organisations and cards, and how many; units; skills
    assert len(long) == len(short) == 3


def test_looking_for_a_resources_offers_uses_an_index(session: Session) -> None:
    session.execute(text("set local enable_seqscan = off"))
    overlap = "select 1 from offer where state = 'open' and during && tstzrange(now(), now() + interval '1 day')"
    for query, index in (
        (overlap, "ix_offer_state_during"),
        ("select 1 from offer where resource_id = gen_random_uuid()", "ix_offer_resource_id"),
        ("select 1 from offer where organisation_id = gen_random_uuid()", "ix_offer_organisation_id"),
    ):
        plan = "\n".join(session.execute(text(f"explain {query}")).scalars())
        assert index in plan, plan
