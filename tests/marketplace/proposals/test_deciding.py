"""What a coordinator does with a proposal: approve, lock, unlock, refuse."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged, VersionChanged
from core.time import clock
from core.time.interval import Interval, to_range
from marketplace.offers.models import OfferState
from marketplace.proposals import service
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.models import ProposalState
from marketplace.requests.models import NeedState, RequestState
from marketplace.requests.service import withdraw_request
from tests import builders
from tests.marketplace.proposals.deals import deal, moves, told


def test_approving_asks_the_parties_and_starts_their_time(session: Session) -> None:
    found = deal(session, approved=False)
    approved = service.approve(session, found.coordinator, found.proposal.id)
    assert approved.state is ProposalState.APPROVED
    assert approved.version == 2
    assert timedelta(days=9) < approved.answer_by - clock.now() <= timedelta(days=10)
    assert moves(session, approved) == [("proposed", "approved", None)]
    assert told(session, found.lister) == told(session, found.requester) == ["approved"]


def test_the_answer_is_wanted_before_the_use_begins(session: Session) -> None:
    soon = builders.Interval(builders.at(3, 9), builders.at(3, 11))
    found = deal(session, approved=False, when=[soon])
    approved = service.approve(session, found.coordinator, found.proposal.id)
    assert approved.answer_by == soon.start


def test_a_period_that_has_begun_does_not_shorten_the_time_to_answer(session: Session) -> None:
    lent = builders.offer(session, during=builders.days(-2, 60))
    found = deal(session, lent, approved=False, when=[builders.days(-1, 30)])
    approved = service.approve(session, found.coordinator, found.proposal.id)
    assert approved.answer_by > clock.now() + timedelta(days=9)


def test_of_whole_days_that_have_begun_the_answer_is_wanted_before_they_end(session: Session) -> None:
    lent = builders.offer(session, during=builders.days(-2, 60))
    found = deal(session, lent, approved=False, when=[builders.days(-1, 2)])
    approved = service.approve(session, found.coordinator, found.proposal.id)
    assert approved.answer_by == builders.at(2)


@pytest.mark.parametrize("use_case", [service.approve, service.lock])
@pytest.mark.parametrize("past", [builders.days(-2, -1), builders.Interval(builders.at(-1, 9), builders.at(2, 9))])
def test_what_has_passed_or_begun_is_neither_approved_nor_locked(session: Session, use_case, past: Interval) -> None:
    lent = builders.offer(session, during=builders.days(-9, 60))
    found = deal(session, lent, approved=False, when=[builders.days(3, 4), past])
    with pytest.raises(Conflict) as refused:
        use_case(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "passed"


def test_what_has_begun_is_not_accepted(session: Session) -> None:
    lent = builders.offer(session, during=builders.days(-9, 60))
    found = deal(session, lent, when=[builders.Interval(builders.at(-1, 9), builders.at(2, 9))])
    with pytest.raises(Conflict) as refused:
        service.accept(session, found.lister, found.proposal.id)
    assert refused.value.code == "passed"


@pytest.mark.parametrize(("until", "still"), [(15, True), (14, False)])
def test_an_offer_whose_time_was_cut_short_is_not_approved_and_ends_what_waits(
    session: Session, until: int, still: bool
) -> None:
    found, asked = deal(session, approved=False), deal(session)
    for each in (found, asked):
        each.offers[0].during = to_range(builders.days(0, until))
    session.flush()
    if still:
        service.approve(session, found.coordinator, found.proposal.id)
        assert expire_due(session, clock.now()) == 0
        return
    for use_case, who, each in ((service.approve, found.coordinator, found), (service.accept, asked.lister, asked)):
        with pytest.raises(Conflict) as refused:
            use_case(session, who, each.proposal.id)
        assert refused.value.code == "no_longer_offered"
    assert expire_due(session, clock.now()) == 2


def test_only_a_coordinator_approves(session: Session) -> None:
    found = deal(session)
    with pytest.raises(NotAllowed) as refused:
        service.approve(session, found.lister, found.proposal.id)
    assert refused.value.code == "not_coordinator"


def test_parties_do_not_know_of_what_is_not_approved(session: Session) -> None:
    found = deal(session, approved=False)
    for actor in (found.lister, found.requester):
        with pytest.raises(NotFound):
            service.accept(session, actor, found.proposal.id)


def test_approving_twice_is_refused(session: Session) -> None:
    found = deal(session)
    with pytest.raises(StateChanged) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert refused.value.details["state"] == "approved"


def test_approving_what_was_changed_since_it_was_read_is_refused(session: Session) -> None:
    found = deal(session, approved=False)
    service.lock(session, found.coordinator, found.proposal.id, if_version=1)
    with pytest.raises(VersionChanged):
        service.approve(session, found.coordinator, found.proposal.id, if_version=1)
    assert service.approve(session, found.coordinator, found.proposal.id, if_version=2).version == 3


def test_what_the_owner_took_meanwhile_is_not_approved(session: Session) -> None:
    found = deal(session, approved=False)
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    builders.claim(session, unit, builders.days(14, 15), note="Målning")
    with pytest.raises(Conflict) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "taken"
    clash = refused.value.details["clashes"][0]
    assert (clash["unit"], clash["capacity"], clash["wanted"]) == (unit.name, 1, 1)
    assert clash["claims"][0]["note"] == "", "why the owner closes it is the owner's own"


def test_what_another_approved_proposal_holds_is_not_approved_and_says_which(session: Session) -> None:
    first = deal(session)
    second = deal(session, *first.offers, approved=False)
    with pytest.raises(Conflict) as refused:
        service.approve(session, second.coordinator, second.proposal.id)
    assert refused.value.details["clashes"][0]["proposals"] == [str(first.proposal.id)]


def test_what_another_merely_suggests_can_be_approved(session: Session) -> None:
    first = deal(session, approved=False)
    second = deal(session, *first.offers, approved=False)
    assert service.approve(session, second.coordinator, second.proposal.id).state is ProposalState.APPROVED


def test_chairs_that_suffice_for_both_can_both_be_approved(session: Session) -> None:
    # 40 chairs; two proposals of 20 fit, a third of 1 does not.
    lot = builders.offer(session, builders.furniture(session, capacity=40))
    for amount, fits in ((20, True), (20, True), (1, False)):
        found = deal(session, lot, approved=False, amount=amount)
        if fits:
            service.approve(session, found.coordinator, found.proposal.id)
        else:
            with pytest.raises(Conflict, match="held by another proposal"):
                service.approve(session, found.coordinator, found.proposal.id)


def test_a_withdrawn_request_is_not_approved(session: Session) -> None:
    found = deal(session, approved=False)
    withdraw_request(session, found.requester, found.request.id)
    with pytest.raises(Conflict) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "no_longer_wanted"


def test_a_closed_offer_is_not_approved_but_a_paused_one_is(session: Session) -> None:
    found = deal(session, approved=False)
    found.offers[0].state = OfferState.CLOSED
    with pytest.raises(Conflict) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "no_longer_offered"
    found.offers[0].state = OfferState.PAUSED
    service.approve(session, found.coordinator, found.proposal.id)


def test_staff_that_took_back_a_consent_is_not_approved(session: Session) -> None:
    card = builders.staff(session)
    found = deal(session, builders.offer(session, card), approved=False, amount=50)
    builders.withdrawn(session, card, "employee")
    with pytest.raises(Conflict) as refused:
        service.approve(session, found.coordinator, found.proposal.id)
    assert refused.value.code == "no_longer_offered"


def test_locking_and_unlocking_are_audited_once_each(session: Session) -> None:
    found = deal(session, approved=False)
    for use_case in (service.lock, service.lock, service.unlock, service.unlock):
        use_case(session, found.coordinator, found.proposal.id)
    assert moves(session, found.proposal) == [(None, None, "locked"), (None, None, "unlocked")]
    assert found.proposal.locked_at is None
    assert found.proposal.version == 3


def test_a_locked_proposal_holds_what_it_would_claim(session: Session) -> None:
    first = deal(session, approved=False)
    service.lock(session, first.coordinator, first.proposal.id)
    second = deal(session, *first.offers, approved=False)
    with pytest.raises(Conflict, match="held by another proposal"):
        service.lock(session, second.coordinator, second.proposal.id)


@pytest.mark.parametrize("use_case", [service.lock, service.unlock])
def test_only_what_waits_for_the_coordinator_is_locked_or_unlocked(session: Session, use_case) -> None:
    found = deal(session)
    with pytest.raises(StateChanged):
        use_case(session, found.coordinator, found.proposal.id)
    with pytest.raises(NotAllowed):
        use_case(session, found.requester, found.proposal.id)


def test_a_coordinator_refuses_in_silence_what_nobody_was_asked(session: Session) -> None:
    found = deal(session, approved=False)
    refused = service.refuse(session, found.coordinator, found.proposal.id, "too_far", "40 km enkel väg")
    assert (refused.state, refused.refusal_code, refused.refusal_words) == ("refused", "too_far", "40 km enkel väg")
    assert refused.refused_by_id == found.coordinator.organisation_id
    assert moves(session, refused) == [("proposed", "refused", "too_far")]
    assert told(session, found.requester) == []
    session.refresh(found.needs[0])
    assert found.needs[0].state is NeedState.OPEN
    session.refresh(found.request)
    assert found.request.state is RequestState.OPEN


def test_a_refused_proposal_stays_refused(session: Session) -> None:
    found = deal(session, approved=False)
    service.refuse(session, found.coordinator, found.proposal.id, "budget")
    for use_case in (service.approve, service.lock):
        with pytest.raises(StateChanged):
            use_case(session, found.coordinator, found.proposal.id)
    with pytest.raises(StateChanged):
        service.refuse(session, found.coordinator, found.proposal.id, "budget")


@pytest.mark.parametrize(
    ("code", "words", "field"),
    [("because", "", "code"), ("other", " ", "words"), ("budget", "x" * 2001, "words")],
)
def test_a_refusal_says_why(session: Session, code: str, words: str, field: str) -> None:
    found = deal(session)
    with pytest.raises(BadInput) as refused:
        service.refuse(session, found.coordinator, found.proposal.id, code, words)
    assert refused.value.parameters[0].property == field
