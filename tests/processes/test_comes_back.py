"""What is killed under the product comes back: the embedded database, and a worker whose idle process is killed."""

import os
import signal
import urllib.request
from pathlib import Path

import psutil
import pytest

from core.database import embedded
from tests.processes.conftest import PATIENCE_S, free_port, until

pytestmark = pytest.mark.processes


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=PATIENCE_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_a_database_that_is_killed_under_up_is_started_again(start, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("back") / "data", free_port()
    env = {"PLATSVERKET_DATA_DIR": str(folder), "PLATSVERKET_DATABASE_URL": None, "PLATSVERKET_PORT": str(port)}
    up = start("up", "--no-samples", env=env)
    up.wait_for("Ctrl-C stops everything.")
    for _ in range(2):
        before = postmaster(folder)
        said = up.said.count("The database had ended and was started again")
        os.kill(before, signal.SIGKILL)
        until(lambda n=said: up.said.count("The database had ended") > n, "up tells that it started it again", up)
        until(lambda: answers(port), "the product answers again", up)
        assert postmaster(folder) != before
    assert up.interrupt() == 130
    until(
        lambda: not psutil.pid_exists(postmaster(folder)) if (folder / "postgres/postmaster.pid").exists() else True,
        "the database has ended with it",
    )


def test_nothing_is_revived_where_nothing_ended():
    assert not embedded.revive()


def pool_of(worker: psutil.Process) -> list[psutil.Process]:
    return [each for each in worker.children() if each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_that_lost_an_idle_process_ends_and_is_started_anew(start, database_url, which):
    worker = start("worker")
    worker.wait_for("ready.")
    process = psutil.Process(worker.process.pid)
    until(lambda: len(pool_of(process)) == 2, "its pool is there", worker)
    pool_of(process)[which].kill()
    assert worker.process.wait(PATIENCE_S) != 0
    assert "idle_process_killed" in worker.said
