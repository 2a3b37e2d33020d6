"""Runs from queue to end, with a real database: what is published, and that nothing is when something goes wrong."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from api.language.labels import LABELS
from core import jobs
from core.database import db
from core.errors import Conflict, NotAllowed, NotFound, StateChanged, StorageFull, Unavailable
from core.settings import settings
from core.time import clock, timing
from core.time.timing import Period
from marketplace.offers.models import Offer, OfferState, Terms
from marketplace.planning import jobs as tasks
from marketplace.planning import service
from marketplace.planning.encoding.documents import read_context, read_plan, read_problem
from marketplace.planning.execution import execute, publish
from marketplace.planning.execution.replay import replay
from marketplace.planning.rules import RunDraft
from marketplace.planning.snapshot import queries as snapshot_queries
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.runs import leases, queries
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from matching import solve as solver
from matching.arrays.arrays import Arrays
from matching.params import SolveParams
from matching.problem.errors import ProblemError, SolverError
from matching.solve import Result
from tests import builders

DRAFT = RunDraft(time_limit_s=5)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that were sent to a worker, instead of sending them."""
    messages: list[str] = []

    def remember(session: Session, _job: object, run_id: str) -> None:
        db.after_commit(session, lambda: messages.append(run_id))

    monkeypatch.setattr(service, "enqueue", remember)
    return messages


@contextmanager
def written() -> Iterator[Session]:
    with db.unit_of_work() as session:
        yield session


def market(rooms: int = 1, needs: int = 1) -> tuple[list[UUID], list[UUID]]:
    """So many rooms, and needs for one at the same time by different organisations; returns needs and offers."""
    with written() as session:
        offers = [builders.offer(session) for _ in range(rooms)]
        asked = [builders.need(session, builders.request(session)) for _ in range(needs)]
        return [need.id for need in asked], [offer.id for offer in offers]


def queued() -> UUID:
    with written() as session:
        return service.queue_run(session, None, DRAFT).id


def done() -> UUID:
    return service.run_now(DRAFT)


def read(run_id: UUID) -> MatchingRun:
    with written() as session:
        return queries.run(session, run_id)


def rows(table: type[Any]) -> list[Any]:
    with written() as session:
        return list(session.scalars(select(table)))


def count(table: type[Any]) -> int:
    with written() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def needs_in(state: NeedState) -> int:
    return sum(need.state is state for need in rows(Need))


def test_a_run_proposes_the_room_that_is_free(engine: Engine) -> None:
    [need_id], [offer_id] = market()
    run = read(done())

    assert (run.state, run.status, run.needs, run.served, run.failure) == (RunState.DONE, "optimal", 1, 1, None)
    assert run.objective == run.bound
    assert run.finished_at is not None
    assert run.lease is None
    [proposal], [line], [claim] = rows(Proposal), rows(ProposalLine), rows(LineClaim)
    assert (proposal.state, proposal.run_id) == (ProposalState.PROPOSED, run.id)
    assert (line.need_id, line.offer_id, line.amount) == (need_id, offer_id, 1)
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
    run = read(service.run_now(DRAFT, told.append))
    assert [each["step"] for each in told][-2:] == ["solving", "explaining"]
    assert run.progress == dict(told[-1]) | {"step": "done"}
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
        problem, plan, context = (
            read_problem(session, run_id),
            read_plan(session, run_id),
            read_context(session, run_id),
        )
    again = replay(run_id)
    assert len(problem.needs) == 5
    assert again.stored == plan
    assert again.same
    assert {match.need for match in plan.matches} <= set(context["demands"])
    with pytest.raises(NotFound):
        replay(uuid4())


def test_where_three_want_two_rooms_one_is_told_who_took_them(engine: Engine) -> None:
    market(rooms=2, needs=3)
    run = read(done())
    assert (run.needs, run.served) == (3, 2)
    assert (needs_in(NeedState.PROPOSED), needs_in(NeedState.OPEN)) == (2, 1)
    [lost] = [outcome for outcome in rows(NeedOutcome) if not outcome.served]
    assert lost.code == "lost_to_others"
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
        need = builders.need(session, builders.request(session), requirements={"people": 5000})
    run = read(done())
    [outcome] = rows(NeedOutcome)
    assert (run.served, outcome.code, outcome.reasons.emptied) == (0, "no_option", "size")
    assert [(step.step, step.left) for step in outcome.reasons.steps][:4] == [
        ("kind", 1),
        ("place", 1),
        ("time", 1),
        ("size", 0),
    ]
    [change] = outcome.reasons.changes
    assert (change.code, change.amount, change.fewer) == ("amount", 8, 4992)
    assert outcome.need_id == need.id


