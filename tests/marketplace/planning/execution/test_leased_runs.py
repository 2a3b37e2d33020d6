"""Who may work on a run and publish it: cancelled, taken back, lost, or stolen in the middle."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core import jobs
from core.database import db
from core.errors import NotAllowed, NotFound, StateChanged, Unavailable
from core.settings import settings
from core.time import clock
from marketplace.organisations.models import Member
from marketplace.planning import attempts, service
from marketplace.planning import jobs as tasks
from marketplace.planning.encoding import build
from marketplace.planning.execution import execute, pace
from marketplace.planning.reasons import in_turn
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.models import NeedState
from marketplace.runs import leases, queries
from marketplace.runs.leases import Heartbeat, begin
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunState
from matching import solve as solver
from tests import builders
from tests.marketplace.planning.execution.runs import (
    DRAFT,
    count,
    done,
    market,
    needs_in,
    queued,
    raising,
    read,
    rows,
    sweep,
    while_solving,
    written,
)

pytestmark = pytest.mark.usefixtures("sent")
AWAY = pytest.mark.parametrize("away", [timedelta(seconds=settings().run_lease_s + 5), timedelta(days=-30)], ids=str)
"""Where the clock stands once a lease has run out, or after it was put back."""


def test_a_message_that_arrives_twice_does_nothing_the_second_time(engine: Engine) -> None:
    market()
    run_id = queued()
    attempts.execute(run_id)
    finished = read(run_id)
    attempts.execute(run_id)
    assert read(run_id) == finished
    assert count(Proposal) == 1
    assert finished.attempts == 1


def test_a_run_cancelled_in_the_middle_stays_cancelled_and_publishes_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market()
    run_id = queued()

    def cancel() -> None:
        with written() as session:
            service.cancel_run(session, builders.coordinator(session), run_id)

    while_solving(monkeypatch, cancel)
    attempts.execute(run_id)
    run = read(run_id)
    assert (run.state, run.lease, run.failure_code) == (RunState.CANCELLED, None, None)
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 1)


def test_a_run_cancelled_while_it_looks_at_needs_stops_there(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market(rooms=1, needs=3)
    run_id, looked_at = queued(), []
    honest = build._consider

    def consider(*rest: Any) -> Any:
        looked_at.append(rest)
        with written() as session:
            if queries.run(session, run_id).state is RunState.RUNNING:
                service.cancel_run(session, None, run_id)
        threading.Event().wait(2.5)  # the heartbeat notices within a second
        return honest(*rest)

    monkeypatch.setattr(build, "_consider", consider)
    attempts.execute(run_id)
    assert (read(run_id).state, len(looked_at), count(Proposal)) == (RunState.CANCELLED, 1, 0)


def test_building_that_takes_too_long_fails_the_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market(rooms=1, needs=3)
    monkeypatch.setattr(pace, "settings", lambda: SimpleNamespace(run_building_limit_s=1e-9))
    run = read(done())
    assert (run.state, run.failure_code) == (RunState.FAILED, "preparing_too_long")


def test_a_builder_that_comes_no_further_is_thought_lost(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its heartbeat ends, so that its lease runs out and the sweep gives the run to another."""
    run_id = queued()
    with written() as session:
        attempt = begin(session, run_id)
    assert attempt is not None
    heartbeat = leases.Heartbeat(attempt)
    before = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: before + settings().run_building_limit_s + 1)
    heartbeat._beat()  # comes back at once
    monkeypatch.undo()
    heartbeat.tell(step="solving")
    monkeypatch.setattr(time, "monotonic", lambda: before + settings().run_building_limit_s + 1)
    assert not heartbeat._is_silent(), "a search has limits of its own"


def test_reasons_are_looked_for_after_publishing_and_can_be_ended(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market(rooms=1, needs=2)
    run_id = queued()
    honest = in_turn.ReasonsInTurn.found

    def found(self: Any, *rest: Any) -> Any:
        run = read(run_id)
        assert (run.state, run.reasons_state, count(Proposal)) == (RunState.DONE, ReasonsState.LOOKING, 1)
        [line] = rows(ProposalLine)
        assert line.reasons.terms is not None
        assert line.reasons.alternatives is None, "not looked for yet"
        with written() as session:
            service.cancel_run(session, builders.coordinator(session), run_id)
        return honest(self, *rest)

    monkeypatch.setattr(in_turn.ReasonsInTurn, "found", found)
    attempts.execute(run_id)
    run = read(run_id)
    assert (run.state, run.reasons_state, run.lease, run.progress["step"]) == (
        RunState.DONE,
        ReasonsState.ENDED,
        None,
        "done",
    )
    assert rows(ProposalLine)[0].reasons.alternatives is None


@AWAY
def test_whoever_is_lost_while_looking_for_reasons_is_not_waited_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, away: timedelta
) -> None:
    market()
    run_id = queued()
    monkeypatch.setattr(execute, "explain", lambda *_: None)
    attempts.execute(run_id)
    assert read(run_id).reasons_state is ReasonsState.LOOKING
    sweep()
    assert read(run_id).reasons_state is ReasonsState.LOOKING
    with clock.frozen(clock.now() + away):
        sweep()
    run = read(run_id)
    assert (run.state, run.reasons_state, run.attempts) == (RunState.DONE, ReasonsState.ENDED, 1)


