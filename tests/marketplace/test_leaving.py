"""An organisation that leaves: nobody of it acts, nothing of it is found or matched, and all is there again after."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from api.language.notices import notice_text
from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from core.time import clock
from marketplace.leaving import service as leaving
from marketplace.leaving.queries import consequences
from marketplace.notices.queries import notices_page
from marketplace.offers.search import OfferSearch
from marketplace.organisations import queries, sessions
from marketplace.planning.snapshot.open_needs import open_needs
from marketplace.planning.snapshot.supply import supply
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.models import Proposal
from marketplace.proposals.queries import parties
from marketplace.proposals.service import accept
from marketplace.views.search import search_offers
from tests import builders
from tests.marketplace.proposals.deals import deal

REASON = "Avtalet har upphört"


def coordinator(session: Session) -> Actor:
    return builders.coordinator(session)


def test_its_admin_or_who_coordinates_everybody_lets_one_leave_that_somebody_can_take_in_again(
    session: Session,
) -> None:
    home = builders.organisation(session)
    admin = builders.actor(session, home, roles=["admin"])
    strangers_admin = builders.actor(session, roles=["admin"])
    for actor in (builders.actor(session, home, roles=["lister"]), strangers_admin):
        with pytest.raises(NotAllowed):
            leaving.leave(session, actor, home.id, REASON)
    with pytest.raises(Conflict, match="could take this one in again"):
        leaving.leave(session, admin, home.id, REASON)
    decides = coordinator(session)
    with pytest.raises(Conflict, match="could take this one in again"):
        leaving.leave(session, decides, decides.organisation_id, REASON)
    with pytest.raises(Conflict, match="has not left"):
        leaving.come_back(session, decides, home.id, REASON)
    leaving.leave(session, admin, home.id, REASON)
    with pytest.raises(Conflict, match="left already"):
        leaving.leave(session, decides, home.id, REASON)
    with pytest.raises(NotAllowed):
        leaving.come_back(session, strangers_admin, home.id, REASON)
    leaving.come_back(session, decides, home.id, REASON)


def test_what_it_means_is_counted_and_whom_it_concerns_is_told_both_times(session: Session) -> None:
    asked, waits, unasked = deal(session), deal(session), deal(session, approved=False)
    lender = builders.home_of(session, asked.offers[0])
    for each in (waits, unasked):
        party = next(each for each in parties(session, each.proposal.id) if each.side == "lister")
        party.organisation_id = lender.id
    accept(session, asked.lister, asked.proposal.id)
    accept(session, asked.requester, asked.proposal.id)
    decides = coordinator(session)
    found = consequences(session, lender.id)
    assert (found.members, found.offers, found.requests, found.bookings) == (1, 1, 0, 1)
    told = {each.organisation.id: (each.bookings, each.proposals) for each in found.concerned}
    assert told == {asked.requester.organisation_id: (1, 0), waits.requester.organisation_id: (0, 1)}
    leaving.leave(session, decides, lender.id, REASON)
    leaving.come_back(session, decides, lender.id, REASON)
    codes = ["organisation_left", "organisation_returned"]
    facts = [
        [each.facts for each in notices_page(session, actor).items if each.code in codes]
        for actor in (asked.requester, waits.requester, unasked.requester, decides)
    ]
    name = {"organisation": lender.name}
    assert facts == [
        [name | {"bookings": 1, "proposals": 0}] * 2,
        [name | {"bookings": 0, "proposals": 1}] * 2,
        [],
        [name | {"bookings": 0, "proposals": 0}] * 2,
    ]
    sentences = [notice_text(each) for each in notices_page(session, asked.requester).items[:2]]
    assert sentences == [
        f"{lender.name} deltar igen. 1 bokning som ni har tillsammans står kvar.",
        f"{lender.name} deltar inte längre. 1 bokning som ni har tillsammans står kvar.",
    ]


def test_nobody_of_it_acts_until_it_comes_back(session: Session) -> None:
    home = builders.organisation(session)
    member = builders.member(session, home)
    secret, _row = sessions.begin(session, builders.actor_of(session, member), "")
    leaving.leave(session, None, home.id, REASON)
    assert sessions.find(session, secret) is None
    with pytest.raises(NotFound):
        queries.actor_for(session, member.id)
    leaving.come_back(session, None, home.id, REASON)
    assert queries.actor_for(session, member.id).member_id == member.id
    assert sessions.find(session, secret) is None, "its sessions have ended for good"


def found(session: Session, offer_id: object, need_id: object) -> list[bool]:
    """Say whether a search, a run's supply and a run's needs have them."""
    somebody, decides = builders.actor(session), coordinator(session)
    offers = [each.offer.id for who in (somebody, decides) for each in search_offers(session, who, OfferSearch()).items]
    return [
        offers.count(offer_id) == 2,
        any(each.offer_id == offer_id for each in supply(session, clock.now()).offers),
        any(each.need_id == need_id for each in open_needs(session)),
    ]


def test_nothing_of_it_is_found_or_matched_until_it_comes_back(session: Session) -> None:
    home = builders.organisation(session)
    offer = builders.offer(session, builders.space(session, builders.site(session, home)))
    need = builders.need(session, builders.request(session, builders.member(session, home)))
    assert found(session, offer.id, need.id) == [True, True, True]
    leaving.leave(session, None, home.id, REASON)
    assert found(session, offer.id, need.id) == [False, False, False]
    leaving.come_back(session, None, home.id, REASON)
    assert found(session, offer.id, need.id) == [True, True, True]


@pytest.mark.parametrize("side", ["lister", "requester"])
def test_what_waits_for_it_cannot_be_agreed_on_and_ends_with_the_next_sweep(session: Session, side: str) -> None:
    lender, borrower = builders.organisation(session), builders.organisation(session)
    offer = builders.offer(session, builders.space(session, builders.site(session, lender)))
    need = builders.need(session, builders.request(session, builders.member(session, borrower)))
    proposal: Proposal = builders.approved(session, (need, offer))
    stays, leaves = (borrower, lender) if side == "lister" else (lender, borrower)
    leaving.leave(session, None, leaves.id, REASON)
    roles = ["lister", "requester"]
    with pytest.raises(Conflict) as refused:
        accept(session, builders.actor(session, stays, roles=roles), proposal.id)
    assert refused.value.code == {"lister": "no_longer_offered", "requester": "no_longer_wanted"}[side]
    assert expire_due(session, clock.now() + timedelta(seconds=15)) == 1
    session.refresh(proposal)
    assert proposal.state == "superseded"
