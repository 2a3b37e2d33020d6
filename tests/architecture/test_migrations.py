"""The schema under test is the migrated one, and it is what the models say."""

from sqlalchemy import Engine, create_engine, inspect, text

from platsverket.core import db, migrate
from platsverket.schema import metadata


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
