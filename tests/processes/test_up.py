"""`platsverket up` from nothing to a page, twice, and what it says when it cannot."""

import os
import signal
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.processes.conftest import PATIENCE_S, free_port, until

pytestmark = pytest.mark.processes

STARTED_AGAIN = "The database had ended and was started again"


@pytest.fixture
def alone(tmp_path_factory) -> dict[str, str | None]:
    """An environment with a data folder and a port of its own, and no database but the embedded one."""
    return {
        "PLATSVERKET_DATA_DIR": str(tmp_path_factory.mktemp("up") / "data"),
        "PLATSVERKET_DATABASE_URL": None,
        "PLATSVERKET_ENVIRONMENT": None,
        "PLATSVERKET_PORT": str(free_port()),
    }


def commands_in(folder: str) -> list[str]:
    """Return the command lines of the processes that were started with this data folder and have not ended."""
    found = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            mine = folder in command or process.environ().get("PLATSVERKET_DATA_DIR") == folder
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie counts as one that does not exist
            continue
        if mine:
            found.append(command)
    return found


def postmaster(folder: str) -> int:
    """Return the process of the embedded database."""
    return int((Path(folder) / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=PATIENCE_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_up_reaches_reasoned_proposals_survives_its_database_and_finds_its_data_when_killed(start, alone):
    folder, address = alone["PLATSVERKET_DATA_DIR"], f"http://127.0.0.1:{alone['PLATSVERKET_PORT']}"
    first = start("up", env=alone)
    first.wait_for("Ctrl-C stops everything.")
    assert "Sample region loaded." in first.said
    assert address in first.said
    assert "coordinator" in first.said
    with urllib.request.urlopen(f"{address}/sign-in", timeout=PATIENCE_S) as answer:
        assert answer.status == 200

    second = start("up", env={**alone, "PLATSVERKET_PORT": str(free_port())})
    assert second.process.wait(PATIENCE_S) == 3
    assert "is in use by process" in second.said

    before = postmaster(folder)
    os.kill(before, signal.SIGKILL)
    until(lambda: STARTED_AGAIN in first.said, "up tells that it started its database again", first)
    until(lambda: answers(address), "the product answers again", first)
    assert postmaster(folder) != before
    first.process.kill()
    first.process.wait()
    until(lambda: not any("api.cli.main" in command for command in commands_in(folder)), "its children have ended")

    again = start("up", env=alone)
    again.wait_for("Ctrl-C stops everything.")
    assert "Sample region loaded." not in again.said
    assert again.interrupt() == 130
    until(lambda: not commands_in(folder), "every process has ended")


def test_a_wrong_setting_is_said_plainly(start, alone):
    refused = start("up", env={**alone, "PLATSVERKET_PORT": "eighty"})
    assert refused.process.wait(PATIENCE_S) == 2
    assert "PLATSVERKET_PORT" in refused.said
    assert "Traceback" not in refused.said
