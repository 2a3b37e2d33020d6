"""`db …`: the schema, and what every installation has in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from competence import service as competence
from core.database import db, embedded, migrate

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
    """Run the block with a database that has this version's schema and vocabulary."""
    with embedded.database():
        with db.translated():
            migrate.upgrade(db.engine())
        with db.unit_of_work() as session:
            competence.add_skills(session)
        yield
