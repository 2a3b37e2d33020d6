"""The product on a real Redis and a real RabbitMQ: a run is queued, taken up by a worker, done, and its pool holds."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from core import jobs
from core.database import db
from core.settings import settings
from marketplace.planning import service as planning
from marketplace.planning.rules import RunDraft
from marketplace.runs.models import MatchingRun, RunState
from tests import builders
from tests.processes.conftest import Start, free_port, until

pytestmark = pytest.mark.processes

INSTALLED = {"redis-server": "apt install redis-server", "rabbitmq-server": "apt install rabbitmq-server"}


@contextmanager
def running(*command: str, folder: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """Run a broker in a folder of its own, and end it with all it started."""
    with (folder / "broker.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **(env or {})}, start_new_session=True
        )
    started = psutil.Process(process.pid)
    try:
        yield process
    finally:
        with suppress(psutil.NoSuchProcess):  # one may end while the others are looked for
            for each in (*started.children(recursive=True), started):
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        process.wait()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder))
    with running("redis-server", *options, folder=folder):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    port = free_port()
    own = {
        "HOME": str(folder),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_NODENAME": f"platsverket{port}@localhost",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(free_port()),
    }
    # Debian's script would become a user of its own; this one is what it runs.
    try:
        with running("/usr/lib/rabbitmq/bin/rabbitmq-server", folder=folder, env=own):
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:  # Erlang's name server is nobody's child
        for each in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if each.name() == "epmd" and each.environ().get("ERL_EPMD_PORT") == own["ERL_EPMD_PORT"]:
                    each.kill()


BROKERS: dict[str, Callable] = {"redis-server": redis, "rabbitmq-server": rabbitmq}


@pytest.fixture(params=list(BROKERS))
def broker(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a broker that answers, which this process sends to as well."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed; on Debian: {INSTALLED[request.param]}")
    before = jobs.app.conf.broker_url
    with BROKERS[request.param](tmp_path) as url:
        monkeypatch.setenv("PLATSVERKET_BROKER_URL", url)
        settings.cache_clear()
        jobs.app.conf.broker_url = url
        jobs.app._after_fork()  # forgets its connections
        until(answers, "the broker answers")
        yield url
    jobs.app._after_fork()
    jobs.app.conf.broker_url = before
    monkeypatch.undo()
    settings.cache_clear()


def answers() -> bool:
    try:
        with jobs.app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=1)
            return True
    except (OSError, OperationalError):
        return False


def queued() -> MatchingRun:
    with db.unit_of_work() as session:
        return planning.queue_run(session, None, RunDraft())


def state_of(run: MatchingRun) -> RunState:
    with db.unit_of_work() as session:
        return session.get_one(MatchingRun, run.id).state


def test_a_run_is_done_over_a_real_broker_also_after_an_idle_process_was_killed(
    engine: Engine, start: Start, broker: str
) -> None:
    with db.unit_of_work() as session:
        builders.need(session, builders.request(session))
        builders.offer(session)
    settings = {"PLATSVERKET_BROKER_URL": broker}
    worker = start("worker", env=settings)
    worker.wait_for("worker_ready")
    first = queued()
    until(lambda: state_of(first) is RunState.DONE, "the first run is done", worker)
    idle = psutil.Process(worker.process.pid).children()
    idle[0].kill()
    until(lambda: worker.process.poll() is not None, "the worker has ended")
    assert worker.process.returncode == 70, worker.said
    second = queued()
    anew = start("worker", env=settings)  # as what watches it does
    until(lambda: state_of(second) is RunState.DONE, "the second run is done", anew)
