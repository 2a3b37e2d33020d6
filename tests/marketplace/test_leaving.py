"""An organisation that leaves: nobody of it acts, nothing of it is found or matched, and all is there again after."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from core.time import clock
from marketplace.offers.search import OfferSearch
from marketplace.organisations import leaving, queries, sessions
from marketplace.planning.snapshot.open_needs import open_needs
from marketplace.planning.snapshot.supply import supply
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.models import Proposal
from marketplace.proposals.service import accept
from marketplace.views.search import search_offers
from tests import builders

REASON = "Avtalet har upphört"


def coordinator(session: Session) -> Actor:
    return builders.coordinator(session)


def test_only_who_coordinates_everybody_lets_one_leave_and_never_its_own(session: Session) -> None:
    home = builders.organisation(session)
    for roles in (["admin"], ["lister"]):
        with pytest.raises(NotAllowed):
            leaving.leave(session, builders.actor(session, home, roles=roles), home.id, REASON)
    actor = coordinator(session)
    with pytest.raises(Conflict, match="signed out yourself"):
        leaving.leave(session, actor, actor.organisation_id, REASON)
    with pytest.raises(Conflict, match="has not left"):
        leaving.come_back(session, actor, home.id, REASON)
    leaving.leave(session, actor, home.id, REASON)
    with pytest.raises(Conflict, match="left already"):
        leaving.leave(session, actor, home.id, REASON)


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
