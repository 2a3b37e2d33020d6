"""Keeps child processes running until told to stop, and then leaves none behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import structlog

from core.database.postgres.embedded import OWNER_URL
from core.errors import PlatsverketError

STOPPING_S = 10
RESTARTS = 5
RESTART_WINDOW_S = 60
PARENT = "PLATSVERKET_SUPERVISOR_PID"
WATCH_S = 1.0

log = structlog.get_logger()
_fork = multiprocessing.get_context("fork")
_asked_to_stop = threading.Event()


class ChildKeepsDying(PlatsverketError):
    """A process ended again and again; starting it once more would not help."""


def _environment() -> dict[str, str]:
    """Return what a child is told: all but the way to the database as its owner, which it has no use for."""
    told = {name: value for name, value in os.environ.items() if name != OWNER_URL}
    return {**told, PARENT: str(os.getpid())}


@dataclass
class Child:
    """One process of the product, writing to a log file of its own."""

    name: str
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches the supervisor alone.

        It stops by itself when the supervisor is gone (see `stop_with_parent`), even by SIGKILL.
        """
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "api.cli.main", self.name],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts.append(time.monotonic())

    def keep_running(self) -> bool:
        """Start it again where it has ended; tell whether that was needed."""
        if self.process is None or self.process.poll() is None:
            return False
        recent = [at for at in self.starts if at > time.monotonic() - RESTART_WINDOW_S]
        if len(recent) > RESTARTS:
            raise ChildKeepsDying(
                f"The {self.name} process ended {len(recent)} times within a minute. Its last words: {self.log_file}."
            )
        self.start()
        return True

    def stop(self) -> None:
        """Ask the process to end. What it has started it ends itself: a worker whose own die first waits for them."""
        if self.process is not None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end of the process, and end it and what it has started by force when the time has come."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running(names: Sequence[str], log_folder: Path) -> Iterator[list[Child]]:
    """Run the named commands as children; on leaving, stop them in the opposite order."""
    children = [Child(name, log_folder / f"{name}.log") for name in names]
    try:
        for child in children:
            child.start()
        yield children
    finally:
        for child in reversed(children):
            child.stop()
        until = time.monotonic() + STOPPING_S
        for child in reversed(children):
            child.wait(until)


def keep_forks(work: Callable[[int], None], count: int) -> None:
    """Let so many forks of this process work, each told its number, until SIGTERM or Ctrl-C; start those anew that end.

    Raises
    ------
    KeyboardInterrupt
        It was told to stop, and all have ended.
    ChildKeepsDying
        They end again and again.
    """
    raise_on_terminate()
    forks = [_forked(work, number) for number in range(count)]
    ends: list[float] = []
    try:
        while True:
            wait([each.sentinel for each in forks], timeout=1)
            raise_if_asked()
            for number, each in enumerate(forks):
                if not each.is_alive():
                    log.warning("process_ended", fork=each.name, exit_code=each.exitcode)
                    ends = [at for at in (*ends, time.monotonic()) if at > time.monotonic() - RESTART_WINDOW_S]
                    if len(ends) > RESTARTS * count:
                        raise ChildKeepsDying(f"The processes ended {len(ends)} times within a minute.")
                    forks[number] = _forked(work, number)
    finally:
        _stop_forks(forks)


def _forked(work: Callable[[int], None], number: int) -> BaseProcess:
    made = _fork.Process(target=work, args=(number,), name=str(number))
    made.start()
    return made


def _stop_forks(forks: list[BaseProcess]) -> None:
    """Ask all to end, and end by force those that take too long."""
    for each in forks:
        each.terminate()
    until = time.monotonic() + STOPPING_S
    for each in forks:
        each.join(max(0.1, until - time.monotonic()))
        if each.is_alive():
            each.kill()
            each.join()


def raise_on_terminate() -> None:
    """Let SIGTERM end this process the way Ctrl-C does, so that the children are stopped; see `raise_if_asked`."""

    def stop(_number: int, _frame: object) -> None:
        _asked_to_stop.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else the shell said not to hear it
        signal.signal(signal.SIGINT, stop)


def raise_if_asked() -> None:
    """Stop if somebody asked for it and nothing came of it.

    Python drops an exception that is raised while a finaliser or a weak reference's callback runs.

    Raises
    ------
    KeyboardInterrupt
        SIGTERM or Ctrl-C has come since `raise_on_terminate`.
    """
    if _asked_to_stop.is_set():
        raise KeyboardInterrupt


def stop_with_parent() -> None:
    """End this process, as SIGTERM does, soon after the supervisor that started it is gone. Without one: nothing."""
    parent = os.environ.pop(PARENT, "")
    if parent:
        stop_with(int(parent))


def stop_with(parent: int) -> None:
    """End this process, as SIGTERM does, soon after its parent is gone."""
    threading.Thread(target=_watch, args=(parent,), name="supervisor-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os.kill(os.getpid(), signal.SIGTERM)
