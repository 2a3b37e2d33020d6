"""Who may work on a run and publish it: cancelled, taken back, lost, or stolen in the middle."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core import jobs
from core.errors import NotAllowed, NotFound, StateChanged, Unavailable
from core.settings import settings
from core.time import clock
from marketplace.planning import jobs as tasks
from marketplace.planning import service
from marketplace.planning.execution import execute
from marketplace.proposals.models import Proposal
from marketplace.requests.models import NeedState
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
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


def test_a_message_that_arrives_twice_does_nothing_the_second_time(engine: Engine) -> None:
    market()
    run_id = queued()
    service.execute(run_id)
    finished = read(run_id)
    service.execute(run_id)
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
    service.execute(run_id)
    run = read(run_id)
    assert (run.state, run.lease, run.failure_code) == (RunState.CANCELLED, None, None)
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
    service.execute(run_id)
    assert read(run_id).state is RunState.RUNNING, "it belongs to whoever holds the lease now"
    assert (count(Proposal), needs_in(NeedState.OPEN)) == (0, 1)


def test_a_run_lost_too_often_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    market()
    run_id = queued()
    monkeypatch.setattr(execute, "publish", raising(Unavailable("away")))
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
