"""Use cases of offers."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged, VersionChanged
from marketplace.offers import service
from marketplace.offers.models import OfferState, PriceBasis, Terms, Visibility
from marketplace.offers.rules import OfferDraft
from marketplace.organisations.models import Organisation, OrganisationKind
from resources.drafts import PartDraft, ResourceDraft
from resources.families.furniture import FurnitureFacts
from resources.families.space import SpaceFacts
from resources.models import Resource
from tests import builders

DRAFT = OfferDraft(builders.days(0, 30))


@pytest.fixture
def home(session: Session) -> Organisation:
    return builders.organisation(session)


@pytest.fixture
def lister(session: Session, home: Organisation) -> Actor:
    return builders.actor(session, home, roles=["lister"])


@pytest.fixture
def room(session: Session, home: Organisation) -> Resource:
    return builders.space(session, builders.site(session, home))


def test_an_offer_begins_as_a_draft_and_opens(session: Session, lister: Actor, room: Resource) -> None:
    offer = service.create_offer(session, lister, room.id, DRAFT)
    assert (offer.state, offer.member_id, offer.organisation_id) == ("draft", lister.member_id, lister.organisation_id)
    assert service.open_offer(session, lister, offer.id).state is OfferState.OPEN
    assert service.pause_offer(session, lister, offer.id).state is OfferState.PAUSED
    assert service.open_offer(session, lister, offer.id).state is OfferState.OPEN
    assert service.close_offer(session, lister, offer.id, "Vi flyttar").state is OfferState.CLOSED
    moves = session.exec(select(AuditEntry).where(AuditEntry.entity_id == offer.id).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
    assert [entry.to_state for entry in moves] == ["draft", "open", "paused", "open", "closed"]
    assert moves[-1].words == "Vi flyttar"


def test_a_closed_offer_is_neither_opened_nor_changed(session: Session, lister: Actor, room: Resource) -> None:
    offer = service.create_offer(session, lister, room.id, DRAFT)
    service.close_offer(session, lister, offer.id)
    with pytest.raises(StateChanged):
        service.open_offer(session, lister, offer.id)
    with pytest.raises(Conflict) as refused:
        service.update_offer(session, lister, offer.id, DRAFT)
    assert refused.value.code == "offer_closed"


def test_others_resources_are_not_found_and_readers_may_not(
    session: Session, home: Organisation, room: Resource
) -> None:
    with pytest.raises(NotFound):
        service.create_offer(session, builders.actor(session), room.id, DRAFT)
    reader = builders.actor(session, home, roles=["requester"])
    with pytest.raises(NotAllowed) as refused:
        service.create_offer(session, reader, room.id, DRAFT)
    assert refused.value.code == "lister_only"


def test_a_coordinator_sees_an_offer_but_does_not_change_it(session: Session, lister: Actor, room: Resource) -> None:
    offer = service.create_offer(session, lister, room.id, DRAFT)
    service.open_offer(session, lister, offer.id)
    with pytest.raises(NotAllowed):
        service.pause_offer(session, builders.coordinator(session), offer.id)


def test_a_resource_is_offered_once_at_a_time(session: Session, lister: Actor, room: Resource) -> None:
    first = service.create_offer(session, lister, room.id, DRAFT)
    with pytest.raises(Conflict) as refused:
        service.create_offer(session, lister, room.id, OfferDraft(builders.days(29, 60)))
    assert refused.value.details == {"offer": str(first.id)}
    later = service.create_offer(session, lister, room.id, OfferDraft(builders.days(30, 60)))
    with pytest.raises(Conflict):
        service.update_offer(session, lister, later.id, OfferDraft(builders.days(29, 60)))
    service.close_offer(session, lister, first.id)
    assert service.update_offer(session, lister, later.id, OfferDraft(builders.days(29, 60))).version == 2


def test_an_offer_whose_time_is_over(session: Session, lister: Actor, room: Resource) -> None:
    with pytest.raises(BadInput, match="over already"):
        service.create_offer(session, lister, room.id, OfferDraft(builders.days(-10, 0)))
    old = builders.offer(session, room, builders.days(-10, 0), state=OfferState.DRAFT)
    with pytest.raises(BadInput, match="over already"):
        service.open_offer(session, lister, old.id)


VALUED = {"valuationSek": 200, "valuationBasis": "internal_redisposition"}


def furniture(session: Session, home: Organisation, said: dict[str, object]) -> Resource:
    chairs = builders.furniture(session, builders.site(session, home))
    chairs.facts = chairs.facts | said
    session.flush()
    return chairs


@pytest.mark.parametrize("basis", [PriceBasis.HOUR, PriceBasis.DAY, PriceBasis.MONTH])
def test_what_is_handed_over_is_not_paid_by_time(
    session: Session, lister: Actor, home: Organisation, basis: PriceBasis
) -> None:
    chairs = furniture(session, home, VALUED)
    with pytest.raises(BadInput) as refused:
        service.create_offer(session, lister, chairs.id, replace(GIFT, price_basis=basis, price_sek=5))
    assert refused.value.parameters[0].property == "priceBasis"


def test_only_furniture_is_handed_over(session: Session, lister: Actor, room: Resource, home: Organisation) -> None:
    gift = replace(DRAFT, terms=Terms.HAND_OVER)
    with pytest.raises(BadInput, match="only furniture"):
        service.create_offer(session, lister, room.id, gift)
    chairs = furniture(session, home, VALUED)
    assert service.create_offer(session, lister, chairs.id, gift).terms is Terms.HAND_OVER


GIFT = replace(DRAFT, terms=Terms.HAND_OVER)


@pytest.mark.parametrize("said", [{}, {"valuationBasis": "internal_redisposition"}])
def test_a_state_agency_hands_over_what_is_valued(
    session: Session, lister: Actor, home: Organisation, said: dict[str, object]
) -> None:
    chairs = furniture(session, home, said)
    for kind in (OrganisationKind.MUNICIPALITY, OrganisationKind.STATE_AGENCY):
        home.kind = kind
        if kind is OrganisationKind.MUNICIPALITY:
            given = service.create_offer(session, lister, chairs.id, GIFT)
            continue
        with pytest.raises(BadInput) as refused:
            service.update_offer(session, lister, given.id, GIFT)
        assert {each.property for each in refused.value.parameters} <= {"valuationBasis", "valuationSek"}
        with pytest.raises(Conflict, match="value and the basis"):
            service.open_offer(session, lister, given.id)


def test_what_is_handed_over_keeps_its_valuation(session: Session, lister: Actor, home: Organisation) -> None:
    chairs = furniture(session, home, VALUED)
    service.create_offer(session, lister, chairs.id, GIFT)
    said = ResourceDraft("furniture", chairs.kind, chairs.name, FurnitureFacts(40, 4), site_id=chairs.site_id)
    with pytest.raises(BadInput) as refused:
        service.change_resource(session, lister, chairs.id, said)
    assert refused.value.parameters[0].property == "valuationBasis"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"conditions": "Säg 19811218 9876 i luckan"}, "conditions"),
        ({"department": "811218-9876"}, "department"),
    ],
)
def test_terms_that_contradict_each_other_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        replace(DRAFT, **changes)  # type: ignore[arg-type]
    assert refused.value.parameters[0].property == field


def test_changing_compares_versions_and_writes_only_what_is_new(
    session: Session, lister: Actor, room: Resource
) -> None:
    offer = service.create_offer(session, lister, room.id, DRAFT)
    assert service.update_offer(session, lister, offer.id, DRAFT, if_version=1).version == 1
    changed = replace(DRAFT, visibility=Visibility.REGION, conditions="Ring först")
    assert service.update_offer(session, lister, offer.id, changed, if_version=1).version == 2
    entry = session.exec(
        select(AuditEntry).where(AuditEntry.entity_id == offer.id).order_by(AuditEntry.id.desc())
    ).first()  # type: ignore[attr-defined]
    assert entry is not None
    assert entry.details == {"changed": ["conditions", "visibility"]}
    with pytest.raises(VersionChanged):
        service.update_offer(session, lister, offer.id, DRAFT, if_version=1)


def test_what_is_posted_at_once_counts_all_of_its_offers(session: Session) -> None:
    lister = builders.actor(session, roles=["lister"])
    home = session.get_one(Organisation, lister.organisation_id)
    at, home.offer_quota = builders.site(session, home), 3
    hall = ResourceDraft(
        name="Salen",
        family="space",
        kind="hall",
        facts=SpaceFacts(seats=80),
        site_id=at.id,
        parts=(PartDraft("A", 40), PartDraft("B", 40)),
    )
    assert service.post_resource(session, lister, hall, DRAFT).state is OfferState.OPEN
    with pytest.raises(Conflict, match="3 offers"):
        service.post_resource(session, lister, replace(hall, name="Sal 2", parts=()), DRAFT)
