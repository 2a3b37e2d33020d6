"""What a request's page knows: each need with what runs and proposals made of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from core.errors import NotFound
from core.time import clock, timing
from marketplace.proposals.models import ProposalParty, ProposalState, Side
from marketplace.requests.models import Need, NeedState, Request
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.views.request import request_view
from resources.families.space import SpaceRequirements
from tests import builders
from tests.counting import counted


def outcome(session: Session, need: Need, finished_days_ago: int, code: str, **values: Any) -> None:
    finished = clock.now() - timedelta(days=finished_days_ago)
    run = builders.matching_run(session, **({"state": RunState.DONE, "finished_at": finished} | values))
    builders.added(session, NeedOutcome(run_id=run.id, need_id=need.id, served=False, code=code))


def proposal_to(session: Session, need: Need, **values: Any) -> UUID:
    request = session.get_one(Request, need.request_id)
    proposal = builders.proposal(session, request, **values)
    builders.proposal_line(session, proposal, need)
    party = ProposalParty(proposal_id=proposal.id, organisation_id=request.organisation_id, side=Side.REQUESTER)
    builders.added(session, party)
    return proposal.id


APPROVED = {"state": ProposalState.APPROVED, "approved_at": clock.now()}


def test_another_organisations_request_is_not_found(session: Session) -> None:
    request = builders.request(session)
    with pytest.raises(NotFound):
        request_view(session, builders.actor(session), request.id)
    with pytest.raises(NotFound):
        request_view(session, builders.coordinator(session), uuid4())


def test_a_request_is_shown_with_what_happened_to_each_need(session: Session) -> None:
    member = builders.member(session)
    request = builders.request(session, member)
    when = timing.Fixed(builders.at(7, 9), builders.at(7, 12))
    first = builders.need(session, request, when, requirements={"people": 8})
    second = builders.need(session, request, state=NeedState.DROPPED)
    outcome(session, first, 3, "no_option")
    outcome(session, first, 1, "lost_to_others")
    outcome(session, first, 0, "served", state=RunState.CANCELLED)
    proposed = proposal_to(session, first)
    approved = proposal_to(session, first, **APPROVED)
    view = request_view(session, builders.actor_of(session, member), request.id)
    assert (view.request, view.member_name) == (request, member.name)
    assert [each.need.id for each in view.needs] == [first.id, second.id]
    shown = view.needs[0]
    assert (shown.timing, shown.requirements) == (when, SpaceRequirements(people=8))
    assert shown.outcome is not None
    assert shown.outcome.code == "lost_to_others"
    assert [each.proposal_id for each in shown.suggestions] == [approved]  # the other waits for the coordinator
    assert view.needs[1].outcome is None
    seen_by_coordinator = request_view(session, builders.coordinator(session), request.id).needs[0].suggestions
    assert {each.proposal_id for each in seen_by_coordinator} == {proposed, approved}


@pytest.mark.parametrize("needs", [1, 6])
def test_a_request_takes_as_many_queries_for_many_needs_as_for_one(session: Session, needs: int) -> None:
    member = builders.member(session)
    actor, request = builders.actor_of(session, member), builders.request(session, member)
    for _ in range(needs):
        need = builders.need(session, request)
        outcome(session, need, 1, "no_option")
        proposal_to(session, need, **APPROVED)
    with counted(session) as sent:
        request_view(session, actor, request.id)
    # request with names, needs, outcomes, proposals, what was asked of it, and three for its latest runs
    assert len(sent) == 8