def test_an_error_while_looking_for_reasons_leaves_what_is_published(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market()
    monkeypatch.setattr(in_turn.ReasonsInTurn, "found", raising(ZeroDivisionError("ours")))
    run = read(done())
    assert (run.state, run.reasons_state, count(Proposal)) == (RunState.DONE, ReasonsState.ENDED, 1)


def test_the_search_gets_what_preparing_and_publishing_leave_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeping 1,000 needs with 6,000 options takes 0.7 s, so 70 rows a need 7 s; 5 s before leave 17.3 of 30.

    As many needs with no options at all took as long: then 49 s, and the search gets a fifth of the time.
    """
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    spent = pace.Pace(None, 30)  # type: ignore[arg-type]
    for phase, seconds in (("building", 5), ("keeping", 0), ("searching", 0.7)):
        now[0] += seconds
        spent.begin(phase)
    assert spent.search_s(1000, 6000) == pytest.approx(30 - 5 - 0.7 - 7)
    assert spent.search_s(0, 0) == pytest.approx(30 - 5 - 0.7)
    assert spent.search_s(1000, 0) == pytest.approx(6)
    assert spent.spent == pytest.approx({"loading": 5, "building": 0, "keeping": 0.7, "searching": 0})


def test_a_run_taken_back_in_the_middle_is_published_by_the_second_attempt_only(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    market()
    run_id = queued()

    def stolen() -> None:
        with clock.frozen(clock.now() + timedelta(seconds=settings().run_lease_s + 5)):
            sweep()
        attempts.execute(run_id)

    while_solving(monkeypatch, stolen)
    attempts.execute(run_id)  # the first attempt, which goes on after the second has ended
    run = read(run_id)
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert count(Proposal) == 1
    assert count(NeedOutcome) == 1


def test_a_run_interrupted_at_the_keyboard_is_cancelled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    monkeypatch.setattr(solver, "solve", raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        done()
    [run] = rows(MatchingRun)
    assert (run.state, count(Proposal)) == (RunState.CANCELLED, 0)


def test_a_lease_lost_just_before_publishing_publishes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    run_id = queued()
    honest = execute.publish

    def steal_then_publish(session: Session, *rest: Any, **named: Any) -> None:
        with written() as other:
            run = queries.run(other, run_id, lock=True)
            run.lease = uuid4()
        honest(session, *rest, **named)

    monkeypatch.setattr(execute, "publish", steal_then_publish)
    attempts.execute(run_id)
    assert read(run_id).state is RunState.RUNNING, "it belongs to whoever holds the lease now"
    assert (count(Proposal), needs_in(NeedState.OPEN)) == (0, 1)


@pytest.mark.parametrize("step", ["loading", "keeping", "publishing"])
def test_a_run_is_cancelled_in_every_step_before_it_has_published(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    market()
    run_id = queued()
    honest = Heartbeat.check

    def cancelled_there(self: Heartbeat) -> None:
        if self.told["step"] == step and "total" in self.told and read(run_id).state is RunState.RUNNING:
            with written() as other:
                service.cancel_run(other, None, run_id)
            self._beat_once()
        honest(self)

    monkeypatch.setattr(Heartbeat, "check", cancelled_there)
    attempts.execute(run_id)
    assert read(run_id).state is RunState.CANCELLED
    assert (count(Proposal), count(NeedOutcome), needs_in(NeedState.OPEN)) == (0, 0, 1)


def test_a_run_lost_too_often_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    run_id = queued()
    monkeypatch.setattr(execute, "publish", raising(Unavailable("away")))
    for _ in range(settings().run_attempts):
        with pytest.raises(Unavailable):
            attempts.execute(run_id)
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
    with clock.frozen(clock.now() - timedelta(days=1)):  # the clock is put back
        sweep()
        sweep()
    assert sent == [str(run_id)] * 3


def test_only_a_coordinator_queues_cancels_and_repeats(session: Session) -> None:
    somebody, coordinator = builders.actor(session), builders.coordinator(session)
    run = service.queue_run(session, coordinator, DRAFT)
    own = builders.matching_run(
        session, request_id=builders.request(session, session.get_one(Member, somebody.member_id)).id
    )
    for use_case in (service.cancel_run, service.run_again):
        with pytest.raises(NotFound):
            use_case(session, somebody, run.id)
        with pytest.raises(NotAllowed):
            use_case(session, somebody, own.id)
    with pytest.raises(NotAllowed):
        service.queue_run(session, somebody, DRAFT)

    assert service.cancel_run(session, coordinator, run.id).state is RunState.CANCELLED
    with pytest.raises(StateChanged):
        service.cancel_run(session, coordinator, run.id)
    again = service.run_again(session, coordinator, run.id)
    assert (again.state, again.policy, again.seed) == (RunState.QUEUED, run.policy, run.seed)
    with pytest.raises(NotFound):
        service.cancel_run(session, coordinator, uuid4())


@pytest.mark.parametrize("error", [ConnectionError("the broker is away"), RuntimeError("the queue is there already")])
def test_a_job_that_cannot_be_sent_is_left_to_the_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(service, "enqueue", jobs.enqueue)
    monkeypatch.setattr(jobs.app, "send_task", raising(error))
    assert read(queued()).state is RunState.QUEUED


def test_the_jobs_do_a_run_and_sweep(engine: Engine) -> None:
    market()
    run_id = queued()
    tasks.execute_run(str(run_id))
    tasks.sweep_runs()
    assert read(run_id).state is RunState.DONE


@AWAY
def test_the_first_sweep_after_the_clock_was_set_takes_nothing_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, away: timedelta
) -> None:
    """Whoever lives had no time to say so by the new one; the second takes what nobody has said anything of."""
    monkeypatch.setattr(clock, "_offset", [])
    run_id = queued()
    with db.unit_of_work() as session:
        begin(session, run_id)
    tasks.sweep_runs()
    with clock.frozen(clock.now() + away):
        tasks.sweep_runs()
        assert read(run_id).state is RunState.RUNNING
        tasks.sweep_runs()
        assert read(run_id).state is RunState.QUEUED
