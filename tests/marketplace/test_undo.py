"""Undoing that an offer was closed or a request withdrawn: as it was before, in time, once, or refused with why."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.actor import Actor
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.settings import settings
from core.time import clock
from core.time.interval import Interval, to_range
from marketplace.bookings import bundles
from marketplace.bookings import service as bookings
from marketplace.bookings.models import BundleDecision, BundleState
from marketplace.offers import service as offers
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member
from marketplace.planning import service as planning
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.models import ProposalState
from marketplace.proposals.service import accept
from marketplace.requests import service as requests
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.queries import needs_of
from tests import builders
from tests.marketplace.bookings.test_bundles import broken
from tests.marketplace.proposals.deals import deal, moves
from tests.marketplace.proposals.test_racing import at_once

MINUTE = timedelta(minutes=1)


def to_undo() -> timedelta:
    return timedelta(minutes=settings().undo_minutes)


def lister_of(session: Session, offer: Offer) -> Actor:
    return builders.actor(session, builders.home_of(session, offer))


def requester_of(session: Session, request: Request) -> Actor:
    return builders.actor_of(session, session.get_one(Member, request.member_id))


def said(session: Session, request: Request) -> list[tuple[Any, ...]]:
    """Return what stands in a request's needs, and in what state each is."""
    needs = needs_of(session, [request.id])[request.id]
    return [(each.position, each.title, each.alternative_group, each.timing, each.state) for each in needs]


# Offers


@pytest.mark.parametrize("state", [OfferState.DRAFT, OfferState.OPEN, OfferState.PAUSED])
def test_a_closed_offer_is_again_what_it_was(session: Session, state: OfferState) -> None:
    offer = builders.offer(session, state=state, conditions="Nyckel i receptionen")
    lister = lister_of(session, offer)
    offers.close_offer(session, lister, offer.id, "Fel rum")
    assert offers.reopen_offer(session, lister, offer.id).state is state
    assert offers.reopen_offer(session, lister, offer.id).state is state  # as from a second tab
    assert moves(session, offer, "offer") == [(state, "closed", None), ("closed", state, "undone")]
    assert offer.conditions == "Nyckel i receptionen"
    offers.close_offer(session, lister, offer.id)
    assert offers.reopen_offer(session, lister, offer.id).state is state


def test_what_waits_for_an_answer_goes_on_when_a_closing_is_undone(session: Session) -> None:
    found = deal(session)
    offers.close_offer(session, found.lister, found.offers[0].id)
    with pytest.raises(Conflict, match="no longer made"):
        accept(session, found.lister, found.proposal.id)
    assert expire_due(session, clock.now() + to_undo() - MINUTE) == 0
    offers.reopen_offer(session, found.lister, found.offers[0].id)
    assert expire_due(session, clock.now() + to_undo() + MINUTE) == 0
    accept(session, found.lister, found.proposal.id)
    assert accept(session, found.requester, found.proposal.id).bookings


def test_a_closing_is_undone_in_time_only(session: Session) -> None:
    offer = builders.offer(session)
    lister = lister_of(session, offer)
    offers.close_offer(session, lister, offer.id)
    with clock.frozen(clock.now() + to_undo() + MINUTE), pytest.raises(Conflict) as refused:
        offers.reopen_offer(session, lister, offer.id)
    assert (refused.value.code, offer.state) == ("undo_too_late", OfferState.CLOSED)


def test_a_closing_is_not_undone_beside_what_came_in_its_place(session: Session) -> None:
    offer = builders.offer(session)
    lister = lister_of(session, offer)
    offers.close_offer(session, lister, offer.id)
    other = offers.create_offer(session, lister, offer.resource_id, offers.rules.OfferDraft(builders.days(3, 9)))
    with pytest.raises(Conflict) as refused:
        offers.reopen_offer(session, lister, offer.id)
    assert refused.value.details == {"offer": str(other.id)}
    offers.close_offer(session, lister, other.id)
    assert offers.reopen_offer(session, lister, offer.id).state is OfferState.OPEN


