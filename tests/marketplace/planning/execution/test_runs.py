"""Runs from queue to end, with a real database: what is proposed, and what every need is told."""

import gzip
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from core.errors import NotFound
from core.time import clock, timing
from core.time.timing import Period
from marketplace.offers.models import Offer, PriceBasis, Terms
from marketplace.planning import attempts
from marketplace.planning.encoding.documents import read_plan, read_problem
from marketplace.planning.execution.replay import replay
from marketplace.planning.rules import RunDraft
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.runs import queries
from marketplace.runs.baseline import Baseline
from marketplace.runs.models import NeedOutcome, ReasonsState, RunState
from marketplace.runs.published import Published
from tests import builders
from tests.marketplace.planning.execution.runs import DRAFT, count, done, market, needs_in, read, rows, written

pytestmark = pytest.mark.usefixtures("sent")


def test_a_run_proposes_the_room_that_is_free(engine: Engine) -> None:
    [need_id], [offer_id] = market()
    with written() as session:
        offer = session.get_one(Offer, offer_id)
        offer.price_basis, offer.price_sek = PriceBasis.HOUR, 250
    run = read(done())

    assert (run.state, run.status, run.needs, run.served, run.failure_code) == (RunState.DONE, "optimal", 1, 1, None)
    assert run.objective == run.bound
    assert run.baseline == Baseline(run.objective, 1, {"space": 1}), "nobody else asks, so it comes to the same"
    assert run.finished_at is not None
    assert run.lease is None
    [proposal], [line], [claim] = rows(Proposal), rows(ProposalLine), rows(LineClaim)
    assert (proposal.state, proposal.run_id) == (ProposalState.PROPOSED, run.id)
    assert (line.need_id, line.offer_id, line.amount) == (need_id, offer_id, 1)
    assert run.published == Published(
        line.reasons.metres,
        line.reasons.by_term,
        families={"space": (1, 1)},
        counties={"23": (1, 1)},
        organisations=dict(zip(parties(), ((1, 0), (0, 1)), strict=True)),
        cost_sek=2 * 250,  # from nine until eleven
    )
    assert claim.during.lower == builders.at(14, 9)
    assert claim.during.upper == builders.at(14, 11)
    assert {party.side.value for party in rows(ProposalParty)} == {"lister", "requester"}
    assert [need.state for need in rows(Need)] == [NeedState.PROPOSED]
    assert [request.state for request in rows(Request)] == [RequestState.PROPOSED]
    [outcome] = rows(NeedOutcome)
    assert (outcome.served, outcome.code) == (True, "served")


def test_how_far_a_run_has_come_is_told_and_stands_in_its_row(engine: Engine) -> None:
    market(rooms=2, needs=3)
    told: list[Any] = []
    run = read(attempts.run_now(DRAFT, told.append))
    steps = list(dict.fromkeys(each["step"] for each in told))
    assert steps == ["loading", "building", "keeping", "solving", "publishing", "explaining"]
    for step in ("loading", "building", "keeping", "publishing"):
        assert any(each.get("total") for each in told if each["step"] == step), f"{step} tells how far it has come"
    looked = [each for each in told if each["step"] == "building"][-1]
    assert (looked["done"], looked["total"]) == (3, 3)
    assert run.progress == dict(told[-1]) | {"step": "done"}
    assert (run.reasons_state, run.progress["done"]) == (ReasonsState.FOUND, run.progress["total"])
    assert (run.progress["served"], run.progress["needs"], run.progress["gap"]) == (2, 3, 0.0)
    assert (run.progress["value"], run.progress["bound"]) == (run.objective, run.bound)


def test_what_begins_soon_waits_for_an_answer_until_then_on_the_terms_of_now(engine: Engine) -> None:
    with written() as session:
        builders.offer(session, price_basis="hour", price_sek=100, conditions="Lämna nyckeln")
        builders.need(session, builders.request(session), timing.Fixed(builders.at(3, 9), builders.at(3, 11)))
    done()
    [proposal], [line] = rows(Proposal), rows(ProposalLine)
    assert proposal.answer_by == builders.at(3, 9)
    assert (line.price_basis, line.price_sek, line.conditions) == ("hour", 100, "Lämna nyckeln")


def test_what_a_run_solved_is_stored_and_can_be_solved_again_with_the_same_plan(engine: Engine) -> None:
    market(rooms=3, needs=5)
    run_id = done()
    with written() as session:
        problem, plan = read_problem(session, run_id), read_plan(session, run_id)
        context = json.loads(gzip.decompress(queries.document(session, run_id, "context")))
    again = replay(run_id)
    assert len(problem.needs) == 5
    assert again.stored == plan
    assert again.same
    assert {match.need for match in plan.matches} <= set(context["demands"])
    with pytest.raises(NotFound):
        replay(uuid4())


def parties() -> tuple[str, str]:
    by_side = {party.side.value: str(party.organisation_id) for party in rows(ProposalParty)}
    return by_side["requester"], by_side["lister"]


def test_where_three_want_two_rooms_one_is_told_who_took_them(engine: Engine) -> None:
    market(rooms=2, needs=3)
    run = read(done())
    assert (run.needs, run.served) == (3, 2)
    assert (needs_in(NeedState.PROPOSED), needs_in(NeedState.OPEN)) == (2, 1)
    [lost] = [outcome for outcome in rows(NeedOutcome) if not outcome.served]
    assert lost.code == "lost_to_others"
    one, other = (line.reasons for line in rows(ProposalLine))
    points = {code: points + other.by_term[code] for code, points in one.by_term.items()}
    assert run.published is not None
    assert (run.published.distance_m, run.published.points) == ((one.metres + other.metres) / 2, points)
    assert (run.published.families, run.published.counties) == ({"space": (3, 2)}, {"23": (3, 2)})
    assert sorted(run.published.organisations.values()) == [(0, 1), (0, 1), (1, 0), (1, 0)], "who lost gets nothing"
    assert {taken.need_id for taken in lost.reasons.taken_by} == {
        outcome.need_id for outcome in rows(NeedOutcome) if outcome.served
    }