def test_a_message_that_arrives_twice_does_nothing_the_second_time(engine: Engine) -> None:
    market()
    run_id = queued()
    service.execute(run_id)
    finished = read(run_id)
    service.execute(run_id)
    assert read(run_id) == finished
    assert count(Proposal) == 1
    assert finished.attempts == 1


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
    with written() as session:
        lines = snapshot_queries.lines_of(session, [standing.id])
    assert lines[0].reasons.kept


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


def test_a_corrupted_plan_is_refused_and_nothing_of_it_is_published(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market(rooms=1, needs=2)
    honest = solver.solve

    def corrupted(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
        found = honest(arrays, params, **how)
        first = found.plan.matches[0]
        other = next(need for need in arrays.need_ids if need != first.need)
        return replace(found, plan=replace(found.plan, matches=(*found.plan.matches, replace(first, need=other))))

    monkeypatch.setattr(solver, "solve", corrupted)
    run = read(done())
    assert (run.state, run.failure_code) == (RunState.FAILED, "plan_rejected")
    assert "over_capacity" in (run.failure or "")
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 2)


def test_an_unexpected_error_fails_the_run_and_writes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(publish, "_write_outcomes", broken)
    run = read(done())
    assert (run.state, run.failure_code) == (RunState.FAILED, "unexpected")
    assert "a mistake of ours" in (run.failure or "")
    assert run.lease is None
    assert (count(Proposal), count(LineClaim), needs_in(NeedState.OPEN)) == (0, 0, 1)


def test_a_database_that_goes_away_leaves_the_run_to_the_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sent: list[str]
) -> None:
    market()
    run_id = queued()
    with monkeypatch.context() as patch:
        patch.setattr(execute, "publish", _raise(Unavailable("away")))
        with pytest.raises(Unavailable):
            service.execute(run_id)
    assert read(run_id).state is RunState.RUNNING
    sent.clear()
    with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 1)):
        sweep()
    assert (read(run_id).state, sent) == (RunState.QUEUED, [str(run_id)])
    service.execute(run_id)
    assert (read(run_id).state, read(run_id).attempts) == (RunState.DONE, 2)


def _raise(error: BaseException) -> Any:
    def raising(*_: object, **__: object) -> None:
        raise error

    return raising


def sweep() -> None:
    with written() as session:
        service.take_back_lost_runs(session)


def while_solving(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    """Let something happen in the middle of the next search."""
    honest = solver.solve

    def solve(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
        monkeypatch.setattr(solver, "solve", honest)
        happens()
        return honest(arrays, params, **how)

    monkeypatch.setattr(solver, "solve", solve)


def test_a_run_cancelled_in_the_middle_stays_cancelled_and_publishes_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market()
    run_id = queued()

    def cancel() -> None:
        with written() as session:
            service.cancel_run(session, builders.coordinator(session), run_id)

    while_solving(monkeypatch, cancel)
    service.execute(run_id)
    run = read(run_id)
    assert (run.state, run.lease, run.failure) == (RunState.CANCELLED, None, None)
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 1)


def test_a_run_taken_back_in_the_middle_is_published_by_the_second_attempt_only(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market()
    run_id = queued()

    def stolen() -> None:
        with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 5)):
            sweep()
        service.execute(run_id)

    while_solving(monkeypatch, stolen)
    service.execute(run_id)  # the first attempt, which goes on after the second has ended
    run = read(run_id)
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert count(Proposal) == 1
    assert count(NeedOutcome) == 1


def test_a_run_interrupted_at_the_keyboard_is_cancelled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    monkeypatch.setattr(solver, "solve", _raise(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        done()
    [run] = rows(MatchingRun)
    assert (run.state, count(Proposal)) == (RunState.CANCELLED, 0)


def test_a_lease_lost_just_before_publishing_publishes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    run_id = queued()
    honest = execute.publish

    def steal_then_publish(session: Session, *rest: Any) -> None:
        with written() as other:
            run = queries.run(other, run_id, lock=True)
            run.lease = uuid4()
        honest(session, *rest)

    monkeypatch.setattr(execute, "publish", steal_then_publish)
    service.execute(run_id)
    assert read(run_id).state is RunState.RUNNING, "it belongs to whoever holds the lease now"
    assert (count(Proposal), needs_in(NeedState.OPEN)) == (0, 1)


def test_a_run_lost_too_often_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    run_id = queued()
    monkeypatch.setattr(execute, "publish", _raise(Unavailable("away")))
    for _ in range(settings().run_attempts):
        with pytest.raises(Unavailable):
            service.execute(run_id)
        with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 1)):
            sweep()
    run = read(run_id)
    assert (run.state, run.failure_code, run.attempts) == (RunState.FAILED, "worker_lost", settings().run_attempts)
    assert needs_in(NeedState.OPEN) == 1