def test_an_offer_whose_time_is_over_stays_closed(session: Session) -> None:
    offer = builders.offer(session)
    lister = lister_of(session, offer)
    offers.close_offer(session, lister, offer.id)
    offer.during = to_range(Interval(clock.now() - timedelta(days=2), clock.now()))
    session.flush()
    with pytest.raises(BadInput, match="over already"):
        offers.reopen_offer(session, lister, offer.id)


def test_only_who_may_close_an_offer_undoes_it_and_only_a_closing(session: Session) -> None:
    offer = builders.offer(session)
    lister = lister_of(session, offer)
    with pytest.raises(Conflict) as refused:
        offers.reopen_offer(session, lister, offer.id)
    assert refused.value.code == "nothing_to_undo"
    offers.close_offer(session, lister, offer.id)
    with pytest.raises(StateChanged):
        offers.open_offer(session, lister, offer.id)
    with pytest.raises(NotFound):
        offers.reopen_offer(session, builders.actor(session), offer.id)
    asker = builders.actor(session, builders.home_of(session, offer), roles=["requester"])
    with pytest.raises((NotFound, NotAllowed)):
        offers.reopen_offer(session, asker, offer.id)


def test_two_tabs_undo_a_closing_once(engine: Engine) -> None:
    with db.unit_of_work() as session:
        offer = builders.offer(session)
        lister = lister_of(session, offer)
    with db.unit_of_work() as session:
        offers.close_offer(session, lister, offer.id)
    done = at_once(*[lambda session: offers.reopen_offer(session, lister, offer.id).state] * 3)
    assert done == [OfferState.OPEN] * 3
    with db.unit_of_work() as session:
        assert [each[1:] for each in moves(session, offer, "offer")] == [("closed", None), ("open", "undone")]


# Requests


def test_a_withdrawn_request_has_its_alternatives_its_bundle_and_its_times_again(session: Session) -> None:
    for together in (False, True):
        request = builders.request(session, together=together)
        for group in (None, None) if together else (1, 1, None):
            builders.need(session, request, alternative_group=group)
        before, requester = said(session, request), requester_of(session, request)
        requests.withdraw_request(session, requester, request.id, "Fel behov")
        assert {each[-1] for each in said(session, request)} == {NeedState.DROPPED}
        planning.reopen_request(session, requester, request.id)
        assert planning.reopen_request(session, requester, request.id).state is RequestState.OPEN
        assert (said(session, request), request.together) == (before, together)
        assert moves(session, request, "request") == [("open", "withdrawn", None), ("withdrawn", "open", "undone")]


def test_a_withdrawn_draft_is_a_draft_again(session: Session) -> None:
    request = builders.request(session, state=RequestState.DRAFT)
    builders.need(session, request)
    requester = requester_of(session, request)
    requests.withdraw_request(session, requester, request.id)
    assert planning.reopen_request(session, requester, request.id).state is RequestState.DRAFT


def test_a_proposal_that_waits_still_serves_its_need_again(session: Session) -> None:
    found = deal(session)
    requests.withdraw_request(session, found.requester, found.request.id)
    planning.reopen_request(session, found.requester, found.request.id)
    session.refresh(found.request)
    assert (found.request.state, said(session, found.request)[0][-1]) == (RequestState.PROPOSED, NeedState.PROPOSED)
    assert expire_due(session, clock.now() + to_undo() + MINUTE) == 0
    accept(session, found.lister, found.proposal.id)
    assert accept(session, found.requester, found.proposal.id).bookings


def test_a_proposal_that_came_to_nothing_meanwhile_leaves_its_need_open(session: Session) -> None:
    found = deal(session, answer_by=clock.now() + 5 * MINUTE)
    requests.withdraw_request(session, found.requester, found.request.id)
    assert expire_due(session, found.proposal.answer_by) == 1
    assert found.proposal.state is ProposalState.EXPIRED
    planning.reopen_request(session, found.requester, found.request.id)
    session.refresh(found.request)
    assert (found.request.state, said(session, found.request)[0][-1]) == (RequestState.OPEN, NeedState.OPEN)


