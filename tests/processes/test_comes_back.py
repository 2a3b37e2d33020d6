"""What is killed under the product comes back; the database under `up` is killed where that is started anyway."""

import psutil
import pytest

from core.database.postgres import embedded
from tests.processes.conftest import PATIENCE_S, runs, until

pytestmark = pytest.mark.processes


def test_nothing_is_revived_where_nothing_ended():
    assert not embedded.revive()


def pool_of(worker: psutil.Process) -> list[psutil.Process]:
    return [child for child in worker.children() if runs(child)]


def test_a_worker_that_lost_an_idle_process_ends_and_is_started_anew(start, database_url):
    """The second; where there are real brokers, `test_brokers` kills the first."""
    worker = start("worker")
    worker.wait_for("worker_ready")
    process = psutil.Process(worker.process.pid)
    until(lambda: len(pool_of(process)) == 2, "its pool is there", worker)
    pool_of(process)[1].kill()
    assert worker.process.wait(PATIENCE_S) != 0
    assert "idle_process_killed" in worker.said
