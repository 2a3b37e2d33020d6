"""The job system: one Celery application, and jobs that leave only after the commit.

A job is a message with ids; the intent stands in a row. A lost message is therefore found again by a sweep, and a
message that arrives twice does nothing the second time.
"""

import os
import signal
import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import Any

import structlog
from celery import Celery
from celery.concurrency.prefork import TaskPool
from celery.signals import worker_ready
from celery.worker import state as worker_state
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from core.database import db
from core.settings import settings

log = structlog.get_logger()

JOB_MODULES = ("marketplace.planning.jobs", "marketplace.retention.jobs")


class Job(StrEnum):
    """What jobs are called in messages, for good: a name without a path, so that code may move."""

    EXECUTE_RUN = "execute-run"
    SOLVE_BLOCKS = "solve-blocks"
    WORK_OUT_REASONS = "work-out-reasons"
    SWEEP_RUNS = "sweep-runs"
    SWEEP_DEADLINES = "sweep-deadlines"
    SWEEP_RETENTION = "sweep-retention"


SWEEPS = {
    "take back lost runs": Job.SWEEP_RUNS,
    "let deadlines pass": Job.SWEEP_DEADLINES,
    "forget what is past its time": Job.SWEEP_RETENTION,
}
RETENTION_INTERVAL_S = 3600
QUEUES = ("celery", "blocks")
"""Every worker takes from all of them in turn, so that many blocks never stand before a sweep or another run."""
WORKER_LOST = 70
"""What a worker exits with that has lost the way to its pool: EX_SOFTWARE."""
QUIET_POLL_S = 0.5
QUEUES_LOCK = 7_065_111
"""Of PostgreSQL's advisory locks. Any number will do as long as nobody else uses it, see the one of migrations."""


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
        "beat_schedule_filename": str(settings().data_dir / "beat-schedule"),
        "beat_schedule": {name: _every(_interval_s(job), job) for name, job in SWEEPS.items()},
    }


def _interval_s(job: Job) -> int:
    return RETENTION_INTERVAL_S if job is Job.SWEEP_RETENTION else settings().sweep_interval_s


def _every(seconds: int, task: str) -> dict[str, Any]:
    # One that others have overtaken is worth nothing, and would only stand in the way.
    return {"task": task, "schedule": seconds, "options": {"expires": 4 * seconds}}


app = Celery("platsverket")
# A promise: the settings are read when a job is first sent or a worker starts, not when this is imported.
app.add_defaults(_configuration)


@worker_ready.connect  # type: ignore[untyped-decorator]
def _watch_pool(sender: Any, **_: object) -> None:
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
        log.warning("queues_not_made", error=str(error))
    finally:
        db.engine().dispose()  # as with kombu's: a worker that forks must not share a connection with what it forks


def enqueue(session: Session, job: Job, *args: str, expires_s: float | None = None) -> None:
    """Send a job once the session has committed. What goes wrong is logged: the sweep sends it again.

    It goes by its name: whoever sends need not import what does it. A message older than `expires_s` is worth nothing.

    The work is done by then, so that no error may reach whoever asked for it: not a broker that is away, nor the one
    that kombu's tables give to the second of two processes that make the queue at the same moment.
    """

    def send() -> None:
        try:
            app.send_task(job.value, args=args, expires=expires_s, retry=False)
        except Exception as error:
            log.warning("job_not_sent", job=job.value, args=args, error=str(error))

    db.after_commit(session, send)
