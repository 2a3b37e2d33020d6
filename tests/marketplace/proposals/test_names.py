"""What a card is called goes to nobody outside its organisation until a loan is agreed, by whichever way."""

import json
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from sqlmodel import Session, select

from api.language.i18n import said, speaking
from api.language.notices import notice_text
from api.pages.proposals.presenter import cards
from api.schemas.agreements.bookings import booking_out
from api.schemas.agreements.proposals import proposal_out
from competence.models import StaffCapacity
from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import Conflict
from core.settings import settings
from core.time import clock
from marketplace.bookings import service as bookings
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import booking_view
from marketplace.notices.models import Notice
from marketplace.offers.queries import OfferSearch, search_offers
from marketplace.organisations.models import Organisation
from marketplace.proposals import service
from marketplace.proposals.queries import alternatives, proposal_view
from tests import builders
from tests.marketplace.proposals.deals import Deal, accept, deal

NAME = "Berit Exempelsson"


def card_deal(session: Session, **values: object) -> Deal:
    card = builders.staff(session, name=NAME, description=f"{NAME} kan mycket")
    return deal(session, builders.offer(session, card), amount=50, **values)


def told(session: Session, reader: Actor, proposal_id: UUID) -> str:
    """Return all that a page and the API tell somebody of a proposal."""
    view = proposal_view(session, reader, proposal_id)
    others = alternatives(session, view)
    return str(cards(view, others)) + msgspec.json.encode(proposal_out(view, others)).decode()


@pytest.mark.parametrize("approved", [False, True])
def test_before_it_is_agreed_only_its_own_read_the_name(session: Session, approved: bool) -> None:
    found = card_deal(session, approved=approved)
    assert NAME not in told(session, found.coordinator, found.proposal.id)
    if approved:
        assert NAME not in told(session, found.requester, found.proposal.id)
        assert NAME in told(session, found.lister, found.proposal.id)
        accept(session, found.requester, found.proposal)
        assert NAME not in told(session, found.requester, found.proposal.id)


def test_the_borrowers_contact_alone_reads_who_it_is_from_the_agreement_until_some_days_after(session: Session) -> None:
    found = card_deal(session)
    card = session.get_one(StaffCapacity, found.offers[0].resource_id)
    person = builders.member(session, builders.home_of(session, found.offers[0]), name=NAME, email="berit@e.se")
    card.member_id = person.id
    borrower = session.get_one(Organisation, found.request.organisation_id)
    colleague = builders.actor(session, borrower, roles=["requester", "approver", "admin"])
    hr = builders.actor(session, builders.home_of(session, found.offers[0]), roles=["hr"])
    accept(session, found.requester, found.proposal)
    [booking] = accept(session, found.lister, found.proposal).bookings
    for reader in (found.requester, found.coordinator):
        assert NAME not in told(session, reader, found.proposal.id), "a proposal tells it to nobody outside"

    def who(reader: Actor) -> tuple[str | None, str | None]:
        out = booking_out(booking_view(session, reader, booking.id))
        return out.offer.name, out.person and out.person.email

    assert who(found.requester) == (NAME, "berit@e.se")
    assert who(hr) == (NAME, "berit@e.se")
    assert who(found.lister) == (NAME, None), "who offers the card knows what it is called, not whose it is"
    assert who(found.coordinator) == who(colleague) == (None, None)
    builders.withdrawn(session, builders.resource_of(session, found.offers[0]), "hr")
    assert who(found.requester) == (NAME, "berit@e.se"), "the loan stands"
    last = booking.during.upper + timedelta(days=settings().identity_days)
    for late, open_ in ((timedelta(minutes=-1), True), (timedelta(0), False), (timedelta(minutes=1), False)):
        with clock.frozen(last + late):
            assert (who(found.requester)[1] is not None) == open_
            assert who(hr)[1] is not None
    booking.state = BookingState.CANCELLED
    assert who(found.requester) == (None, None)


def test_in_an_alert_whoever_said_yes_for_the_borrower_is_told_who_comes(session: Session) -> None:
    """A coordinator of another organisation has asked, and is told of nobody."""
    found = card_deal(session)
    card = session.get_one(StaffCapacity, found.offers[0].resource_id)
    home = builders.home_of(session, found.offers[0])
    card.member_id = builders.member(session, home, name=NAME, email="berit@e.se").id
    coordinator = builders.coordinator(session)
    found.request.member_id = coordinator.member_id
    accept(session, found.requester, found.proposal)
    [booking] = accept(session, found.lister, found.proposal).bookings
    for reader, told_who in ((found.requester, NAME), (coordinator, None)):
        view = booking_view(session, reader, booking.id)
        assert view.borrowing is not None
        assert view.borrowing.id == found.requester.member_id
        assert (view.identity and view.identity.name) == told_who


@pytest.mark.parametrize("end", ["cancel", "dispute", "taken"])
def test_no_notice_and_no_history_has_the_name(session: Session, end: str) -> None:
    found = card_deal(session)
    if end == "taken":
        unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
        builders.claim(session, unit, builders.days(14, 15), amount=80, note=NAME)
    accept(session, found.requester, found.proposal)
    done = accept(session, found.lister, found.proposal)
    if end == "cancel":
        bookings.cancel(session, found.lister, done.bookings[0].id, "staff_declined")
    elif end == "dispute":
        done.bookings[0].state = "handed_over"
        session.flush()
        bookings.dispute(session, found.requester, done.bookings[0].id, "not_as_agreed")
    else:
        assert done.taken is not None
    session.flush()
    notices = session.exec(select(Notice)).all()
    assert NAME not in json.dumps([notice.facts for notice in notices])
    with speaking("sv"):
        assert all(notice_text(notice) for notice in notices)
    assert NAME not in str([entry.words for entry in session.exec(select(AuditEntry)).all()])
    assert NAME not in told(session, found.requester, found.proposal.id)


def test_why_it_does_not_fit_names_nobody_to_a_coordinator(session: Session) -> None:
    found = card_deal(session, approved=False)
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    builders.claim(session, unit, builders.days(14, 15), amount=80, note=NAME)
    with pytest.raises(Conflict) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert NAME not in f"{refused.value} {refused.value.details}"
    with speaking("sv"):
        told = "Av den som erbjuds är 20 procent av heltid kvar då, och 50 efterfrågas."
        assert said(str(refused.value)) == told


def test_nobody_finds_a_card_by_its_name(session: Session) -> None:
    found = card_deal(session)
    assert search_offers(session, found.requester, OfferSearch(text="Exempelsson")).total == 0
    assert search_offers(session, found.requester, OfferSearch(text="mycket")).total == 0
