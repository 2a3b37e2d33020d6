"""The parties' answers, and what the last yes leads to."""

import pytest
from sqlalchemy import select
from sqlmodel import Session

from core.errors import Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from marketplace.bookings.models import Booking, BookingKind
from marketplace.notices.models import Notice
from marketplace.offers.models import OfferState, Terms
from marketplace.proposals import service
from marketplace.proposals.models import Answer, ProposalState, Side
from marketplace.proposals.queries import parties
from marketplace.requests.models import NeedState, RequestState
from marketplace.requests.service import withdraw_request
from resources.models import Claim, ClaimSource
from tests import builders
from tests.marketplace.proposals.deals import Deal, accept, count, deal, moves, told


def both_accept(session: Session, found: Deal) -> service.Acceptance:
    accept(session, found.lister, found.proposal)
    return accept(session, found.requester, found.proposal)


def test_the_first_yes_waits_for_the_other(session: Session) -> None:
    found = deal(session)
    assert service.accept(session, found.lister, found.proposal.id) == service.Acceptance()
    answers = {party.side: (party.answer, party.member_id) for party in parties(session, found.proposal.id)}
    assert answers == {Side.LISTER: (Answer.ACCEPTED, found.lister.member_id), Side.REQUESTER: (None, None)}
    assert found.proposal.state is ProposalState.APPROVED
    assert count(session, Booking) == 0
    assert told(session, found.requester) == ["accepted"]
    assert told(session, found.lister) == []


@pytest.mark.parametrize("order", [("lister", "requester"), ("requester", "lister")])
def test_the_last_yes_books_and_claims_in_any_order(session: Session, order: tuple[str, str]) -> None:
    found = deal(session)
    first, last = (getattr(found, who) for who in order)
    service.accept(session, first, found.proposal.id)
    (booking,) = service.accept(session, last, found.proposal.id).bookings
    assert (booking.lender_id, booking.borrower_id) == (found.lister.organisation_id, found.requester.organisation_id)
    assert booking.kind is BookingKind.ROOM_USE
    assert (booking.during.lower, booking.during.upper) == (builders.at(14, 9), builders.at(14, 11))
    claim = session.scalars(select(Claim)).one()
    assert (claim.source, claim.booking_id, claim.amount) == (ClaimSource.BOOKING, booking.id, 1)
    assert claim.during == booking.during
    assert found.proposal.state is ProposalState.AGREED
    session.refresh(found.needs[0])
    session.refresh(found.request)
    assert found.needs[0].state is NeedState.AGREED
    assert found.request.state is RequestState.AGREED


def test_every_step_is_audited_and_told(session: Session) -> None:
    found = deal(session)
    (booking,) = both_accept(session, found).bookings
    assert moves(session, found.proposal) == [
        (None, None, "accepted"),
        (None, None, "accepted"),
        ("approved", "agreed", None),
    ]
    assert moves(session, booking, "booking") == [(None, "agreed", None)]
    assert moves(session, found.needs[0], "need") == [("proposed", "agreed", None)]
    assert told(session, found.lister) == ["agreed"]
    assert told(session, found.requester) == ["accepted", "agreed"]


@pytest.mark.parametrize("agreed", [False, True])
def test_the_same_yes_again_is_told_so(session: Session, agreed: bool) -> None:
    found = deal(session)
    service.accept(session, found.lister, found.proposal.id)
    if agreed:
        service.accept(session, found.requester, found.proposal.id)
    with pytest.raises(Conflict) as refused:
        service.accept(session, found.lister, found.proposal.id)
    assert refused.value.code == "already_answered"
    assert count(session, Booking) == int(agreed)