def test_the_rest_of_a_partly_agreed_bundle_is_wanted_again(session: Session) -> None:
    found, _, _ = broken(session)
    before = said(session, found.request)
    requests.withdraw_request(session, found.requester, found.request.id)
    bundles.end_due(session, clock.now())  # no need waits, but it may be undone
    planning.reopen_request(session, found.requester, found.request.id)
    session.refresh(found.request)
    assert said(session, found.request) == before
    assert (found.request.state, found.request.together) == (RequestState.PARTLY_AGREED, True)
    assert session.scalars(select(BundleDecision)).one().state is BundleState.WAITING


def test_what_was_decided_of_the_rest_meanwhile_stands(session: Session) -> None:
    found, _, _ = broken(session)
    requests.withdraw_request(session, found.requester, found.request.id)
    planning.decide_bundle(session, found.coordinator, found.request.id, BundleState.KEPT)
    with pytest.raises(Conflict) as refused:
        planning.reopen_request(session, found.requester, found.request.id)
    assert refused.value.code == "decided"


def test_only_what_was_withdrawn_last_is_wanted_again(session: Session) -> None:
    """A need that was removed before, and an alternative of one that is agreed, stay dropped."""
    request = builders.request(session)
    kept, removed = builders.need(session, request), builders.need(session, request)
    requester = requester_of(session, request)
    requests._drop(session, requester, [removed], "removed", alternative_group=None)
    requests.withdraw_request(session, requester, request.id)
    planning.reopen_request(session, requester, request.id)
    session.refresh(kept)
    session.refresh(removed)
    assert (kept.state, removed.state) == (NeedState.OPEN, NeedState.DROPPED)


@pytest.mark.parametrize(
    ("later", "ends_in", "code"), [(11 * MINUTE, 60 * MINUTE, "undo_too_late"), (6 * MINUTE, 5 * MINUTE, "passed")]
)
def test_a_withdrawal_that_cannot_be_undone_any_more(
    session: Session, later: timedelta, ends_in: timedelta, code: str
) -> None:
    request = builders.request(session)
    builders.need(session, request, ends_at=clock.now() + ends_in)
    requester = requester_of(session, request)
    requests.withdraw_request(session, requester, request.id)
    with clock.frozen(clock.now() + later), pytest.raises(Conflict) as refused:
        planning.reopen_request(session, requester, request.id)
    assert (refused.value.code, request.state) == (code, RequestState.WITHDRAWN)


def test_only_a_requester_at_home_undoes_and_only_a_withdrawal(session: Session) -> None:
    request = builders.request(session)
    builders.need(session, request)
    requester = requester_of(session, request)
    with pytest.raises(Conflict) as refused:
        planning.reopen_request(session, requester, request.id)
    assert refused.value.code == "nothing_to_undo"
    requests.withdraw_request(session, requester, request.id)
    with pytest.raises(NotFound):
        planning.reopen_request(session, builders.actor(session), request.id)
    with pytest.raises(NotAllowed):
        planning.reopen_request(session, builders.coordinator(session), request.id)
    with pytest.raises(StateChanged):
        requests.open_request(session, requester, request.id)


def test_an_undone_withdrawal_and_a_sweep_at_once_agree_on_what_waits(engine: Engine) -> None:
    for _ in range(3):
        with db.unit_of_work() as session:
            found = deal(session)
        with db.unit_of_work() as session:
            requests.withdraw_request(session, found.requester, found.request.id)
        at_once(
            lambda session, found=found: planning.reopen_request(session, found.requester, found.request.id).id,
            lambda session: expire_due(session, clock.now() + to_undo() + MINUTE),
        )
        with db.unit_of_work() as session:
            state = session.get_one(type(found.proposal), found.proposal.id).state
            need = session.get_one(Need, found.needs[0].id).state
            expected = NeedState.PROPOSED if state is ProposalState.APPROVED else NeedState.OPEN
            assert need is expected
            assert session.get_one(Request, found.request.id).state.value == need.value


def test_a_booking_that_was_cancelled_meanwhile_hinders_nothing(session: Session) -> None:
    found, _, (kept, _) = broken(session, together=False)
    requests.withdraw_request(session, found.requester, found.request.id)
    bookings.cancel(session, found.requester, kept.id, "no_longer_needed")
    planning.reopen_request(session, found.requester, found.request.id)
    assert {each[-1] for each in said(session, found.request)} == {NeedState.OPEN}
