"""Many writers at once, each with a connection of its own: for tests of what the database decides."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine

from core.database import db
from core.errors import Conflict
from core.settings import settings

WRITERS = 32


@pytest.fixture
def connections(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection for each writer."""
    small = db.engine()
    monkeypatch.setenv("PLATSVERKET_DATABASE_POOL_SIZE", str(WRITERS))
    settings.cache_clear()
    db.engine.cache_clear()
    yield
    db.engine().dispose()
    monkeypatch.undo()
    settings.cache_clear()
    db.engine.cache_clear()
    small.dispose()


def at_once(actions: Sequence[Callable[[], None]]) -> None:
    """Do them all, `WRITERS` at a time; raise what any of them raises."""
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(_until_its_turn, action) for action in actions]:
            done.result()


def _until_its_turn(action: Callable[[], None]) -> None:
    """Do it again where it waited too long for the others, which takes a busy machine; nobody is deadlocked."""
    while True:
        try:
            return action()
        except Conflict as refusal:
            if not isinstance(getattr(refusal.__cause__, "orig", None), LockNotAvailable):
                raise