def test_a_crisis_is_not_outbid(engine: Engine) -> None:
    market(rooms=1, needs=4)
    with written() as session:
        crisis = builders.need(session, builders.request(session, priority="crisis"))
    done()
    [line] = rows(ProposalLine)
    assert line.need_id == crisis.id


def test_a_run_that_finds_nothing_is_done_and_says_so(engine: Engine) -> None:
    run = read(done())
    assert (run.state, run.needs, run.served, run.objective) == (RunState.DONE, 0, 0, 0)
    assert count(Proposal) == 0


def test_a_need_that_no_offer_could_ever_serve_is_told_which_step_emptied_the_list(engine: Engine) -> None:
    with written() as session:
        builders.offer(session, builders.space(session, seats=8))
        some, crowd = (
            builders.need(session, builders.request(session), requirements={"people": people}).id
            for people in (12, 5000)
        )
    run = read(done())
    outcomes = {outcome.need_id: outcome for outcome in rows(NeedOutcome)}
    for outcome in outcomes.values():
        assert (run.served, outcome.code, outcome.reasons.emptied) == (0, "no_option", "size")
        assert [(step.step, step.left) for step in outcome.reasons.steps][:4] == [
            ("kind", 1),
            ("place", 1),
            ("time", 1),
            ("size", 0),
        ]
    [change] = outcomes[some].reasons.changes
    assert (change.code, change.amount, change.fewer) == ("amount", 8, 4)
    assert outcomes[crowd].reasons.changes == (), "eight seats are no help to five thousand"


def test_a_later_run_replaces_what_was_only_proposed(engine: Engine) -> None:
    market(rooms=2)
    done()
    second = done()
    assert sorted(proposal.state.value for proposal in rows(Proposal)) == ["proposed", "superseded"]
    [standing] = [proposal for proposal in rows(Proposal) if proposal.state is ProposalState.PROPOSED]
    assert standing.run_id == second
    assert needs_in(NeedState.PROPOSED) == 1
    offers = {line.offer_id for line in rows(ProposalLine)}
    assert len(offers) == 1, "what was proposed last time stays, all else being equal"
    assert [line.reasons.kept for line in rows(ProposalLine) if line.proposal_id == standing.id] == [True]


def test_what_the_coordinator_approved_or_locked_stays_and_holds_its_room(engine: Engine) -> None:
    market(rooms=1, needs=1)
    done()
    with written() as session:
        [proposal] = session.scalars(select(Proposal))
        proposal.locked_at = clock.now()
    market(rooms=0, needs=1)
    run = read(done())
    assert (run.needs, run.served) == (1, 0)
    assert [proposal.state for proposal in rows(Proposal)] == [ProposalState.PROPOSED]
    [outcome] = [outcome for outcome in rows(NeedOutcome) if outcome.run_id == run.id]
    assert (outcome.code, outcome.reasons.emptied) == ("no_option", "time")


def test_what_was_refused_is_not_proposed_again(engine: Engine) -> None:
    market()
    done()
    with written() as session:
        coordinator = builders.coordinator(session)
        [proposal] = session.scalars(select(Proposal))
        proposal.state, proposal.refused_by_id = ProposalState.REFUSED, coordinator.organisation_id
        for need in session.scalars(select(Need)):
            need.state = NeedState.OPEN
        for request in session.scalars(select(Request)):
            request.state = RequestState.OPEN
    run = read(done())
    assert run.served == 0
    [outcome] = [outcome for outcome in rows(NeedOutcome) if outcome.run_id == run.id]
    assert outcome.reasons.emptied == "refused"


@pytest.mark.parametrize(("lent_next_year", "served"), [(39, 1), (40, 0)])
def test_what_is_lent_at_any_later_time_is_not_given_away(engine: Engine, lent_next_year: int, served: int) -> None:
    with written() as session:
        chairs = builders.furniture(session)
        builders.offer(session, chairs, builders.days(0, 60), terms=Terms.HAND_OVER)
        builders.claim(session, builders.unit_of(session, chairs), builders.days(300, 310), lent_next_year)
        for_good = Period(clock.today() + timedelta(days=7), None)
        wanted = {"family": "furniture", "requirements": {"toKeep": True}}
        builders.need(session, builders.request(session), for_good, **wanted)
    assert read(done()).served == served
    assert all(claim.during.upper is None for claim in rows(LineClaim))


def test_a_run_of_one_county_leaves_other_needs_alone(engine: Engine) -> None:
    market()
    run = read(attempts.run_now(RunDraft(county_code="01", time_limit_s=600)))
    assert (run.needs, run.served) == (0, 0)
    run = read(attempts.run_now(RunDraft(county_code="23", time_limit_s=600)))
    assert (run.needs, run.served) == (1, 1)


def test_what_another_county_was_proposed_is_not_proposed_twice(engine: Engine) -> None:
    market()
    with written() as session:
        builders.need(session, builders.request(session), **builders.STOCKHOLM)
    attempts.run_now(RunDraft(county_code="23", time_limit_s=600))
    run = read(attempts.run_now(RunDraft(county_code="01", time_limit_s=600)))
    assert (run.needs, run.served) == (1, 0)
    assert count(Proposal) == 1