def test_only_the_parties_answer_and_only_in_their_roles(session: Session) -> None:
    found = deal(session)
    with pytest.raises(NotAllowed) as refused:
        service.accept(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "not_a_party"
    stranger = builders.actor(session)
    with pytest.raises(NotFound):
        service.accept(session, stranger, found.proposal.id)
    colleague = builders.actor(session, builders.home_of(session, found.offers[0]), roles=["requester"])
    with pytest.raises(NotAllowed, match="Only a lister or an approver answers") as refused:
        service.accept(session, colleague, found.proposal.id)
    assert refused.value.code == "role_missing"


def test_an_organisation_that_asks_itself_is_two_parties(session: Session) -> None:
    home = builders.organisation(session)
    lent = builders.offer(session, builders.space(session, builders.site(session, home)))
    asked = builders.request(session, builders.member(session, home))
    made = builders.approved(session, (builders.need(session, asked), lent))
    lister = builders.actor(session, home, roles=["lister"])
    requester = builders.actor(session, home, roles=["requester"])
    assert not service.accept(session, lister, made.id).bookings
    assert len(service.accept(session, requester, made.id).bookings) == 1


def test_who_holds_both_roles_answers_for_both_sides_or_for_one(session: Session) -> None:
    home = builders.organisation(session)
    lent = builders.offer(session, builders.space(session, builders.site(session, home)))
    asked = builders.request(session, builders.member(session, home))
    made = [
        builders.approved(session, (builders.need(session, asked), lent), when=[builders.days(n, n + 1)])
        for n in (1, 2)
    ]
    both = builders.actor(session, home)
    assert len(service.accept(session, both, made[0].id).bookings) == 1
    assert not service.accept(session, both, made[1].id, Side.LISTER).bookings
    assert len(service.accept(session, both, made[1].id, Side.REQUESTER).bookings) == 1


@pytest.mark.parametrize("state", [ProposalState.REFUSED, ProposalState.EXPIRED, ProposalState.SUPERSEDED])
def test_what_has_ended_is_not_accepted(session: Session, state: ProposalState) -> None:
    found = deal(session)
    service.accept(session, found.lister, found.proposal.id)
    found.proposal.state = state
    for actor in (found.lister, found.requester):
        with pytest.raises(StateChanged) as refused:
            service.accept(session, actor, found.proposal.id)
        assert refused.value.details["state"] == state


def test_too_late_is_too_late_even_before_the_sweep(session: Session) -> None:
    found = deal(session)
    with clock.frozen(found.proposal.answer_by), pytest.raises(StateChanged) as refused:
        service.accept(session, found.lister, found.proposal.id)
    assert refused.value.details["state"] == "expired"


def test_a_request_withdrawn_in_the_middle_is_not_agreed(session: Session) -> None:
    found = deal(session)
    service.accept(session, found.lister, found.proposal.id)
    withdraw_request(session, found.requester, found.request.id)
    with pytest.raises(Conflict) as refused:
        service.accept(session, found.requester, found.proposal.id)
    assert refused.value.code == "no_longer_wanted"
    assert count(session, Booking) == 0


def test_an_offer_closed_in_the_middle_is_not_agreed(session: Session) -> None:
    found = deal(session)
    found.offers[0].state = OfferState.CLOSED
    with pytest.raises(Conflict) as refused:
        service.accept(session, found.requester, found.proposal.id)
    assert refused.value.code == "no_longer_offered"


def test_a_party_may_refuse_also_after_its_own_yes(session: Session) -> None:
    found = deal(session)
    service.accept(session, found.lister, found.proposal.id)
    refused = service.refuse(session, found.lister, found.proposal.id, "capacity_needed_ourselves")
    assert refused.state is ProposalState.REFUSED
    assert refused.refused_by_id == found.lister.organisation_id
    answers = {party.side: party.answer for party in parties(session, found.proposal.id)}
    assert answers == {Side.LISTER: Answer.REFUSED, Side.REQUESTER: None}
    session.refresh(found.request)
    assert found.request.state is RequestState.OPEN
    assert told(session, found.requester) == ["accepted", "refused"]


def test_who_is_no_party_does_not_refuse(session: Session) -> None:
    found = deal(session)
    colleague = builders.actor(session, builders.home_of(session, found.offers[0]), roles=["requester"])
    with pytest.raises(NotAllowed):
        service.refuse(session, colleague, found.proposal.id, "budget")


def test_what_is_agreed_is_not_refused(session: Session) -> None:
    found = deal(session)
    both_accept(session, found)
    with pytest.raises(StateChanged):
        service.refuse(session, found.requester, found.proposal.id, "budget")


def test_the_kind_of_booking_follows_family_and_terms(session: Session) -> None:
    lots = [
        (builders.offer(session), BookingKind.ROOM_USE),
        (builders.offer(session, builders.vehicle(session)), BookingKind.VEHICLE_LOAN),
        (builders.offer(session, builders.staff(session)), BookingKind.STAFF_LOAN),
        (builders.offer(session, builders.furniture(session)), BookingKind.ITEM_LOAN),
        (builders.offer(session, builders.furniture(session), terms=Terms.HAND_OVER), BookingKind.HAND_OVER),
    ]
    for offer, kind in lots:
        (booking,) = both_accept(session, deal(session, offer)).bookings
        assert booking.kind is kind


def test_a_hand_over_claims_without_an_end(session: Session) -> None:
    lot = builders.offer(session, builders.furniture(session), terms=Terms.HAND_OVER)
    (booking,) = both_accept(session, deal(session, lot, when=[builders.days(14, None)], amount=12)).bookings
    assert booking.during.upper is None
    assert session.scalars(select(Claim)).one().during.upper is None


def test_a_series_is_one_booking_with_a_claim_for_each_date(session: Session) -> None:
    dates = [builders.Interval(builders.at(day, 9), builders.at(day, 12)) for day in (14, 21, 28)]
    (booking,) = both_accept(session, deal(session, when=dates)).bookings
    assert count(session, Claim) == 3
    assert (booking.during.lower, booking.during.upper) == (builders.at(14, 9), builders.at(28, 12))


def test_a_whole_hall_claims_both_of_its_halves(session: Session) -> None:
    both_accept(session, deal(session, builders.offer(session, builders.hall(session))))
    assert count(session, Claim) == 2


def bundle(session: Session) -> Deal:
    """A room and 12 of 40 chairs of one lister, for one request."""
    home = builders.organisation(session)
    place = builders.site(session, home)
    room, chairs = builders.space(session, place), builders.furniture(session, place)
    return deal(session, builders.offer(session, room), builders.offer(session, chairs))


def take_away(session: Session, found: Deal, offer: int, note: str = "") -> None:
    """Let the owner claim all of what an offer lends on the day of the deal."""
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[offer]))
    builders.claim(session, unit, builders.days(14, 15), unit.capacity, note=note)


