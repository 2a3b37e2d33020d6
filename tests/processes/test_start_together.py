"""Processes that start at once on an empty database make the broker's tables one after the other."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, inspect, text

from core import jobs
from core.database.postgres.embedded import written
from core.database.postgres.roles import admit
from tests.processes.conftest import Running, until

pytestmark = pytest.mark.processes

TABLES = {"kombu_queue", "kombu_message"}


def test_two_workers_and_the_scheduler_start_at_once_on_an_empty_database(
    engine: Engine, owner: Engine, start: Callable[..., Running]
) -> None:
    """As in a database for trying things out, whose owner is the application's role too."""
    alone = {"PLATSVERKET_DATABASE_URL": written(owner.url).replace("+psycopg", "")}
    with owner.begin() as connection:
        connection.execute(text("drop table if exists kombu_message, kombu_queue"))
        connection.execute(text("drop sequence if exists queue_id_sequence, message_id_sequence"))

    with engine.begin() as other:
        other.execute(text("select pg_advisory_xact_lock(:key)"), {"key": jobs.QUEUES_LOCK})
        workers = [start("worker", "--concurrency=1", env=alone) for _ in range(2)]
        scheduler = start("scheduler", env=alone)
        until(lambda: _waiting(engine) == 3, "all three wait for each other", scheduler)
        assert not TABLES & set(inspect(engine).get_table_names())

    for worker in workers:
        worker.wait_for("worker_ready")
    until(lambda: _queues(owner) == sorted(jobs.QUEUES), "each queue is there once", scheduler)
    admit(owner, engine.url)  # for the tests that come


def _waiting(engine: Engine) -> int:
    """How many wait for an advisory lock."""
    with engine.connect() as connection:
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        return int(connection.execute(waiting).scalar_one())


def _queues(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(text("select name from kombu_queue")).scalars())
