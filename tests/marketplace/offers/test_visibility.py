"""Who sees which offer: each tier, widening, consent, states, and that the rule and the query say the same."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import NotFound
from core.time import clock
from marketplace.offers import queries
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.offers.rules import Audience, visible_tier, widens_of
from marketplace.organisations.models import Organisation
from tests import builders

TODAY = datetime(2027, 1, 15, 9, tzinfo=UTC)


class Town:
    """The lister's organisation in Östersund, and somebody at each distance from it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.home: Organisation = builders.organisation(session)
        friend = builders.organisation(session, municipality_code="0180")
        builders.partners(session, self.home, friend)
        reader = {"roles": ["requester"]}
        self.people: dict[str, Actor] = {
            "department": builders.actor(session, self.home, department="Lokaler", **reader),
            "organisation": builders.actor(session, self.home, department="Ekonomi", **reader),
            "partner": builders.actor(session, friend, **reader),
            "region": builders.actor(session, builders.organisation(session), **reader),
            "stranger": builders.actor(session, builders.organisation(session, municipality_code="0180"), **reader),
        }

    def offer(self, visibility: Visibility, **values: object) -> Offer:
        room = builders.space(self.session, builders.site(self.session, self.home))
        return builders.offer(self.session, room, visibility=visibility, department="Lokaler", **values)

    def seen_by(self, offer: Offer) -> set[str]:
        return {name for name, actor in self.people.items() if sees(self.session, actor, offer)}


def sees(session: Session, actor: Actor | None, offer: Offer) -> bool:
    statement = queries.visible_to(actor).where(Offer.id == offer.id)  # type: ignore[arg-type]
    return session.scalars(statement).one_or_none() is not None


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


EVERYBODY = {"department", "organisation", "partner", "region", "stranger"}
SEEN = {
    Visibility.DEPARTMENT: {"department"},
    Visibility.ORGANISATION: {"department", "organisation"},
    Visibility.PARTNERS: {"department", "organisation", "partner"},
    Visibility.REGION: EVERYBODY - {"stranger"},
    Visibility.ALL: EVERYBODY,
}


@pytest.mark.parametrize("tier", list(Visibility))
def test_each_tier_is_seen_by_those_in_it_and_by_nobody_else(town: Town, tier: Visibility) -> None:
    assert town.seen_by(town.offer(tier)) == SEEN[tier]


def test_a_tier_widens_on_its_date_and_not_before(town: Town) -> None:
    with clock.frozen(TODAY):
        offer = town.offer(Visibility.ORGANISATION, widens=[["2027-01-20", "region"], ["2027-02-01", "all"]])
        assert town.seen_by(offer) == SEEN[Visibility.ORGANISATION]
    with clock.frozen(TODAY + timedelta(days=5)):
        assert town.seen_by(offer) == SEEN[Visibility.REGION]
    with clock.frozen(TODAY + timedelta(days=17)):
        assert town.seen_by(offer) == SEEN[Visibility.ALL]


def test_the_region_is_where_the_thing_stands_not_where_its_owner_has_its_seat(session: Session, town: Town) -> None:
    agency = builders.organisation(session, municipality_code="0180")
    local_office = builders.site(session, agency)  # in Östersund
    offer = builders.offer(session, builders.space(session, local_office), visibility=Visibility.REGION)
    assert town.seen_by(offer) == {"department", "organisation", "region"}


@pytest.mark.parametrize("state", [OfferState.DRAFT, OfferState.PAUSED, OfferState.CLOSED])
def test_others_see_only_what_is_open(session: Session, town: Town, state: OfferState) -> None:
    offer = town.offer(Visibility.ALL, state=state)
    assert town.seen_by(offer) == set()
    assert sees(session, builders.actor(session, town.home, roles=["lister"]), offer)
    assert sees(session, builders.actor(session, town.home, roles=["admin"]), offer)
    assert not sees(session, builders.actor(session, roles=["lister"]), offer)


def test_a_coordinator_sees_every_tier_but_no_drafts(session: Session, town: Town) -> None:
    boss = builders.coordinator(session)
    assert sees(session, boss, town.offer(Visibility.DEPARTMENT))
    assert sees(session, boss, town.offer(Visibility.DEPARTMENT, state=OfferState.CLOSED))
    assert not sees(session, boss, town.offer(Visibility.ALL, state=OfferState.DRAFT))


@pytest.mark.parametrize("missing", ["employee", "manager", "hr"])
def test_a_persons_time_is_hidden_until_all_three_have_consented(session: Session, missing: str) -> None:
    home = builders.organisation(session)
    card = builders.staff(session, home)
    offer = builders.offer(session, card)
    reader, boss = builders.actor(session), builders.coordinator(session)
    lister = builders.actor(session, home, roles=["lister"])
    assert sees(session, reader, offer)
    builders.withdrawn(session, card, missing)
    assert not sees(session, reader, offer)
    assert not sees(session, boss, offer)
    assert sees(session, lister, offer)


def test_what_may_not_be_seen_is_not_found(session: Session, town: Town) -> None:
    offer = town.offer(Visibility.ORGANISATION)
    with pytest.raises(NotFound):
        queries.offer_view(session, town.people["stranger"], offer.id)
    assert queries.offer_view(session, None, offer.id).managed


def test_the_rule_and_the_query_say_the_same(session: Session, town: Town) -> None:
    """Every tier, every widening and every viewer: 5 × 5 × 5 answers, each asked in Python and in SQL."""
    with clock.frozen(TODAY):
        dates = ("2027-01-15", "2027-01-16")  # today and tomorrow
        widenings = [[], [[dates[0], "all"]], [[dates[0], "partners"]], [[dates[1], "all"]]]
        widenings.append([[dates[0], "region"], [dates[1], "all"]])
        for tier, widens in product(Visibility, widenings):
            offer = town.offer(tier, widens=widens)
            today = visible_tier(offer.visibility, widens_of(offer), clock.today())
            audience = Audience(today, town.home.id, "23", "Lokaler")
            expected = {name for name, actor in town.people.items() if audience.includes(actor)}
            assert town.seen_by(offer) == expected, (tier, widens)
