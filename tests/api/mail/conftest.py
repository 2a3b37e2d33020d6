"""A mail server, and an installation that knows it."""

from collections.abc import Iterator

import pytest

from core.settings import settings
from tests.api.mail.postman import Postman, working


@pytest.fixture
def postman(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postman]:
    """A mail server that is named in the settings."""
    with working(Postman()) as made:
        monkeypatch.setenv("PLATSVERKET_MAIL_URL", made.url)
        monkeypatch.setenv("PLATSVERKET_MAIL_FROM", "platsverket@example.se")
        settings.cache_clear()
        yield made
    monkeypatch.undo()
    settings.cache_clear()
