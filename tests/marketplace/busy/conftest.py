"""Servers with calendars, and an installation that may reach this machine."""

from collections.abc import Iterator

import pytest

from core.settings import settings
from tests.marketplace.busy.servers import Feeds, feeding


@pytest.fixture
def reachable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let users name addresses on this machine."""
    monkeypatch.setenv("PLATSVERKET_REACHABLE_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def feeds(reachable: None) -> Iterator[Feeds]:
    """A server that says what a test tells it."""
    with feeding() as made:
        yield made
