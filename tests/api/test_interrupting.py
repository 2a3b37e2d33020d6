"""Ctrl-C during a long search."""

import signal

import pytest

from platsverket.api.cli.interrupting import ASKING, stoppable


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
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_ends_the_command_again() -> None:
    with stoppable():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
