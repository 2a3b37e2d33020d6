"""What jobs are called in messages: the same on both sides, and for good."""

import importlib
import time
from datetime import timedelta
from unittest.mock import Mock

import pytest
import structlog
from billiard.exceptions import WorkerLostError
from celery.worker.request import create_request_cls
from sqlmodel import Session

from core import jobs
from core.jobs import JOB_MODULES, SWEEPS, CountedRequest, Job, app
from core.telemetry import metrics, trace
from core.time import clock


@pytest.fixture(scope="module", autouse=True)
def _jobs() -> None:
    for module in JOB_MODULES:
        importlib.import_module(module)


def test_every_job_is_there_under_its_name_and_no_other():
    own = {name for name in app.tasks if not name.startswith("celery.")}
    assert own == {job.value for job in Job}
    assert app.conf.accept_content == ["json"], "a message makes no objects of its sender's choice"


@pytest.mark.parametrize("job", list(Job))
def test_no_name_has_a_path_in_it(job: Job):
    assert "." not in job, "code moves, and messages of before have still to be understood"


def test_every_sweep_is_scheduled():
    assert set(SWEEPS.values()) == {job for job in Job if job.startswith("sweep-")}


def test_one_process_takes_twice_as_many_jobs_from_tables_as_there_are_sweeps():
    """Where they are too many each has expired when its turn comes, and none is done."""
    interval = app.conf.beat_schedule["send mail"]["schedule"].run_every.total_seconds()
    taken = interval / app.connection_for_read("sqla+postgresql+psycopg://").transport.polling_interval
    assert taken >= 2 * len(SWEEPS), "15 / 0.25 = 60 jobs in the time in which there are 20 sweeps"


def test_a_sweep_is_due_after_its_seconds_though_the_clock_was_put_back(monkeypatch: pytest.MonkeyPatch):
    """By the clock on the wall it was sent in a month, and would not be due before."""
    each = app.conf.beat_schedule["let deadlines pass"]
    last = each["schedule"].now()
    passed = time.monotonic() + each["schedule"].run_every.total_seconds()
    monkeypatch.setattr(app, "now", lambda: clock.now() - timedelta(days=30))
    assert not each["schedule"].is_due(last).is_due
    monkeypatch.setattr(jobs, "time", Mock(monotonic=lambda: passed + 1))
    assert each["schedule"].is_due(last).is_due


@pytest.fixture
def sent(monkeypatch):
    """The messages that leave."""
    messages = []
    monkeypatch.setattr(app, "send_task", lambda name, **message: messages.append((name, message)))
    return messages


def test_a_job_is_part_of_the_trace_of_who_asked_for_it(sent, monkeypatch):
    heard = []
    monkeypatch.setattr(jobs, "_do", lambda name, _do, args: heard.append((name, args, trace.current())))
    session = Session()
    with trace.span("request") as asking:
        jobs.enqueue(session, Job.EXECUTE_RUN, "one")
    for send in session.info["after_commit"]:  # it leaves later, in another context
        send()
    [(name, message)] = sent
    app.tasks[name].apply(args=message["args"], headers=message["headers"])
    [(done, args, here)] = heard
    assert (done, args) == (Job.EXECUTE_RUN, ("one",))
    assert here.trace_id == asking.trace.trace_id
    assert here.span_id != asking.trace.span_id


@pytest.mark.parametrize("fails", [False, True])
def test_a_job_is_a_line_in_the_log_when_it_begins_and_one_when_it_ends(fails, monkeypatch):
    def do(_run: str) -> None:
        if fails:
            raise KeyError("Anna")

    with structlog.testing.capture_logs() as logged:
        if fails:
            with pytest.raises(KeyError):
                jobs._do(Job.EXECUTE_RUN, do, ("one",))
        else:
            jobs._do(Job.EXECUTE_RUN, do, ("one",))
    begun, line = logged
    assert (begun["event"], begun["args"]) == ("job_begun", ("one",))
    assert (line["event"], line["args"]) == ("job_failed" if fails else "job_done", ("one",))


@pytest.mark.parametrize(("fate", "state"), [("on_success", "done"), ("on_failure", "failed"), ("never", "expired")])
def test_the_workers_main_process_counts_each_job_once_with_its_end(fate, state, monkeypatch):
    counted = []
    monkeypatch.setattr(metrics, "count_job", lambda *told: counted.append(told))
    message = Mock(
        headers={"id": "1", "task": "execute-run"},
        body=b"[[], {}, {}]",
        content_encoding="utf-8",
        content_type="application/json",
    )
    message.delivery_info, message.properties, message.payload = {}, {}, ((), {}, {})
    kind = create_request_cls(CountedRequest, app.tasks["execute-run"], Mock(), "here", None, app=app)
    request = kind(message, app=app, task=app.tasks["execute-run"], on_ack=Mock())
    if fate != "never":
        request.on_accepted(1, time.monotonic())
    if fate == "on_success":
        request.on_success((False, None, 2))
    elif fate == "on_failure":
        request.on_failure(request._worker_lost_info(WorkerLostError("killed")))
    else:
        request.acknowledge()
    request.acknowledge()
    [(name, how, seconds)] = counted
    assert (name, how) == ("execute-run", state)
    assert (seconds is None) if fate == "never" else (0 <= seconds < 60)
