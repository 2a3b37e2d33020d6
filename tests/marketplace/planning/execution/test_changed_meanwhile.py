"""What has changed since a run took its snapshot is not published."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from marketplace.offers.models import Offer, OfferState
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.runs.models import NeedOutcome, RunState
from tests import builders
from tests.marketplace.planning.execution.runs import count, done, market, read, rows, while_solving, written

pytestmark = pytest.mark.usefixtures("sent")


def test_two_runs_over_the_same_market_publish_one_after_the_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market(rooms=1, needs=2)
    other: list[UUID] = []
    while_solving(monkeypatch, lambda: other.append(done()))
    first = done()
    assert read(first).state is RunState.DONE
    assert read(other[0]).state is RunState.DONE
    standing = [proposal for proposal in rows(Proposal) if proposal.state is ProposalState.PROPOSED]
    assert len(standing) == 1, "the later one took the earlier one's place"
    assert standing[0].run_id == first


def taken_meanwhile(run_id: UUID) -> bool:
    run = read(run_id)
    [outcome] = [outcome for outcome in rows(NeedOutcome) if outcome.run_id == run_id]
    assert (run.state, run.served) == (RunState.DONE, 0)
    assert count(Proposal) == 0
    return bool(outcome.code == "taken_meanwhile")


def test_a_room_that_was_claimed_meanwhile_is_not_proposed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _, [offer_id] = market()

    def claimed() -> None:
        with written() as session:
            offer = session.get_one(Offer, offer_id)
            unit = builders.unit_of(session, builders.resource_of(session, offer))
            builders.claim(session, unit, builders.days(14, 15))

    while_solving(monkeypatch, claimed)
    assert taken_meanwhile(done())


def test_an_offer_that_was_closed_meanwhile_is_not_proposed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _, [offer_id] = market()

    def closed() -> None:
        with written() as session:
            session.get_one(Offer, offer_id).state = OfferState.CLOSED

    while_solving(monkeypatch, closed)
    assert taken_meanwhile(done())


def test_an_offer_that_was_changed_meanwhile_is_not_proposed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _, [offer_id] = market()

    def changed() -> None:
        with written() as session:
            session.get_one(Offer, offer_id).version += 1

    while_solving(monkeypatch, changed)
    assert taken_meanwhile(done())


def test_a_need_that_was_changed_or_withdrawn_meanwhile_is_not_proposed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [need_id], _ = market()

    def changed() -> None:
        with written() as session:
            session.get_one(Need, need_id).title = "Something else"

    while_solving(monkeypatch, changed)
    assert taken_meanwhile(done())

    def withdrawn() -> None:
        with written() as session:
            need = session.get_one(Need, need_id)
            need.state = NeedState.DROPPED
            session.get_one(Request, need.request_id).state = RequestState.WITHDRAWN

    while_solving(monkeypatch, withdrawn)
    assert taken_meanwhile(done())


def test_a_bundle_that_got_a_need_meanwhile_is_not_proposed_without_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written() as session:
        request_id = builders.request(session, together=True).id
        for _ in range(2):
            builders.offer(session)
            builders.need(session, session.get_one(Request, request_id))

    def grew() -> None:
        with written() as session:
            builders.need(session, session.get_one(Request, request_id))

    while_solving(monkeypatch, grew)
    run = read(done())
    assert (run.needs, run.served, count(Proposal)) == (2, 0, 0)
    assert {outcome.code for outcome in rows(NeedOutcome)} == {"taken_meanwhile"}
