"""Ctrl-C asks a long search to stop with what it has; pressed again, it ends the command as ever."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

ASKING = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what `timeout` and batch systems send."""


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
