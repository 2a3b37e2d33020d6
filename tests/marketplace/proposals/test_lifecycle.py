"""Whatever is done to a proposal in whatever order: it is somewhere in its lifecycle, and all else agrees with it."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from core.errors import PlatsverketError
from core.time import clock
from marketplace.bookings.models import Booking
from marketplace.proposals import service
from marketplace.proposals.deadlines import expire_due, remind_due
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.proposals.rules import PROPOSAL
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.service import withdraw_request
from resources.models import Claim, ClaimSource
from tests import builders
from tests.marketplace.proposals.deals import Deal, count, deal, moves

P = ProposalState


def owner_takes(session: Session, found: Deal) -> None:
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    if count(session, Claim) == 0:
        builders.claim(session, unit, builders.days(14, 15))


ACTIONS: dict[str, Callable[[Session, Deal], object]] = {
    "approve": lambda session, it: service.approve(session, it.coordinator, it.proposal.id),
    "lock": lambda session, it: service.lock(session, it.coordinator, it.proposal.id),
    "unlock": lambda session, it: service.unlock(session, it.coordinator, it.proposal.id),
    "coordinator refuses": lambda session, it: service.refuse(session, it.coordinator, it.proposal.id, "too_far"),
    "lister accepts": lambda session, it: service.accept(session, it.lister, it.proposal.id),
    "requester accepts": lambda session, it: service.accept(session, it.requester, it.proposal.id),
    "requester refuses": lambda session, it: service.refuse(session, it.requester, it.proposal.id, "budget"),
    "requester withdraws": lambda session, it: withdraw_request(session, it.requester, it.request.id),
    "owner takes it": owner_takes,
    "sweep": lambda session, _: (expire_due(session, clock.now()), remind_due(session, clock.now())),
    "time passes": lambda session, it: expire_due(session, it.proposal.answer_by),
}


# Twice as likely: what leads on, so that many examples come far.
@settings(max_examples=30)
@given(st.lists(st.sampled_from([*ACTIONS, "approve", "lister accepts", "requester accepts"]), min_size=2, max_size=9))
def test_state_bookings_claims_and_needs_always_agree(session: Session, actions: list[str]) -> None:
    outer = session.begin_nested()
    found = deal(session, approved=False)
    for action in actions:
        try:
            with session.begin_nested():
                ACTIONS[action](session, found)
        except PlatsverketError:
            pass  # refused: then nothing may have changed, which is what the checks below would see
        check(session, found)
    outer.rollback()


def check(session: Session, found: Deal) -> None:
    session.expire_all()
    state = session.get_one(Proposal, found.proposal.id).state
    need = session.get_one(Need, found.needs[0].id).state
    request = session.get_one(Request, found.request.id).state
    booked = len(session.scalars(select(Claim).where(Claim.source == ClaimSource.BOOKING)).all())
    assert count(session, Booking) == booked == (1 if state is P.AGREED else 0)
    assert (need is NeedState.AGREED) == (state is P.AGREED) == (request is RequestState.AGREED)
    if state in {P.REFUSED, P.EXPIRED}:
        assert need in {NeedState.OPEN, NeedState.DROPPED}
    if need is NeedState.DROPPED:
        assert request is RequestState.WITHDRAWN
    walked = [(old, new) for old, new, _ in moves(session, found.proposal) if new]
    assert all(new in PROPOSAL.moves[P(old)] for old, new in walked if old)
    assert [new for _, new in walked][-1:] == ([state] if state is not P.PROPOSED else [])
