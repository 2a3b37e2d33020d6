"""What time does to proposals: reminders, expiry, and ends that follow from something else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import db
from core.time import clock
from marketplace.offers.models import OfferState
from marketplace.offers.service import close_offer
from marketplace.planning.jobs import sweep_deadlines
from marketplace.proposals import service
from marketplace.proposals.deadlines import expire_due, remind_due
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.proposals.rules import PROPOSAL
from marketplace.requests.models import NeedState
from marketplace.requests.service import withdraw_request
from tests import builders
from tests.marketplace.proposals.deals import deal, moves, told

DAY, TO_UNDO = timedelta(days=1), timedelta(minutes=10)


def test_nothing_happens_before_its_time(session: Session) -> None:
    found = deal(session)
    assert expire_due(session, found.proposal.answer_by - DAY) == 0
    assert remind_due(session, found.proposal.answer_by - 4 * DAY) == 0
    assert found.proposal.state is ProposalState.APPROVED


def test_who_has_not_answered_is_reminded_once(session: Session) -> None:
    found = deal(session)
    service.accept(session, found.lister, found.proposal.id)
    soon = found.proposal.answer_by - 2 * DAY
    assert remind_due(session, soon) == 1
    assert remind_due(session, soon + DAY) == 0
    assert told(session, found.requester) == ["accepted", "reminder"]
    assert told(session, found.lister) == []


def test_nobody_is_reminded_of_what_was_never_approved(session: Session) -> None:
    found = deal(session, approved=False)
    assert remind_due(session, found.proposal.answer_by - DAY) == 0


@pytest.mark.parametrize("approved", [True, False])
def test_time_that_is_out_frees_the_needs(session: Session, approved: bool) -> None:
    found = deal(session, approved=approved)
    state = found.proposal.state.value
    assert expire_due(session, found.proposal.answer_by) == 1
    assert expire_due(session, found.proposal.answer_by) == 0
    assert moves(session, found.proposal) == [(state, "expired", "deadline")]
    session.refresh(found.needs[0])
    assert found.needs[0].state is NeedState.OPEN
    assert told(session, found.lister) == told(session, found.requester) == (["expired"] if approved else [])


def test_what_is_locked_is_kept_until_it_is_approved_or_unlocked(session: Session) -> None:
    kept, freed, asked = (deal(session, approved=False) for _ in range(3))
    for found in (kept, freed, asked):
        service.lock(session, found.coordinator, found.proposal.id)
    service.unlock(session, freed.coordinator, freed.proposal.id)
    service.approve(session, asked.coordinator, asked.proposal.id)
    late = max(found.proposal.answer_by for found in (kept, freed, asked))
    assert expire_due(session, late) == 2
    assert moves(session, kept.proposal)[-1][1] != "expired"
    assert [moves(session, found.proposal)[-1][1] for found in (freed, asked)] == ["expired", "expired"]


def test_what_is_agreed_or_refused_does_not_expire(session: Session) -> None:
    agreed, refused = deal(session), deal(session)
    service.accept(session, agreed.lister, agreed.proposal.id)
    service.accept(session, agreed.requester, agreed.proposal.id)
    service.refuse(session, refused.lister, refused.proposal.id, "terms")
    assert expire_due(session, clock.now() + 100 * DAY) == 0


def test_a_withdrawn_request_ends_its_proposal(session: Session) -> None:
    found = deal(session)
    withdraw_request(session, found.requester, found.request.id)
    assert expire_due(session, clock.now() + TO_UNDO - timedelta(minutes=1)) == 0
    assert expire_due(session, clock.now() + TO_UNDO) == 1
    assert moves(session, found.proposal) == [("approved", "superseded", "no_longer_wanted")]
    session.refresh(found.needs[0])
    assert found.needs[0].state is NeedState.DROPPED
    assert told(session, found.lister) == ["withdrawn"]


def test_a_withdrawn_request_whose_proposal_is_also_too_old_ends_once(session: Session) -> None:
    found = deal(session)
    withdraw_request(session, found.requester, found.request.id)
    assert expire_due(session, found.proposal.answer_by) == 1
    assert moves(session, found.proposal) == [("approved", "superseded", "no_longer_wanted")]


def test_a_closed_offer_ends_its_proposal_and_frees_the_need(session: Session) -> None:
    found = deal(session)
    found.offers[0].state = OfferState.CLOSED
    assert expire_due(session, clock.now()) == 1
    assert moves(session, found.proposal) == [("approved", "superseded", "no_longer_offered")]
    session.refresh(found.needs[0])
    assert found.needs[0].state is NeedState.OPEN


def test_a_closing_ends_proposals_only_when_it_cannot_be_undone_any_more(session: Session) -> None:
    found = deal(session)
    close_offer(session, found.lister, found.offers[0].id)
    assert expire_due(session, clock.now() + TO_UNDO - timedelta(minutes=1)) == 0
    assert expire_due(session, clock.now() + TO_UNDO) == 1


def test_a_consent_taken_back_ends_the_proposal(session: Session) -> None:
    card = builders.staff(session)
    found = deal(session, builders.offer(session, card), amount=40)
    assert expire_due(session, clock.now()) == 0
    builders.withdrawn(session, card, "hr")
    assert expire_due(session, clock.now()) == 1
    assert found.proposal.state is ProposalState.SUPERSEDED


def test_a_later_run_supersedes_in_silence_what_nobody_was_asked(session: Session) -> None:
    found = deal(session, approved=False)
    later = builders.matching_run(session)
    PROPOSAL.move(session, None, found.proposal.id, ProposalState.SUPERSEDED, run_id=later.id)
    assert moves(session, found.proposal) == [("proposed", "superseded", None)]
    assert expire_due(session, clock.now() + 100 * DAY) == 0


def test_the_scheduled_job_does_it_all_and_may_come_twice(engine: Engine) -> None:
    with db.unit_of_work() as session:
        old = deal(session, answer_by=clock.now() - DAY)
        soon = deal(session, answer_by=clock.now() + DAY)
    for _ in range(2):
        sweep_deadlines()
    with db.unit_of_work() as session:
        assert session.get_one(Proposal, old.proposal.id).state is ProposalState.EXPIRED
        assert session.get_one(Proposal, soon.proposal.id).state is ProposalState.APPROVED
        assert told(session, old.lister) == ["expired"]
        assert told(session, soon.lister) == ["reminder"]
