"""The schema under test is the migrated one, and it is what the models say."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from core.database import db, migrate
from migrations.tables import metadata

RUN = "01980000-0000-7000-8000-000000000001"


def test_migrations_give_what_the_models_say(database_url: str):
    migrate.check(db.engine())


def test_downgrade_removes_what_upgrade_made_and_a_second_upgrade_does_nothing(postgres):
    postgres.psql("create database migrations")
    engine: Engine = create_engine(db.sqlalchemy_url(postgres.get_uri("migrations")))
    try:
        migrate.upgrade(engine)
        migrate.upgrade(engine)
        assert set(metadata.tables) <= set(inspect(engine).get_table_names())
        migrate.downgrade(engine, "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]
        with engine.connect() as connection:
            leftover = connection.execute(text("select proname from pg_proc where proname like 'claim_%'")).all()
        assert leftover == []
    finally:
        engine.dispose()


@pytest.fixture
def old(postgres) -> Iterator[Engine]:
    """A database of version 0001, with a run in it."""
    postgres.psql("create database old")
    engine = create_engine(db.sqlalchemy_url(postgres.get_uri("old")))
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into matching_run (id, created_at, updated_at, name, state, policy, seed, time_limit_s,"
                " workers, attempts, progress, queued_at, objective, bound) values"
                " (:id, now(), now(), '', 'done', '{}', 1, 30, 1, 1, '{}', now(), 5, 7)"
            ),
            {"id": RUN},
        )
    yield engine
    engine.dispose()
    postgres.psql("drop database old")


def test_0002_keeps_the_runs_there_are_as_runs_over_everything(old: Engine):
    migrate.upgrade(old, "0002")
    with old.begin() as connection:
        run = connection.execute(text("select kind, request_id, objective, bound from matching_run")).one()
        assert run == ("whole", None, 5, 7)
        connection.execute(text("update matching_run set objective = 4300000000, bound = 4400000000"))
    with pytest.raises(IntegrityError, match="run_kind"), old.begin() as connection:
        connection.execute(text("update matching_run set kind = 'other'"))

    migrate.downgrade(old, "0001")
    with old.begin() as connection:
        assert connection.execute(text("select objective, bound from matching_run")).one() == (None, None)