def test_a_queued_run_whose_message_was_lost_is_sent_again_now_and_then(engine: Engine, sent: list[str]) -> None:
    run_id = queued()
    assert sent == [str(run_id)]
    sweep()
    assert len(sent) == 1, "it may just not have had its turn"
    with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 1)):
        sweep()
        sweep()
    assert sent == [str(run_id)] * 2


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


def test_only_a_coordinator_queues_cancels_and_repeats(session: Session) -> None:
    somebody, coordinator = builders.actor(session), builders.coordinator(session)
    run = service.queue_run(session, coordinator, DRAFT)
    for use_case in (service.cancel_run, service.run_again):
        with pytest.raises(NotAllowed):
            use_case(session, somebody, run.id)
    with pytest.raises(NotAllowed):
        service.queue_run(session, somebody, DRAFT)

    assert service.cancel_run(session, coordinator, run.id).state is RunState.CANCELLED
    with pytest.raises(StateChanged):
        service.cancel_run(session, coordinator, run.id)
    again = service.run_again(session, coordinator, run.id)
    assert (again.state, again.policy, again.seed) == (RunState.QUEUED, run.policy, run.seed)
    with pytest.raises(NotFound):
        service.cancel_run(session, coordinator, uuid4())


def test_a_conflict_that_is_not_passing_fails_the_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    monkeypatch.setattr(execute, "publish", _raise(Conflict("odd", "This cannot be.")))
    assert read(done()).state is RunState.FAILED
    monkeypatch.setattr(execute, "publish", _raise(Conflict("busy", "Locked too long.")))
    with pytest.raises(Conflict):
        done()


def test_a_run_of_one_county_leaves_other_needs_alone(engine: Engine) -> None:
    market()
    run = read(service.run_now(RunDraft(county_code="01", time_limit_s=5)))
    assert (run.needs, run.served) == (0, 0)
    run = read(service.run_now(RunDraft(county_code="23", time_limit_s=5)))
    assert (run.needs, run.served) == (1, 1)


def test_what_another_county_was_proposed_is_not_proposed_twice(engine: Engine) -> None:
    market()
    with written() as session:
        builders.need(session, builders.request(session), **builders.STOCKHOLM)
    service.run_now(RunDraft(county_code="23", time_limit_s=5))
    run = read(service.run_now(RunDraft(county_code="01", time_limit_s=5)))
    assert (run.needs, run.served) == (1, 0)
    assert count(Proposal) == 1


@pytest.mark.parametrize("error", [ConnectionError("the broker is away"), RuntimeError("the queue is there already")])
def test_a_job_that_cannot_be_sent_is_left_to_the_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(service, "enqueue", jobs.enqueue)
    monkeypatch.setattr(jobs.app, "send_task", _raise(error))
    assert read(queued()).state is RunState.QUEUED


def test_the_jobs_do_a_run_and_sweep(engine: Engine) -> None:
    market()
    run_id = queued()
    tasks.execute_run(str(run_id))
    tasks.sweep_runs()
    assert read(run_id).state is RunState.DONE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (execute.PlanRejectedError("wrong"), "plan_rejected"),
        (SolverError("wrong"), "plan_rejected"),
        (ProblemError("units[0]", "is negative"), "problem_rejected"),
        (StorageFull("full"), "storage_full"),
        (MemoryError(), "out_of_memory"),
        (KeyError("x"), "unexpected"),
    ],
)
def test_every_failure_has_a_code_that_the_pages_have_words_for(error: Exception, code: str) -> None:
    assert execute.failure_of(error)[0] == code
    assert code in LABELS["run_failure"]


def test_a_heartbeat_that_is_missed_is_only_logged(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    answers: list[str] = []
    honest = leases.renew

    def renew(*rest: Any) -> bool:
        answers.append("missed" if not answers else "beaten")
        if len(answers) == 1:
            raise Unavailable("away")
        return honest(*rest)

    monkeypatch.setattr(leases, "renew", renew)

    def wait() -> None:
        for _ in range(200):
            if len(answers) > 1:
                return
            threading.Event().wait(0.05)

    while_solving(monkeypatch, wait)
    assert read(done()).state is RunState.DONE
    assert answers[:2] == ["missed", "beaten"]
