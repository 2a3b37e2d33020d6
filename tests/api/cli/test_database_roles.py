"""A database is brought up by its owner, for a role of the application's that may not touch the audit."""

import pytest
from sqlalchemy import create_engine, make_url, text

from api.cli import database, processes
from core.database import db
from core.database.postgres import embedded
from core.database.postgres.embedded import OWNER_URL
from core.errors import BadInput, Conflict, Unavailable
from core.settings import settings

APPLICATION = "PLATSVERKET_DATABASE_URL"
TABLES = "select tablename, tableowner from pg_tables where schemaname = 'public'"
MAY_CHANGE = "select has_table_privilege('audit_entry', 'update, delete, truncate')"


@pytest.fixture
def named(monkeypatch, database_url):
    """Name the application's and the owner's way to the database, in settings that end with the test."""

    def name(running: str, owner: str | None) -> None:
        monkeypatch.setenv(APPLICATION, running)
        monkeypatch.delenv(OWNER_URL, raising=False)
        if owner:
            monkeypatch.setenv(OWNER_URL, owner)
        db.engine().dispose()  # also the one that the tests before have left
        settings.cache_clear()
        db.engine.cache_clear()

    yield name
    db.engine().dispose()
    monkeypatch.undo()
    settings.cache_clear()
    db.engine.cache_clear()


def test_a_new_database_gets_its_role_its_rights_and_its_queues(postgres, named):
    postgres.psql("create database fresh")
    owner = postgres.get_uri("fresh")
    running = embedded.written(make_url(owner).set(username="newcomer", password="hemligt@ord"))
    named(running, None)
    with pytest.raises(Unavailable):  # the role is not there, and nobody who could make it is named
        database._bring_up()
    named(running, owner)
    database._bring_up()
    database._bring_up()
    with db.engine().connect() as connection:
        tables = dict(connection.execute(text(TABLES)).all())
        assert {"kombu_message", "kombu_queue", "audit_seal"} <= tables.keys()
        assert "newcomer" not in tables.values()
        assert connection.scalar(text(MAY_CHANGE)) is False
    db.engine().dispose()
    postgres.psql("drop database fresh")


def test_an_old_schema_is_told_to_whoever_may_not_change_it(postgres, named):
    postgres.psql("create database stale")
    named(embedded.written(make_url(postgres.get_uri("stale")).set(username="application")), None)
    with pytest.raises(Conflict, match="older than this version"):
        database._bring_up()
    db.engine().dispose()
    postgres.psql("drop database stale")


def test_the_owner_is_of_the_same_database(postgres, database_url, named):
    named(database_url, postgres.get_uri("postgres"))
    with pytest.raises(BadInput, match="names another database"):
        database._bring_up()


def test_production_does_not_run_as_a_role_that_may_change_the_audit(monkeypatch, database_url, owner):
    production = settings().model_copy(update={"environment": "production"})
    monkeypatch.setattr(processes, "settings", lambda: production)
    processes.check_role()
    monkeypatch.setattr(db, "engine", lambda: owner)
    with pytest.raises(Conflict, match="may change the audit"):
        processes.check_role()
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    monkeypatch.setattr(db, "engine", lambda: away)
    processes.check_role()
