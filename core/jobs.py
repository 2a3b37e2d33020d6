"""The job system: one Celery application, and jobs that leave only after the commit.

A job is a message with ids; the intent stands in a row. A lost message is therefore found again by a sweep, and a
message that arrives twice does nothing the second time.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any

import structlog
from celery import Celery, Task
from celery.concurrency.prefork import TaskPool
from celery.schedules import schedule
from celery.signals import setup_logging, worker_process_init, worker_ready
from celery.worker import state as worker_state
from celery.worker.request import Request
from kombu.transport.sqlalchemy import Transport as EmbeddedBroker
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from core.database import db
from core.settings import settings
from core.telemetry import metrics, trace
from core.telemetry.export import export_traces
from core.telemetry.logs import configure_logs

log = structlog.get_logger()

JOB_MODULES = (
    "api.mail.jobs",
    "api.mail.letters.jobs",
    "hubs.presence.jobs",
    "hubs.figures.jobs",
    "hubs.membership.jobs",
    "hubs.visits.jobs",
    "marketplace.papers.jobs",
    "api.webhooks.jobs",
    "hubs.activities.jobs",
    "hubs.introductions.jobs",
    "hubs.coffee.jobs",
    "marketplace.busy.jobs",
    "marketplace.planning.jobs",
    "retention.jobs",
    "marketplace.scenarios.jobs",
    "marketplace.searches.jobs",
    "marketplace.uploads.jobs",
)


class Job(StrEnum):
    """What jobs are called in messages, for good: a name without a path, so that code may move."""

    EXECUTE_RUN = "execute-run"
    SOLVE_BLOCKS = "solve-blocks"
    WORK_OUT_REASONS = "work-out-reasons"
    WORK_ON_UPLOAD = "work-on-upload"
    SOLVE_SCENARIO = "solve-scenario"
    MAKE_PAPER = "make-paper"
    SWEEP_RUNS = "sweep-runs"
    SWEEP_DEADLINES = "sweep-deadlines"
    SWEEP_RETENTION = "sweep-retention"
    SWEEP_UPLOADS = "sweep-uploads"
    SWEEP_SCENARIOS = "sweep-scenarios"
    SWEEP_SEARCHES = "sweep-searches"
    SWEEP_MAIL = "sweep-mail"
    SWEEP_WISHES = "sweep-wishes"
    SWEEP_PAPERS = "sweep-papers"
    SWEEP_BUSY = "sweep-busy"
    SWEEP_WEBHOOKS = "sweep-webhooks"
    SWEEP_HUB_DAYS = "sweep-hub-days"
    SWEEP_ACTIVITIES = "sweep-activities"
    SWEEP_HUBS = "sweep-hubs"
    SWEEP_LETTERS = "sweep-letters"
    SWEEP_HUB_FEEDBACK = "sweep-hub-feedback"
    SWEEP_HUB_VISITS = "sweep-hub-visits"
    SWEEP_INTRODUCTIONS = "sweep-introductions"
    SWEEP_COFFEE = "sweep-coffee"


SWEEPS = {
    "take back lost runs": Job.SWEEP_RUNS,
    "let deadlines pass": Job.SWEEP_DEADLINES,
    "forget what is past its time": Job.SWEEP_RETENTION,
    "take back lost uploads": Job.SWEEP_UPLOADS,
    "take back lost scenarios": Job.SWEEP_SCENARIOS,
    "tell what saved searches find": Job.SWEEP_SEARCHES,
    "send mail": Job.SWEEP_MAIL,
    "tell what fits wishes": Job.SWEEP_WISHES,
    "take back lost papers": Job.SWEEP_PAPERS,
    "read busy calendars": Job.SWEEP_BUSY,
    "tell webhooks": Job.SWEEP_WEBHOOKS,
    "plan the days of hubs": Job.SWEEP_HUB_DAYS,
    "let offers of seats lapse": Job.SWEEP_ACTIVITIES,
    "end memberships of hubs": Job.SWEEP_HUBS,
    "draft and send letters of hubs": Job.SWEEP_LETTERS,
    "ask how it was at hubs": Job.SWEEP_HUB_FEEDBACK,
    "forget visits to hubs": Job.SWEEP_HUB_VISITS,
    "end introductions at hubs": Job.SWEEP_INTRODUCTIONS,
    "make rounds of coffee": Job.SWEEP_COFFEE,
}
BEAT_SCHEDULE = "beat-schedule"
"""The file that the scheduler writes every few minutes, by which a watcher sees that it lives."""
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
QUEUES = ("celery", "blocks")
"""Every worker takes from all of them in turn, so that many blocks never stand before a sweep or another run."""
WORKER_LOST = 70
"""What a worker exits with that has lost the way to its pool: EX_SOFTWARE."""
QUIET_POLL_S = 0.5
BROKER_PATIENCE_S = 3
_EMBEDDED_DEPTHS = text(
    "select q.name, count(*) from kombu_queue q join kombu_message m on m.queue_id = q.id and m.visible group by 1"
)
BROKER_SEEN_S = 5.0
_broker_lock = threading.Lock()
_broker_seen: list[float] = [-BROKER_SEEN_S, 0]
QUEUES_LOCK = 7_065_111
"""Of PostgreSQL's advisory locks. Any number will do as long as nobody else uses it, see the one of migrations."""


