"""Answers at the same moment, in transactions of their own: exactly one outcome, and never half of one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from competence.approvals.models import Approver
from competence.models import StaffCapacity
from core.database import db
from core.errors import Conflict, PlatsverketError, StateChanged
from core.time import clock
from marketplace.bookings import service as bookings
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.movements import note
from marketplace.cards import approving
from marketplace.cards.models import LoanWithdrawal
from marketplace.mobility import wishes
from marketplace.planning import surging, wishing
from marketplace.proposals import deadlines, service
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.proposals.queries import parties
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.service import withdraw_request
from marketplace.surges.models import Roster
from resources import claims
from resources.models import Claim
from tests import builders
from tests.marketplace.loans.agreeing import lent
from tests.marketplace.mobility.wishing import draft, home, need
from tests.marketplace.proposals.deals import Deal, accept, begin, count, deal, moves
from tests.marketplace.surges import alerts

Errand = Callable[[Session], Any]


def at_once(*errands: Errand) -> list[Any]:
    """Do each errand in a thread and a transaction of its own; return what came of each, or its error."""
    start = Barrier(len(errands))

    def do(errand: Errand) -> Any:
        try:
            with db.unit_of_work() as session:
                start.wait()
                return errand(session)
        except PlatsverketError as error:
            return error

    with ThreadPoolExecutor(len(errands)) as threads:
        return list(threads.map(do, errands))


def saved(*offers: Any, **values: Any) -> Deal:
    with db.unit_of_work() as session:
        return deal(session, *offers, **values)


def accepts(found: Deal, who: str) -> Errand:
    return lambda session: service.accept(session, getattr(found, who), found.proposal.id)


@pytest.mark.parametrize("_attempt", range(5))
def test_two_parties_at_the_same_moment_make_one_agreement(engine: Engine, _attempt: int) -> None:
    found = saved()
    outcomes = at_once(accepts(found, "lister"), accepts(found, "requester"))
    assert sorted(len(outcome.bookings) for outcome in outcomes) == [0, 1]
    with db.unit_of_work() as session:
        assert count(session, Booking) == count(session, Claim) == 1
        assert session.get_one(Proposal, found.proposal.id).state is ProposalState.AGREED
        assert moves(session, found.proposal)[-1] == ("approved", "agreed", None)


def test_the_same_party_twice_at_the_same_moment_counts_once(engine: Engine) -> None:
    found = saved()
    outcomes = at_once(*[accepts(found, "lister")] * 4)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert [error.code for error in refused] == ["already_answered"] * 3
    with db.unit_of_work() as session:
        assert count(session, Booking) == 0
        assert len(moves(session, found.proposal)) == 1


@pytest.mark.parametrize("_attempt", range(5))
def test_of_two_proposals_for_the_same_room_one_is_agreed_and_one_given_back(engine: Engine, _attempt: int) -> None:
    first = saved()
    second = saved(*first.offers)
    with db.unit_of_work() as session:
        for found in (first, second):
            service.accept(session, found.lister, found.proposal.id)
    outcomes = at_once(accepts(first, "requester"), accepts(second, "requester"))
    assert sorted(len(outcome.bookings) for outcome in outcomes) == [0, 1]
    assert [outcome.taken.code for outcome in outcomes if outcome.taken] == ["taken"]
    with db.unit_of_work() as session:
        assert sorted(session.scalars(select(Proposal.state))) == ["agreed", "refused"]
        assert sorted(session.scalars(select(Need.state))) == ["agreed", "open"]
        assert sorted(session.scalars(select(Request.state))) == ["agreed", "open"]
        assert count(session, Claim) == 1


def test_bundles_that_want_the_same_in_another_order_never_wait_in_a_ring(engine: Engine) -> None:
    with db.unit_of_work() as session:
        home = builders.organisation(session)
        place = builders.site(session, home)
        lent = [builders.offer(session, builders.space(session, place)) for _ in range(4)]
    deals = [saved(*(lent if turn % 2 else reversed(lent))) for turn in range(4)]
    with db.unit_of_work() as session:
        for found in deals:
            service.accept(session, found.lister, found.proposal.id)
    outcomes = at_once(*[accepts(found, "requester") for found in deals])
    assert sorted(len(outcome.bookings) for outcome in outcomes) == [0, 0, 0, 4]
    with db.unit_of_work() as session:
        assert count(session, Booking) == count(session, Claim) == 4


def test_of_two_proposals_for_the_same_room_one_is_approved(engine: Engine) -> None:
    first = saved(approved=False)
    second = saved(*first.offers, approved=False)
    outcomes = at_once(
        *[lambda session, it=it: service.approve(session, it.coordinator, it.proposal.id) for it in (first, second)]
    )
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)] == ["taken"]
    with db.unit_of_work() as session:
        assert sorted(session.scalars(select(Proposal.state))) == ["approved", "proposed"]


def test_a_yes_and_a_no_at_the_same_moment_leave_one_of_them(engine: Engine) -> None:
    found = saved()
    with db.unit_of_work() as session:
        service.accept(session, found.lister, found.proposal.id)
    at_once(
        accepts(found, "requester"),
        lambda session: service.refuse(session, found.lister, found.proposal.id, "terms"),
    )
    with db.unit_of_work() as session:
        state = session.get_one(Proposal, found.proposal.id).state
        assert state in {ProposalState.AGREED, ProposalState.REFUSED}
        assert count(session, Booking) == (1 if state is ProposalState.AGREED else 0)


def test_a_yes_and_a_withdrawal_at_the_same_moment_leave_one_of_them(engine: Engine) -> None:
    found = saved()
    with db.unit_of_work() as session:
        service.accept(session, found.lister, found.proposal.id)
    outcomes = at_once(
        accepts(found, "requester"),
        lambda session: withdraw_request(session, found.requester, found.request.id),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Conflict)]) == 1
    with db.unit_of_work() as session:
        need = session.get_one(Need, found.needs[0].id)
        agreed = need.state is NeedState.AGREED
        assert agreed == (session.get_one(Request, found.request.id).state is not RequestState.WITHDRAWN)
        assert count(session, Booking) == int(agreed)


def test_two_sweeps_at_the_same_moment_expire_once(engine: Engine) -> None:
    found = saved(answer_by=builders.at(-1))
    ended = at_once(*[lambda session: deadlines.expire_due(session, clock.now())] * 3)
    assert sum(ended) == 1
    with db.unit_of_work() as session:
        assert moves(session, found.proposal) == [("approved", "expired", "deadline")]


def test_an_error_at_the_last_claim_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.unit_of_work() as session:
        place = builders.site(session)
        lent = [builders.offer(session, builders.space(session, place)) for _ in range(3)]
    found = saved(*lent)
    with db.unit_of_work() as session:
        service.accept(session, found.lister, found.proposal.id)
    real, calls = claims.take, []

    def breaks_at_the_third(*args: Any, **values: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the process dies here")
        return real(*args, **values)

    monkeypatch.setattr(claims, "take", breaks_at_the_third)
    with pytest.raises(RuntimeError), db.unit_of_work() as session:
        service.accept(session, found.requester, found.proposal.id)
    with db.unit_of_work() as session:
        assert count(session, Booking) == count(session, Claim) == 0
        assert session.get_one(Proposal, found.proposal.id).state is ProposalState.APPROVED
        assert sum(party.answer is None for party in parties(session, found.proposal.id)) == 1
    monkeypatch.undo()
    with db.unit_of_work() as session:  # and the yes can be said again
        assert len(service.accept(session, found.requester, found.proposal.id).bookings) == 3


def test_a_yes_taken_back_while_it_is_agreed_on_waits_and_finds_the_loan(engine: Engine) -> None:
    with db.unit_of_work() as session:
        found = lent(session)
        accept(session, found.lister, found.proposal)

    def taken_back() -> None:
        with db.unit_of_work() as other:
            card = builders.resource_of(other, found.offers[0])
            approving.take_back(other, None, card, Approver.EMPLOYEE)

    with ThreadPoolExecutor(1) as threads:
        with db.unit_of_work() as session:
            accept(session, found.requester, found.proposal)
            taking = threads.submit(taken_back)
            wait([taking], timeout=1)  # long enough to be done, were it not to wait
        taking.result()
    with db.unit_of_work() as session:
        assert count(session, Booking) == count(session, LoanWithdrawal) == 1


def test_two_moves_of_a_booking_at_the_same_moment_are_one(engine: Engine) -> None:
    found = saved()
    with db.unit_of_work() as session:
        service.accept(session, found.lister, found.proposal.id)
        (booking,) = service.accept(session, found.requester, found.proposal.id).bookings
        begin(session, booking)
    outcomes = at_once(
        lambda session: note(session, found.lister, booking.id, MovementKind.OUT),
        lambda session: bookings.cancel(session, found.requester, booking.id, "no_longer_needed"),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, StateChanged)]) == 1
    with db.unit_of_work() as session:
        state = session.get_one(Booking, booking.id).state
        assert state in {BookingState.HANDED_OVER, BookingState.CANCELLED}
        counted = session.scalars(select(Claim).where(Claim.released_at.is_(None))).all()
        assert len(counted) == (1 if state is BookingState.HANDED_OVER else 0)


@pytest.mark.parametrize("_attempt", range(3))
def test_two_alerts_at_the_same_moment_leave_the_floor_of_one_roster(engine: Engine, _attempt: int) -> None:
    with db.unit_of_work() as session:
        alerts.lender(session, 100, 100, floor_percent=0)
        home, coordinator = builders.organisation(session), builders.coordinator(session)
    for _ in range(2):
        with db.unit_of_work() as session:
            surge_id = surging.raise_alert(session, coordinator, alerts.draft(home.id, alerts.role(1))).id
        alerts.plan(surge_id)
    with db.unit_of_work() as session:
        one, other = (each.id for each in alerts.proposed(session).values())
        session.exec(builders.select(Roster)).one().floor_percent = 50  # of 200, so that one of the two may be away
    outcomes = at_once(
        lambda session: service.approve(session, coordinator, one),
        lambda session: service.approve(session, coordinator, other),
    )
    assert [each.code for each in outcomes if isinstance(each, Conflict)] == ["floor_reached"]


def test_two_wishes_of_the_same_person_ask_at_once_and_one_card_is_made(engine: Engine) -> None:
    with db.unit_of_work() as session:
        at_home = home(session)
        other = wishes.write(session, at_home.employee, draft())
        wishes.open_(session, at_home.employee, other.id)
        needs = [need(session, title=title) for title in ("Upphandlare", "Inköpare")]
        asks = [(each.id, asked.id) for each, asked in zip((at_home.wish, other), needs, strict=True)]

    def errand(wish_id: UUID, need_id: UUID) -> Errand:
        return lambda session: wishing.ask(session, at_home.employee, wish_id, need_id)

    outcomes = at_once(*(errand(*each) for each in asks))
    assert [each.code for each in outcomes if isinstance(each, Conflict)] == ["card_offered"]
    with db.unit_of_work() as session:
        assert count(session, StaffCapacity) == 1
