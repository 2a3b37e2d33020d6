"""Whoever is asked to stop stops, wherever the signal finds it."""

import signal
import weakref
from collections.abc import Iterator

import pytest

from api.cli import supervisor


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(supervisor, "_asked_to_stop", type(supervisor._asked_to_stop)())
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops(number: signal.Signals) -> None:
    supervisor.raise_on_terminate()
    supervisor.raise_if_asked()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_whose_exception_is_dropped_stops_a_moment_later() -> None:
    class Thing:
        pass

    supervisor.raise_on_terminate()
    thing = Thing()
    reference = weakref.ref(thing, lambda _gone: signal.raise_signal(signal.SIGINT))
    del thing
    assert reference() is None
    with pytest.raises(KeyboardInterrupt):
        supervisor.raise_if_asked()
