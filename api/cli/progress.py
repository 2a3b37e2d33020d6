"""What a person sees and does while a command works: progress on standard error, and Ctrl-C.

Ctrl-C asks a long search to stop with what it has; pressed again, it ends the command as ever.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from matching.solve import Progress as Solving

ASKING = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what `timeout` and batch systems send."""

FIGURES = ("value", "bound", "served", "seconds", "blocks")


@contextmanager
def display() -> Iterator[Progress]:
    """Give a display that vanishes when the work is done."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield progress


@contextmanager
def solver_progress(time_limit_s: float | None) -> Iterator[Callable[[Solving], None]]:
    """Give what the solver calls with its progress: the bar is the time, the text is value and bound."""
    with display() as progress:
        task = progress.add_task("solving", total=time_limit_s, state="")

        def show(now: Solving) -> None:
            progress.update(task, completed=now.seconds, state=_state(now))

        yield show


def _state(now: Solving) -> str:
    return f"value {now.value}  bound {now.bound}  gap {100 * now.gap:.2f} %  blocks {now.blocks}  served {now.served}"


@contextmanager
def run_progress() -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what a run is followed with: the text is its step, and as soon as there is a plan how good that is."""
    with display() as progress:
        task = progress.add_task("building", total=None, state="")

        def show(now: Mapping[str, Any]) -> None:
            found = Solving(*(now[name] for name in FIGURES)) if "value" in now else None
            counted = f"{now['done']} of {now['total']}" if "total" in now else ""
            state = counted if counted or found is None else f"{_state(found)} of {now['needs']} occasions"
            progress.update(task, description=now["step"], state=state)

        yield show


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Give what says whether somebody asked to stop; who asks twice gets what they would have got the first time."""
    asked = threading.Event()
    former = {number: signal.getsignal(number) for number in ASKING}

    def take_back() -> None:
        for number, handler in former.items():
            signal.signal(number, handler)

    def ask(*_: object) -> None:
        take_back()
        asked.set()
        Console(stderr=True, highlight=False).print("Stopping with the best plan so far. Once more ends without it.")

    for number in ASKING:
        signal.signal(number, ask)
    try:
        with _heard_at_once(asked):
            yield asked.is_set
    finally:
        take_back()


@contextmanager
def _heard_at_once(asked: threading.Event) -> Iterator[None]:
    """Set the event when a signal comes, from a thread: handlers wait until the solver gives way to them."""
    here, there = socket.socketpair()
    there.setblocking(False)

    def listen() -> None:
        while number := here.recv(1):
            if number[0] in ASKING:
                asked.set()

    listener = threading.Thread(target=listen, name="interrupting", daemon=True)
    listener.start()
    former = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(former)
        there.close()
        listener.join()
        here.close()
