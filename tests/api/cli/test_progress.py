"""Ctrl-C during a long search."""

import hashlib
import os
import signal
import threading
import time

import pytest

from api.cli.progress import ASKING, stoppable


def test_nobody_asks() -> None:
    with stoppable() as asked:
        assert not asked()


@pytest.mark.parametrize("number", ASKING)
def test_asking_once_stops_the_search_only(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    with stoppable() as asked:
        signal.raise_signal(number)
        assert asked()
    assert "best plan so far" in capsys.readouterr().err


def test_asking_twice_ends_the_command() -> None:
    with stoppable():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_ends_the_command_again() -> None:
    with stoppable():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_computation_that_gives_python_no_turn_is_told_at_once() -> None:
    handled: list[bool] = []

    def press() -> None:
        time.sleep(0.3)  # until the computation is well under way
        os.kill(os.getpid(), signal.SIGINT)
        while not asked():
            time.sleep(0.001)
        handled.append(signal.getsignal(signal.SIGINT) is signal.default_int_handler)

    with stoppable() as asked:
        presser = threading.Thread(target=press)
        presser.start()
        hashlib.pbkdf2_hmac("sha256", b"", b"", 5_000_000)  # some seconds, in which no signal handler has its turn
        presser.join()

    assert handled == [False]
