"""The coordinator's queue: in what order, several at once, and undoing what was decided."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from core.settings import settings
from core.time import clock
from marketplace.proposals import review, service
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import ProposalSearch, proposal_view, proposals_page
from marketplace.proposals.refused import refused_pairs
from marketplace.proposals.review import Decision, NotDecided, Verdict
from marketplace.proposals.undoing import lately_decided, reopen
from marketplace.requests.models import NeedState
from marketplace.requests.service import withdraw_request
from tests import builders
from tests.counting import counted
from tests.marketplace.proposals.deals import Deal, deal, moves, told

P = ProposalState
MINUTE = timedelta(minutes=1)
WAITING = ProposalSearch(state=P.PROPOSED)


def refuse(session: Session, found: Deal) -> None:
    service.refuse(session, found.coordinator, found.proposal.id, "too_far")


def approve(session: Session, found: Deal) -> None:
    service.approve(session, found.coordinator, found.proposal.id)


def test_an_approval_is_undone_and_nobody_is_asked_any_more(session: Session) -> None:
    found = deal(session, approved=False)
    waited_until = found.proposal.answer_by
    approve(session, found)
    [decided] = lately_decided(session, found.coordinator)
    view = proposal_view(session, found.coordinator, found.proposal.id)
    assert decided.undo_until == view.undo_until
    undone = reopen(session, found.coordinator, found.proposal.id)
    assert (undone.state, undone.approved_at) == (P.PROPOSED, None)
    assert abs(undone.answer_by - waited_until) < timedelta(days=1)
    assert told(session, found.lister) == told(session, found.requester) == ["approved", "taken_back"]
    with pytest.raises(NotFound):
        proposal_view(session, found.lister, found.proposal.id)
    reopen(session, found.coordinator, found.proposal.id)  # as from a second tab
    assert moves(session, undone) == [("proposed", "approved", None), ("approved", "proposed", "undone")]
    assert lately_decided(session, found.coordinator) == []
    approve(session, found)
    assert undone.state is P.APPROVED


def test_a_refusal_is_undone_with_all_that_it_did(session: Session) -> None:
    found = deal(session, approved=False)
    refuse(session, found)
    assert found.needs[0].state is NeedState.OPEN
    undone = reopen(session, found.coordinator, found.proposal.id)
    session.refresh(found.needs[0])
    assert (undone.state, undone.refusal_code, undone.refused_by_id) == (P.PROPOSED, None, None)
    assert found.needs[0].state is NeedState.PROPOSED
    assert refused_pairs(session, [found.needs[0].id]) == set()
    assert told(session, found.requester) == []
    approve(session, found)


def test_too_late_answered_or_taken_up_by_others_it_is_not_undone(session: Session) -> None:
    late, answered, withdrawn, again, asked = (deal(session, approved=False) for _ in range(5))
    for found in (late, answered, asked):
        approve(session, found)
    for found in (withdrawn, again):
        refuse(session, found)
    service.accept(session, answered.lister, answered.proposal.id)
    withdraw_request(session, withdrawn.requester, withdrawn.request.id)
    builders.suggestion(session, (again.needs[0], builders.offer(session)))
    service.refuse(session, asked.lister, asked.proposal.id, "terms")
    codes = []
    for found in (answered, withdrawn, again, asked, deal(session)):
        with pytest.raises(Conflict) as refused:
            reopen(session, found.coordinator, found.proposal.id)
        codes.append(refused.value.code)
    assert codes == ["already_answered", "no_longer_open", "no_longer_open", "nothing_to_undo", "nothing_to_undo"]
    after = clock.now() + timedelta(minutes=settings().undo_minutes) + MINUTE
    with clock.frozen(after), pytest.raises(Conflict) as refused:
        reopen(session, late.coordinator, late.proposal.id)
    assert refused.value.code == "undo_too_late"
    with pytest.raises(NotAllowed):
        reopen(session, late.lister, late.proposal.id)


def in_turn(session: Session, actor: Actor) -> list[str]:
    """Go through the queue from its beginning to its end and back; return what was met."""
    key, met = review.first(session, actor, WAITING), []
    while key is not None:
        here = review.place(session, actor, WAITING, key)
        met.append(key)
        assert here.number == len(met)
        key = here.after
    back = [met[-1]] if met else []
    while met and (key := review.place(session, actor, WAITING, back[-1]).before):
        back.append(key)
    assert back == met[::-1]
    return met


def test_what_presses_most_is_looked_at_first_and_the_place_is_kept(session: Session) -> None:
    last = deal(session, approved=False, answer_by=builders.at(9))
    soon = deal(session, approved=False, answer_by=builders.at(2))
    crisis = deal(session, approved=False, answer_by=builders.at(9))
    statutory = deal(session, approved=False, answer_by=builders.at(9))
    crisis.request.priority, statutory.request.priority = "crisis", "statutory"
    session.flush()
    actor = last.coordinator
    order = [each.proposal.id for each in (crisis, soon, statutory, last)]
    assert in_turn(session, actor) == order
    listed = proposals_page(session, actor, WAITING).items
    assert [view.proposal.id for view in listed] == order
    approve(session, soon)
    here = review.place(session, actor, WAITING, soon.proposal.id)
    assert (here.before is not None, here.waiting) == (True, 3)
    assert in_turn(session, builders.actor(session)) == []
    with counted(session) as queries:
        review.place(session, actor, WAITING, last.proposal.id)
    assert len(queries) == 1


def test_several_at_once_or_none(session: Session) -> None:
    good, gone = (deal(session, approved=False) for _ in range(2))
    unit = builders.unit_of(session, builders.resource_of(session, gone.offers[0]))
    builders.claim(session, unit, builders.days(14, 15))
    actor, both = good.coordinator, {each.proposal.id: 1 for each in (good, gone)}
    with pytest.raises(NotDecided) as refused, session.begin_nested():
        review.decide_all(session, actor, both, Decision(Verdict.APPROVE))
    assert {key: fault.code for key, fault in refused.value.faults.items()} == {gone.proposal.id: "taken"}
    session.refresh(good.proposal)
    assert good.proposal.state is P.PROPOSED
    review.decide_all(session, actor, both, Decision(Verdict.REFUSE, "too_far"))
    assert {each.proposal.state for each in (good, gone)} == {P.REFUSED}
    review.decide_all(session, actor, dict.fromkeys(both), Decision(Verdict.REOPEN))
    assert {each.proposal.state for each in (good, gone)} == {P.PROPOSED}
    with pytest.raises(NotDecided) as refused:
        review.decide_all(session, actor, both, Decision(Verdict.REFUSE, "too_far"))  # as was read before
    assert {fault.code for fault in refused.value.faults.values()} == {"version_changed"}
    with pytest.raises(NotAllowed):
        review.decide_all(session, good.lister, both, Decision(Verdict.APPROVE))
