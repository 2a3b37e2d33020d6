"""`db …`: the schema, and what every installation has in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

from competence import service as competence
from core import jobs
from core.database import db
from core.database.postgres import embedded, migrate, roles
from core.errors import Conflict
from core.settings import settings
from core.telemetry.logs import configure_logs

app = typer.Typer(help="The database.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after the database."""


@app.command()
def upgrade() -> None:
    """Bring schema and vocabulary up to this version. Safe to run again, and from several machines at a time."""
    with ready():
        typer.echo("The schema and the vocabulary of skills are up to date.")


@contextmanager
def ready() -> Iterator[None]:
    """Run the block with a database that has this version's schema and vocabulary.

    Raises
    ------
    Conflict
        ``schema_is_old``: it is another version's, and the owner, who could change it, is not named.
    """
    configure_logs()
    with embedded.database():
        _bring_up()
        with db.unit_of_work() as session:
            competence.add_skills(session)
        yield


def _bring_up() -> None:
    owner = create_engine(roles.owner_url(), connect_args=db.CONNECT)
    try:
        with db.translated():
            migrate.upgrade(owner)
        if settings().database_owner_url:
            jobs.make_queues(owner)
            with db.translated():
                roles.admit(owner, db.engine().url)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise Conflict(
            "schema_is_old",
            "The schema is older than this version. Run `platsverket db upgrade` with the database's owner in"
            " PLATSVERKET_DATABASE_OWNER_URL.",
        ) from error
    finally:
        owner.dispose()