def test_a_bundle_books_all(session: Session) -> None:
    found = bundle(session)
    assert len(both_accept(session, found).bookings) == count(session, Claim) == 2


@pytest.mark.parametrize("taken", [0, 1])
def test_a_bundle_books_nothing_when_one_of_it_is_taken(session: Session, taken: int) -> None:
    found = bundle(session)
    take_away(session, found, taken, note="Vi behöver det själva")
    outcome = both_accept(session, found)
    assert outcome.bookings == ()
    assert count(session, Booking) == 0
    assert count(session, Claim) == 1  # the owner's
    session.refresh(found.proposal)
    assert (found.proposal.state, found.proposal.refusal_code) == (ProposalState.REFUSED, "no_longer_available")
    assert found.proposal.refused_by_id is None
    for need in found.needs:
        session.refresh(need)
        assert need.state is NeedState.OPEN
    session.refresh(found.request)
    assert found.request.state is RequestState.OPEN
    assert moves(session, found.proposal)[-1] == ("approved", "refused", "taken")
    assert told(session, found.lister)[-1] == told(session, found.requester)[-1] == "taken"


def test_the_owner_reads_what_took_it_and_others_less(session: Session) -> None:
    for last in ("lister", "requester"):
        found = bundle(session)
        take_away(session, found, 0, note="Hemligt möte")
        first = found.requester if last == "lister" else found.lister
        service.accept(session, first, found.proposal.id)
        taken = service.accept(session, getattr(found, last), found.proposal.id).taken
        assert taken is not None
        assert taken.code == "taken"
        clash = taken.details["clashes"][0]
        assert clash["resource"] == builders.resource_of(session, found.offers[0]).name
        assert (clash["capacity"], clash["taken"], clash["wanted"]) == (1, 1, 1)
        assert clash["claims"][0]["source"] == "owner"
        assert clash["claims"][0]["note"] == ("Hemligt möte" if last == "lister" else "")
        facts = [notice.facts for notice in session.scalars(select(Notice).where(Notice.code == "taken"))]
        assert "Hemligt" not in str(facts)


def test_what_another_booking_took_is_named_to_its_own_sides(session: Session) -> None:
    first = deal(session)
    second = deal(session, *first.offers)
    (booking,) = both_accept(session, first).bookings
    accept(session, second.requester, second.proposal)
    taken = accept(session, second.lister, second.proposal).taken
    assert taken is not None
    assert taken.details["clashes"][0]["claims"][0]["bookingId"] == str(booking.id)

    third = deal(session, *first.offers)
    accept(session, third.lister, third.proposal)
    taken = accept(session, third.requester, third.proposal).taken
    assert taken is not None
    assert taken.details["clashes"][0]["claims"][0]["bookingId"] is None


def test_what_was_given_back_is_answered_no_more(session: Session) -> None:
    found = bundle(session)
    take_away(session, found, 1)
    both_accept(session, found)
    with pytest.raises(StateChanged):
        service.accept(session, found.requester, found.proposal.id)
