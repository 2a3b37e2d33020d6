"""Real processes of the product, each in a session of its own so that it can be killed with all it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

PATIENCE_S = 180


@dataclass
class Running:
    """A started command, with what it has said so far."""

    process: subprocess.Popen
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str) -> None:
        """Wait until the process has said something."""
        until(lambda: words in self.said, f"it says {words!r}", self)

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End the process and all it started at once, as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


Start = Callable[..., Running]


def until(happened: Callable[[], object], what: str, running: Running | None = None) -> None:
    """Wait until something has happened, or fail saying what did not and what the process has said."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        said = running.said if running else ""
        assert running is None or running.process.poll() is None, f"ended before {what}\n{said}"
        assert time.monotonic() < end, f"did not happen within {PATIENCE_S} s: {what}\n{said}"
        time.sleep(0.1)


def runs(process: psutil.Process) -> bool:
    """Whether a process is there and is no zombie: who adopts what is orphaned may never ask how it ended."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command of the product with further environment; whatever still runs is killed after the test."""
    with starting(tmp_path) as start:
        yield start


@contextmanager
def starting(folder: Path) -> Iterator[Start]:
    """Give what starts a command, with its log in a folder; whatever still runs at the end is killed."""
    started: list[Running] = []

    def run(*command: str, env: Mapping[str, str | None] | None = None) -> Running:
        log = folder / f"{len(started)}-{command[0]}.log"
        wanted = {"PLATSVERKET_DATA_DIR": str(folder / "data"), **os.environ, "COLUMNS": "200", **(env or {})}
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", *command],
                env={name: value for name, value in wanted.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(Running(process, log))
        return started[-1]

    try:
        yield run
    finally:
        for running in started:
            running.kill()