# From tables a worker takes a job for each of its processes at a time, and looks again after so many seconds. They are
# the class's: this transport gives all its options to the engine.
EmbeddedBroker.polling_interval = 0.25


def broker_url() -> str:
    """Return where jobs go: the broker of the settings, or tables in the database."""
    if settings().broker_url:
        return settings().broker_url or ""
    return "sqla+" + db.sqlalchemy_url(settings().database_url or "postgresql://")


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": broker_url(),
        "include": list(JOB_MODULES),
        "task_routes": {Job.SOLVE_BLOCKS: {"queue": "blocks"}},
        "task_ignore_result": True,  # the row is the result
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,  # the sweep owns what a dead worker left
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 3,
        "task_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        "beat_schedule_filename": str(settings().data_dir / BEAT_SCHEDULE),
        "beat_schedule": {name: _every(settings().sweep_interval_s, job) for name, job in SWEEPS.items()},
    }


def _every(seconds: int, task: str) -> dict[str, Any]:
    # One that others have overtaken is worth nothing, and would only stand in the way.
    return {"task": task, "schedule": schedule(seconds, nowfun=_steadily), "options": {"expires": 4 * seconds}}


def _steadily() -> datetime:
    """Return a time that only goes forward: put back a month, the clock would have all sweeps wait for a month."""
    return _SOME_DAY + timedelta(seconds=time.monotonic())


class CountedRequest(Request):  # type: ignore[misc]
    """A job as the worker's main process sees it: there it is counted, as the processes that do jobs come and go.

    A job is acknowledged when it has ended, however that was (`task_acks_late`).
    """

    ended = "done"
    begun: float | None = None

    def on_accepted(self, *args: Any, **named: Any) -> Any:
        """Note when it began; Celery's own `time_start` is of the clock on the wall, which may jump."""
        self.begun = time.monotonic()
        return super().on_accepted(*args, **named)

    def on_failure(self, *args: Any, **named: Any) -> Any:
        """Note that it failed, or that the process that did it died."""
        self.ended = "failed"
        return super().on_failure(*args, **named)

    def acknowledge(self) -> None:
        """Count it, once."""
        if not self.acknowledged:
            seconds = None if self.begun is None else time.monotonic() - self.begun
            name = self.name if self.name in list(Job) else metrics.OTHER
            metrics.count_job(name, "expired" if seconds is None else self.ended, seconds)
        super().acknowledge()


class CountedTask(Task):  # type: ignore[misc]
    """What every job is made of."""

    Request = CountedRequest


app = Celery("platsverket", task_cls=CountedTask)
# A promise: the settings are read when a job is first sent or a worker starts, not when this is imported.
app.add_defaults(_configuration)


