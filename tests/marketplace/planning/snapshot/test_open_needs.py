"""Which needs a run may serve: those that nothing is settled for yet, placed where it looks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from core.time import clock, timing
from marketplace.planning.snapshot.open_needs import open_needs
from marketplace.proposals.models import ProposalParty, ProposalState, Side
from marketplace.requests import queries
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState
from resources.families.space import SpaceRequirements
from tests import builders
from tests.counting import counted

NOWHERE = {"municipality_code": None, "latitude": None, "longitude": None}


def proposal_to(session: Session, need: Need, **values: Any) -> UUID:
    request = session.get_one(Request, need.request_id)
    proposal = builders.proposal(session, request, **values)
    builders.proposal_line(session, proposal, need)
    party = ProposalParty(proposal_id=proposal.id, organisation_id=request.organisation_id, side=Side.REQUESTER)
    builders.added(session, party)
    return proposal.id


APPROVED = {"state": ProposalState.APPROVED, "approved_at": clock.now()}


def waiting(session: Session, county_code: str | None = None) -> list[UUID]:
    return [need.need_id for need in open_needs(session, county_code)]


def test_open_needs_come_with_their_json_read(session: Session) -> None:
    home = builders.organisation(session, municipality_code="0180")
    request = builders.request(session, builders.member(session, home, department="IT"), priority=Priority.CRISIS)
    when = timing.Period(clock.today(), clock.today())
    need = builders.need(session, request, when, requirements={"people": 8}, max_distance_km=20.0)
    (found,) = open_needs(session)
    assert (found.need_id, found.request_id, found.organisation_id) == (need.id, request.id, home.id)
    assert (found.department, found.county_code, found.priority) == ("IT", "01", Priority.CRISIS)
    assert (found.timing, found.requirements) == (when, SpaceRequirements(people=8))
    assert (found.municipality_code, found.max_distance_km) == ("2380", 20.0)


@pytest.mark.parametrize("state", list(RequestState))
def test_needs_of_requests_that_are_drafts_or_ended_are_no_part(session: Session, state: RequestState) -> None:
    need = builders.need(session, builders.request(session, state=state))
    assert waiting(session) == ([need.id] if state in queries.LIVE else [])


@pytest.mark.parametrize("state", list(NeedState))
def test_needs_that_are_agreed_or_dropped_are_no_part(session: Session, state: NeedState) -> None:
    need = builders.need(session, builders.request(session), state=state)
    assert waiting(session) == ([need.id] if state in {NeedState.OPEN, NeedState.PROPOSED} else [])


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
    assert waiting(session) == ([other.id] if kept else [need.id, alternative.id, other.id])


def test_what_has_passed_is_no_part_and_spoils_what_belongs_together_with_it(session: Session) -> None:
    past = timing.Fixed(builders.at(-2, 9), builders.at(-2, 12))
    lists, bundle = builders.request(session), builders.request(session, together=True)
    for request in (lists, bundle):
        builders.need(session, request, past)
    ahead = builders.need(session, lists)
    builders.need(session, bundle)
    assert waiting(session) == [ahead.id]


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
    assert set(waiting(session, "23")) == {placed.id, nowhere.id, *(need.id for need in whole)}


def test_a_county_has_alternatives_that_are_placed_elsewhere(session: Session) -> None:
    request = builders.request(session)
    group = [
        builders.need(session, request, alternative_group=1),
        builders.need(session, request, alternative_group=1, **builders.STOCKHOLM),
    ]
    builders.need(session, request, alternative_group=2, **builders.STOCKHOLM)
    builders.need(session, request, alternative_group=2, **builders.STOCKHOLM)
    assert waiting(session, "23") == [need.id for need in group]
    proposal_to(session, group[1], **APPROVED)
    assert waiting(session, "23") == []


def test_what_starts_at_a_flexible_time_comes_from_one_lot(session: Session) -> None:
    flexible = timing.Flexible(builders.at(14, 9), builders.at(14, 17), duration_min=120)
    for when in (flexible, timing.Fixed(builders.at(14, 9), builders.at(14, 11))):
        furniture = {"family": "furniture", "requirements": {}, "amount": 60, "parts": 2}
        builders.need(session, builders.request(session), when, **furniture)
    assert {type(need.timing): need.parts for need in open_needs(session)} == {timing.Flexible: 1, timing.Fixed: 2}


@pytest.mark.parametrize("requests", [1, 20])
def test_open_needs_take_one_query(session: Session, requests: int) -> None:
    for _ in range(requests):
        builders.need(session, builders.request(session))
    with counted(session) as sent:
        assert len(open_needs(session, "23")) == requests
    assert len(sent) == 1


def test_who_asked_first_comes_first(session: Session) -> None:
    later = builders.request(session)
    earlier = builders.request(session, opened_at=clock.now() - timedelta(days=1))
    second, first = builders.need(session, later), builders.need(session, earlier)
    assert waiting(session) == [first.id, second.id]
