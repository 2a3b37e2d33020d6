"""Who sees which requests, what a request's page knows, and what a matching run is given."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from core.errors import NotFound
from core.time import clock, timing
from marketplace.planning.snapshot.open_needs import open_pool
from marketplace.proposals.models import ProposalParty, ProposalState, Side
from marketplace.requests import queries
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState
from marketplace.requests.queries import RequestSearch, requests_page
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.views.request import request_view
from resources.models import Family
from resources.requirements import SpaceRequirements
from tests import builders
from tests.counting import counted

NOWHERE = {"municipality_code": None, "latitude": None, "longitude": None}


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


# Lists


def test_requests_are_seen_by_their_organisation_and_coordinators_but_no_drafts(session: Session) -> None:
    member = builders.member(session)
    own = builders.request(session, member)
    draft = builders.request(session, member, state=RequestState.DRAFT)
    colleague = builders.actor(session, session.get_one(builders.Organisation, member.organisation_id))

    def seen(actor: builders.Actor) -> set[UUID]:
        return {each.request.id for each in requests_page(session, actor, RequestSearch()).items}

    assert seen(colleague) == {own.id, draft.id}
    assert seen(builders.actor(session)) == set()
    assert seen(builders.coordinator(session)) == {own.id}


@pytest.mark.parametrize(
    "search",
    [
        RequestSearch(state=RequestState.PROPOSED),
        RequestSearch(family=Family.STAFF),
        RequestSearch(priority=Priority.CRISIS),
        RequestSearch(text="upphandling"),
        RequestSearch(text="100 %"),
        RequestSearch(state=RequestState.PROPOSED, family=Family.STAFF, priority=Priority.CRISIS, text="Upp"),
    ],
)
def test_a_list_is_narrowed(session: Session, search: RequestSearch) -> None:
    member = builders.member(session)
    wanted = builders.request(
        session,
        member,
        state=RequestState.PROPOSED,
        priority=Priority.CRISIS,
        title="Upphandling",
        purpose="En ledare på 100 %",
    )
    builders.need(session, wanted, family=Family.STAFF)
    builders.need(session, builders.request(session, member))
    found = requests_page(session, builders.actor_of(session, member), search)
    assert [each.request.id for each in found.items] == [wanted.id]
    assert found.total == 1


def test_of_an_organisation_only(session: Session) -> None:
    one, _other = builders.request(session), builders.request(session)
    search = RequestSearch(organisation_id=one.organisation_id)
    found = requests_page(session, builders.coordinator(session), search)
    assert [each.request.id for each in found.items] == [one.id]


@pytest.mark.parametrize("requests", [1, 7])
def test_a_page_of_requests_takes_four_queries(session: Session, requests: int) -> None:
    actor = builders.coordinator(session)
    for _ in range(requests):
        request = builders.request(session)
        for _ in range(3):
            builders.need(session, request)
    with counted(session) as sent:
        found = requests_page(session, actor, RequestSearch())
    assert [len(each.needs) for each in found.items] == [3] * requests
    assert len(sent) == 4  # how many, requests, needs, organisations


# One request


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
    assert len(sent) == 4  # request with names, needs, outcomes, proposals


# The pool


def pooled(session: Session, county_code: str | None = None) -> list[UUID]:
    return [need.need_id for need in open_pool(session, county_code)]


def test_the_pool_has_open_needs_with_their_json_read(session: Session) -> None:
    home = builders.organisation(session, municipality_code="0180")
    request = builders.request(session, builders.member(session, home, department="IT"), priority=Priority.CRISIS)
    when = timing.Period(clock.today(), clock.today())
    need = builders.need(session, request, when, requirements={"people": 8}, max_distance_km=20.0)
    (found,) = open_pool(session)
    assert (found.need_id, found.request_id, found.organisation_id) == (need.id, request.id, home.id)
    assert (found.department, found.county_code, found.priority) == ("IT", "01", Priority.CRISIS)
    assert (found.timing, found.requirements) == (when, SpaceRequirements(people=8))
    assert (found.municipality_code, found.max_distance_km) == ("2380", 20.0)


@pytest.mark.parametrize("state", list(RequestState))
def test_needs_of_requests_that_are_drafts_or_ended_are_no_part(session: Session, state: RequestState) -> None:
    need = builders.need(session, builders.request(session, state=state))
    assert pooled(session) == ([need.id] if state in queries.LIVE else [])


@pytest.mark.parametrize("state", list(NeedState))
def test_needs_that_are_agreed_or_dropped_are_no_part(session: Session, state: NeedState) -> None:
    need = builders.need(session, builders.request(session), state=state)
    assert pooled(session) == ([need.id] if state in {NeedState.OPEN, NeedState.PROPOSED} else [])


@pytest.mark.parametrize(
    ("proposal", "kept"),
    [
        ({}, False),
        ({"locked_at": clock.now()}, True),
        (APPROVED, True),
        ({"state": ProposalState.SUPERSEDED}, False),
        ({"state": ProposalState.REFUSED, "approved_at": clock.now()}, False),
    ],
)
def test_needs_whose_proposal_is_kept_are_no_part_nor_are_their_alternatives(
    session: Session, proposal: dict[str, Any], kept: bool
) -> None:
    request = builders.request(session)
    need = builders.need(session, request, alternative_group=1, state=NeedState.PROPOSED)
    alternative = builders.need(session, request, alternative_group=1)
    other = builders.need(session, request, alternative_group=2)
    proposal_to(session, need, **proposal)
    assert pooled(session) == ([other.id] if kept else [need.id, alternative.id, other.id])


def test_what_has_passed_is_no_part_and_spoils_what_belongs_together_with_it(session: Session) -> None:
    past = timing.Fixed(builders.at(-2, 9), builders.at(-2, 12))
    lists, bundle = builders.request(session), builders.request(session, together=True)
    for request in (lists, bundle):
        builders.need(session, request, past)
    ahead = builders.need(session, lists)
    builders.need(session, bundle)
    assert pooled(session) == [ahead.id]


def test_a_county_has_the_needs_that_are_placed_there(session: Session) -> None:
    here = builders.member(session)  # Östersund, county 23
    elsewhere = builders.member(session, builders.organisation(session, municipality_code="0180"))
    request, foreign = builders.request(session, here), builders.request(session, elsewhere)
    bundle = builders.request(session, elsewhere, together=True)
    placed = builders.need(session, foreign)
    nowhere = builders.need(session, request, **NOWHERE)
    builders.need(session, request, **builders.STOCKHOLM)
    builders.need(session, foreign, **NOWHERE)
    whole = [builders.need(session, bundle), builders.need(session, bundle, **builders.STOCKHOLM)]
    assert set(pooled(session, "23")) == {placed.id, nowhere.id, *(need.id for need in whole)}


def test_a_county_has_alternatives_that_are_placed_elsewhere(session: Session) -> None:
    request = builders.request(session)
    group = [
        builders.need(session, request, alternative_group=1),
        builders.need(session, request, alternative_group=1, **builders.STOCKHOLM),
    ]
    builders.need(session, request, alternative_group=2, **builders.STOCKHOLM)
    builders.need(session, request, alternative_group=2, **builders.STOCKHOLM)
    assert pooled(session, "23") == [need.id for need in group]
    proposal_to(session, group[1], **APPROVED)
    assert pooled(session, "23") == []


def test_what_starts_at_a_flexible_time_comes_from_one_lot(session: Session) -> None:
    flexible = timing.Flexible(builders.at(14, 9), builders.at(14, 17), duration_min=120)
    for when in (flexible, timing.Fixed(builders.at(14, 9), builders.at(14, 11))):
        furniture = {"family": Family.FURNITURE, "requirements": {}, "amount": 60, "parts": 2}
        builders.need(session, builders.request(session), when, **furniture)
    assert {type(need.timing): need.parts for need in open_pool(session)} == {timing.Flexible: 1, timing.Fixed: 2}


@pytest.mark.parametrize("requests", [1, 20])
def test_the_pool_takes_one_query(session: Session, requests: int) -> None:
    for _ in range(requests):
        builders.need(session, builders.request(session))
    with counted(session) as sent:
        assert len(open_pool(session, "23")) == requests
    assert len(sent) == 1


def test_who_asked_first_comes_first(session: Session) -> None:
    later = builders.request(session)
    earlier = builders.request(session, opened_at=clock.now() - timedelta(days=1))
    second, first = builders.need(session, later), builders.need(session, earlier)
    assert pooled(session) == [first.id, second.id]
