"""Who sees which proposals, and how many queries a list takes."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from core.actor import Actor
from core.errors import NotFound
from marketplace.proposals import service
from marketplace.proposals.models import ProposalState, Side
from marketplace.proposals.queries import ProposalSearch, ProposalView, listed, proposal_view, proposals_page
from tests import builders
from tests.counting import counted
from tests.marketplace.proposals.deals import deal

ALL = ProposalSearch()
P = ProposalState


def seen(session: Session, actor: Actor, search: ProposalSearch = ALL) -> set[UUID]:
    return {view.proposal.id for view in proposals_page(session, actor, search).items}


def exact(view: ProposalView) -> list[bool]:
    return [view.is_exact(line) for line in view.lines]


def test_coordinators_see_all_and_parties_what_was_approved(session: Session) -> None:
    waiting, asked = deal(session, approved=False), deal(session)
    assert seen(session, waiting.coordinator) == {waiting.proposal.id, asked.proposal.id}
    assert seen(session, asked.lister) == seen(session, asked.requester) == {asked.proposal.id}
    assert seen(session, waiting.lister) == seen(session, waiting.requester) == set()
    with pytest.raises(NotFound):
        proposal_view(session, waiting.requester, waiting.proposal.id)


def test_what_ended_before_it_was_approved_stays_unseen_and_after_it_stays_seen(session: Session) -> None:
    early, late = deal(session, approved=False), deal(session)
    for found in (early, late):
        service.refuse(session, found.coordinator, found.proposal.id, "budget")
    assert seen(session, early.requester) == set()
    assert seen(session, late.requester) == {late.proposal.id}


def test_a_stranger_sees_nothing(session: Session) -> None:
    found = deal(session)
    stranger = builders.actor(session)
    assert seen(session, stranger) == set()
    with pytest.raises(NotFound):
        proposal_view(session, stranger, found.proposal.id)


def test_a_view_has_all_that_a_reader_needs(session: Session) -> None:
    place = builders.site(session)
    found = deal(
        session,
        builders.offer(session, builders.space(session, place)),
        builders.offer(session, builders.furniture(session, place)),
        approved=False,
    )
    view = proposal_view(session, found.coordinator, found.proposal.id)
    assert view.request.id == found.request.id
    assert view.requester.id == found.requester.organisation_id
    assert view.score == -200
    assert [line.need.id for line in view.lines] == [need.id for need in found.needs]
    assert [line.offered.offer.id for line in view.lines] == [offer.id for offer in found.offers]
    assert [len(line.claims) for line in view.lines] == [1, 1]
    assert [(party.party.side, party.organisation.id) for party in view.parties] == [
        (Side.REQUESTER, found.requester.organisation_id),
        (Side.LISTER, found.lister.organisation_id),
    ]
    assert exact(view) == [False, False]
    service.approve(session, found.coordinator, found.proposal.id)
    assert exact(proposal_view(session, found.lister, found.proposal.id)) == [True, True]


@pytest.mark.parametrize("who", ["requester", "lister", "coordinator"])
@pytest.mark.parametrize("state", [P.APPROVED, P.AGREED, P.REFUSED, P.EXPIRED, P.SUPERSEDED])
def test_until_it_is_agreed_only_the_lister_reads_the_address(session: Session, who: str, state: ProposalState) -> None:
    found = deal(session)
    found.proposal.state = state
    session.flush()
    view = proposal_view(session, getattr(found, who), found.proposal.id)
    assert exact(view) == [who == "lister" or state is P.AGREED]


def test_of_a_bundle_a_lister_is_shown_its_own_lines_only(session: Session) -> None:
    found = deal(session, builders.offer(session), builders.offer(session))
    for actor, shown in ((found.lister, [True, False]), (found.requester, [True] * 2), (found.coordinator, [True] * 2)):
        view = proposal_view(session, actor, found.proposal.id)
        assert [view.shows(line) for line in view.lines] == shown
        assert exact(view) == ([True, False] if actor is found.lister else [False, False]), "addresses: when agreed"
        assert view.score == -100 * sum(shown)


def test_the_list_is_narrowed_by_state_run_request_and_region(session: Session) -> None:
    first, second = deal(session), deal(session, approved=False)
    coordinator = first.coordinator
    by_state = ProposalSearch(state=ProposalState.APPROVED)
    assert seen(session, coordinator, by_state) == {first.proposal.id}
    assert seen(session, coordinator, ProposalSearch(run_id=second.proposal.run_id)) == {second.proposal.id}
    assert seen(session, coordinator, ProposalSearch(request_id=first.request.id)) == {first.proposal.id}
    assert seen(session, coordinator, ProposalSearch(county_code="23")) == {first.proposal.id, second.proposal.id}
    assert seen(session, coordinator, ProposalSearch(county_code="01")) == set()
    first.needs[0].municipality_code = "0180"
    second.needs[0].municipality_code = None  # then it is the requester's county, 23
    assert seen(session, coordinator, ProposalSearch(county_code="01")) == {first.proposal.id}
    assert seen(session, coordinator, ProposalSearch(county_code="23")) == {second.proposal.id}


def test_a_long_list_takes_as_many_queries_as_a_short_one(session: Session) -> None:
    def add_one_of_each() -> Actor:
        for lent in (builders.space, builders.furniture, builders.vehicle, builders.staff):
            found = deal(session, builders.offer(session, lent(session)))
        return found.coordinator

    coordinator = add_one_of_each()
    session.expire_all()
    with counted(session) as of_four:
        proposals_page(session, coordinator, ALL)
    for _ in range(3):
        add_one_of_each()
    session.expire_all()
    with counted(session) as of_sixteen:
        assert proposals_page(session, coordinator, ALL).total == 16
    assert len(of_sixteen) == len(of_four) <= 14


def test_a_page_is_found_by_an_index_that_says_its_order_in_words_of_its_own(session: Session) -> None:
    session.execute(text("set local enable_seqscan = off; set local enable_sort = off"))
    page = listed(builders.coordinator(session), ALL).limit(20).compile(session.connection())
    plan = session.connection().exec_driver_sql(f"explain {page}", page.params).scalars()
    assert any("ix_proposal_listed" in line for line in plan)
