"""Emptying a building: looked through first, all or nothing, and taken back."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.settings import settings
from core.time import clock
from core.time.interval import from_range
from marketplace.emptying import service
from marketplace.emptying.rules import EmptyingDraft, LeftOut, Otherwise
from marketplace.offers.models import Offer, OfferState, Terms, Visibility
from marketplace.organisations.models import Organisation, OrganisationKind
from resources.models import ClaimSource, Resource, Site
from tests import builders
from tests.counting import counted

PERIOD = builders.days(1, 100)


@pytest.fixture
def house(session: Session) -> Site:
    return builders.site(session, builders.organisation(session, kind=OrganisationKind.REGION), name="Huset")


@pytest.fixture
def lister(session: Session, house: Site) -> Actor:
    return builders.actor(session, session.get_one(Organisation, house.organisation_id), roles=["lister"])


def offers(session: Session) -> list[Offer]:
    return list(session.exec(select(Offer).where(col(Offer.state) != OfferState.CLOSED)))


def outcome(plan: service.Plan) -> dict[str, LeftOut | None]:
    return {line.name: line.left_out for line in plan.lines}


def test_all_that_stands_there_is_offered_alike_but_for_exceptions(
    session: Session, house: Site, lister: Actor
) -> None:
    room = builders.space(session, house, name="Rum")
    hall = builders.hall(session, house, name="Sal")
    chairs = builders.furniture(session, house, name="Stolar")
    lamps = builders.furniture(session, house, name="Lampor")
    later = builders.furniture(session, house, name="Bord")
    builders.offer(session, later, builders.days(200, 300), state=OfferState.DRAFT)  # another time: no matter
    known = builders.vehicle(session, house, name="Bil")
    draft_of_car = builders.offer(session, known, state=OfferState.DRAFT)
    builders.space(session, name="Någon annanstans")
    draft = EmptyingDraft(
        PERIOD,
        visibility=Visibility.REGION,
        hand_over=True,
        conditions="Hämtas",
        otherwise={
            lamps.id: Otherwise(left_out=True),
            room.id: Otherwise(builders.days(5, 50), Visibility.ALL),
        },
    )
    plan = service.plan(session, lister, house.id, draft)
    assert outcome(plan) == {
        "Rum": None,
        "Sal": None,
        "Stolar": None,
        "Bord": None,
        "Lampor": LeftOut.CHOSEN,
        "Bil": LeftOut.OFFERED,
    }
    assert len(offers(session)) == 2  # nothing is done yet
    done, made_at = service.empty(session, lister, house.id, draft, seal=plan.seal)
    made = {each.resource_id: each for each in offers(session) if each.created_at == made_at}
    halves = session.exec(select(Resource.id).where(col(Resource.part_of_id) == hall.id)).all()
    assert made.keys() == {room.id, hall.id, *halves, chairs.id, later.id}
    assert {each.state for each in made.values()} == {OfferState.OPEN}
    said = made[chairs.id]
    assert (said.terms, said.visibility, said.conditions) == (Terms.HAND_OVER, Visibility.REGION, "Hämtas")
    assert (made[hall.id].terms, from_range(made[hall.id].during)) == (Terms.LOAN, PERIOD)
    assert (made[room.id].visibility, from_range(made[room.id].during)) == (Visibility.ALL, builders.days(5, 50))
    session.refresh(draft_of_car)
    assert draft_of_car.state is OfferState.DRAFT
    with pytest.raises(Conflict, match="looked it through"):  # the same once more
        service.empty(session, lister, house.id, draft, seal=done.seal)
    assert service.take_back(session, lister, house.id, made_at) == 6
    assert service.take_back(session, lister, house.id, made_at) == 0
    assert len(offers(session)) == 2


def test_what_is_booked_is_told_and_what_may_not_be_offered_so_is_left_out(session: Session) -> None:
    agency = builders.organisation(session, kind=OrganisationKind.STATE_AGENCY)
    lister, house = builders.actor(session, agency, roles=["lister"]), builders.site(session, agency)
    room, chairs = builders.space(session, house, name="Rum"), builders.furniture(session, house, name="Stolar")
    need = builders.need(session, builders.request(session))
    booked = builders.booking(session, need, offer_id=builders.offer(session, room, builders.days(-9, 1)).id)
    builders.claim(
        session, builders.unit_of(session, room), builders.days(3, 4), source=ClaimSource.BOOKING, booking_id=booked.id
    )
    plan = service.plan(session, lister, house.id, EmptyingDraft(PERIOD, hand_over=True))
    assert [each.resource.id for each in plan.booked] == [room.id]
    assert plan.booked[0].booked_until == builders.at(4)
    assert outcome(plan) == {"Rum": None, "Stolar": LeftOut.REFUSED}  # a state agency has to value them first
    [fault, _] = next(line.faults for line in plan.lines if line.key == chairs.id)
    assert "notes its value" in fault.reason
    out = {room.id: Otherwise(left_out=True)}
    with pytest.raises(Conflict, match="nothing to offer"):
        service.empty(session, lister, house.id, EmptyingDraft(PERIOD, hand_over=True, otherwise=out))


def test_nothing_is_offered_where_the_organisation_would_have_too_many(
    session: Session, house: Site, lister: Actor
) -> None:
    for _ in range(3):
        builders.furniture(session, house)
    session.get_one(Organisation, house.organisation_id).offer_quota = 2
    session.flush()
    with pytest.raises(Conflict, match="2 offers at a time"):
        service.empty(session, lister, house.id, EmptyingDraft(PERIOD))
    assert offers(session) == []


def test_who_may_and_what_stands_there(session: Session, house: Site, lister: Actor) -> None:
    builders.furniture(session, house, department="IT", name="IT:s")
    builders.furniture(session, house, name="Allas")
    home = session.get_one(Organisation, house.organisation_id)
    of_unit = builders.actor(session, home, roles=["lister"], grants={"lister": {"departments": ["IT"]}})
    assert outcome(service.plan(session, of_unit, house.id, EmptyingDraft(PERIOD))) == {"IT:s": None}
    with pytest.raises(NotAllowed):
        service.plan(session, builders.actor(session, home, roles=["requester"]), house.id, EmptyingDraft(PERIOD))
    with pytest.raises(NotFound):
        service.plan(session, builders.actor(session, roles=["lister"]), house.id, EmptyingDraft(PERIOD))
    elsewhere = {builders.furniture(session).id: Otherwise(left_out=True)}
    with pytest.raises(BadInput, match="nothing such stands there"):
        service.plan(session, lister, house.id, EmptyingDraft(PERIOD, otherwise=elsewhere))
    with pytest.raises(BadInput, match="choose wider"):
        EmptyingDraft(PERIOD, visibility=Visibility.DEPARTMENT)


def test_it_is_taken_back_for_some_minutes_by_who_did_it(session: Session, house: Site, lister: Actor) -> None:
    builders.furniture(session, house)
    _, made_at = service.empty(session, lister, house.id, EmptyingDraft(PERIOD), OfferState.DRAFT)
    home = session.get_one(Organisation, house.organisation_id)
    assert service.take_back(session, builders.actor(session, home, roles=["lister"]), house.id, made_at) == 0
    with (
        clock.frozen(made_at + timedelta(minutes=settings().undo_minutes + 1)),
        pytest.raises(Conflict, match="could be undone"),
    ):
        service.take_back(session, lister, house.id, made_at)
    assert service.take_back(session, lister, house.id, made_at) == 1


def test_many_things_take_about_as_many_statements_as_few(session: Session, house: Site, lister: Actor) -> None:
    sent_for = []
    for count in (3, 40):
        for _ in range(count):
            builders.furniture(session, house)
        with counted(session) as sent:
            plan, _ = service.empty(session, lister, house.id, EmptyingDraft(PERIOD))
        assert len(plan.made) == count
        sent_for.append(len(sent))
    assert sent_for[1] <= sent_for[0] + 2