def job(name: Job) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function what does a job: part of the trace of who asked for it, and with a line in the log."""

    def registered(do: Callable[..., None]) -> Callable[..., None]:
        @wraps(do)
        def done(task: Any, *args: str) -> None:
            asked = task.request.get("traceparent") or (task.request.headers or {}).get("traceparent", "")
            with (
                structlog.contextvars.bound_contextvars(job=name.value),
                trace.span(f"job {name}", kind=trace.SpanKind.CONSUMER, traceparent=asked, job=name.value),
            ):
                _do(name, do, args)

        made: Callable[..., None] = app.task(name=name.value, bind=True)(done)
        return made

    return registered


def _do(name: Job, do: Callable[..., None], args: tuple[str, ...]) -> None:
    begun = time.monotonic()
    tell = log.debug if name in SWEEPS.values() else log.info
    tell("job_begun", args=args)
    try:
        do(*args)
    except Exception:
        log.exception("job_failed", args=args, ms=_since_ms(begun))
        raise
    tell("job_done", args=args, ms=_since_ms(begun))


def _since_ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _export(**_: object) -> None:
    """Let each process that does jobs send its own spans."""
    export_traces()


@setup_logging.connect  # type: ignore[untyped-decorator]
def _logs(**_: object) -> None:
    """Let Celery log as the rest of the product does."""
    configure_logs()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _ready(sender: Any, **_: object) -> None:
    """Say that jobs are taken from now on."""
    log.info("worker_ready", name=sender.hostname)
    _watch_pool(sender)


def _watch_pool(sender: Any) -> None:
    """End the worker when an idle process of its pool is killed, so that it is started anew.

    With the embedded broker the idle ones take jobs through one pipe, and the one that waits at it holds its lock.
    Killed there it takes the lock with it: the pool replaces the process, but nobody in it ever gets a job again.
    """
    pool = sender.pool._pool  # noqa: SLF001 (Celery shows its pool's processes in no other way)
    if isinstance(sender.pool, TaskPool) and isinstance(pool, TaskPool.BlockingPool):
        pool.on_process_down = lambda process: _on_process_down(pool, process)


def _on_process_down(pool: Any, process: Any) -> None:
    killed = process.exitcode is not None and process.exitcode < 0
    busy = any(process.pid in job.worker_pids() for job in list(pool._cache.values()))  # noqa: SLF001
    if killed and not busy and worker_state.should_stop is None:
        log.warning("idle_process_killed", pid=process.pid)
        worker_state.should_stop = WORKER_LOST  # takes no more jobs, and waits for those that are under way
        threading.Thread(target=_end_when_quiet, args=(pool,), name="pool-watch", daemon=True).start()


def _end_when_quiet(pool: Any) -> None:
    """End this process once no job is under way: the pool itself waits for processes that wait for the lock."""
    while any(job.worker_pids() and not job.ready() for job in list(pool._cache.values())):  # noqa: SLF001
        time.sleep(QUIET_POLL_S)
    for process in list(pool._pool):  # noqa: SLF001
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    os._exit(WORKER_LOST)


def make_queues(owner: Engine | None = None) -> None:
    """Make the tables and queues of the embedded broker; of processes that begin together one after the other.

    Tables are made by the database's `owner`, before anybody else.

    Kombu makes them when they are first used, and of two processes that do so in the same moment one fails. A database
    that is away is left to the process itself, which tries again.
    """
    if settings().broker_url:
        return
    try:
        with (owner or db.engine()).begin() as guard:
            guard.execute(text("select pg_advisory_xact_lock(:key)"), {"key": QUEUES_LOCK})
            with app.connection_for_write(owner and "sqla+" + owner.url.render_as_string(False)) as connection:
                for name in QUEUES:
                    connection.SimpleQueue(name).close()
                kombu = connection.default_channel.session
                kombu.close()
                kombu.get_bind().dispose()
    except (OperationalError, PoolTimeout) as error:
        log.warning("queues_not_made", error=error)
    finally:
        db.engine().dispose()  # as with kombu's: a worker that forks must not share a connection with what it forks


def queue_depths() -> dict[str, int] | None:
    """Return how many jobs wait in each queue for a worker; nothing where the broker does not answer."""
    try:
        if not settings().broker_url:  # asked in our own way: kombu would keep a connection, and a transaction open
            with db.engine().connect() as own:
                counted = {name: number for name, number in own.execute(_EMBEDDED_DEPTHS)}  # noqa: C416 (rows)
            return {name: counted.get(name, 0) for name in QUEUES}
        with app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE_S)
            channel = connection.default_channel
            return {name: channel.queue_declare(name, passive=True).message_count for name in QUEUES}
    except Exception as error:  # each broker has errors of its own
        log.warning("broker_unavailable", error=error)
        return None


def broker_answers() -> bool:
    """Tell whether the broker answers, as it was some seconds ago at most: anybody may ask that."""
    with _broker_lock:
        if time.monotonic() - _broker_seen[0] > BROKER_SEEN_S:
            _broker_seen[:] = [time.monotonic(), queue_depths() is not None]
        return bool(_broker_seen[1])


def enqueue(session: Session, job: Job, *args: str, expires_s: float | None = None) -> None:
    """Send a job once the session has committed. What goes wrong is logged: the sweep sends it again.

    It goes by its name: whoever sends need not import what does it. A message older than `expires_s` is worth nothing.

    The work is done by then, so that no error may reach whoever asked for it: not a broker that is away, nor the one
    that kombu's tables give to the second of two processes that make the queue at the same moment.
    """

    here = trace.current()
    headers = {"traceparent": str(here)} if here else {}

    def send() -> None:
        try:
            app.send_task(job.value, args=args, expires=expires_s, retry=False, headers=headers)
        except Exception as error:
            metrics.JOBS_NOT_SENT.inc()
            log.warning("job_not_sent", job=job.value, args=args, error=error)

    db.after_commit(session, send)
