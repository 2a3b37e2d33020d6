"""`db …`: the schema."""

import typer

from platsverket.core import db, embedded, migrate

app = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after the database."""


@app.command()
def upgrade() -> None:
    """Bring the schema up to this version. Safe to run again, and at the same time from several machines."""
    with embedded.database(), db.translated():
        migrate.upgrade(db.engine())
    typer.echo("The schema is up to date.")
