"""`audit …`: whether what was done still stands as it was written, for the operator and for auditors."""

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import create_engine

from core.database import db
from core.database.audit import chain
from core.database.audit.chain import Head
from core.database.audit.pruning import prune as disposed
from core.database.postgres import embedded, roles
from core.time import clock

app = typer.Typer(help="The audit.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after the audit."""


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="What an earlier verification or the log told: it has to be in the chain still."),
    ] = None,
) -> None:
    """Say whether an entry was changed, deleted, moved or put in past the guards; exit 1 if so.

    Keep the head that it tells where the database's owner cannot change it: with it, a chain that was cut off at its
    end or made anew shows, too.
    """
    kept = None if head is None else Head.read(head)
    with embedded.database(), db.unit_of_work() as session:
        found = chain.verify(session, kept)
    for each in found.breaks:
        typer.echo(str(each))
    if found.pruned:
        typer.echo(f"Pruned up to {found.pruned}")
    typer.echo(f"{found.entries} entries, {len(found.breaks)} breaks")
    typer.echo(f"Head {found.head or 'none: there are no entries'}")
    if found.breaks:
        raise typer.Exit(1)


@app.command()
def prune(
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A day, at least a year ago.")],
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Dispose of the entries from before a day, for good, as the database's owner; the audit tells that it was done.

    For an agency that has decided how long its audit is kept. Verify before, and keep the head.
    """
    if not sure:
        typer.confirm(f"Dispose of the audit from before {before:%Y-%m-%d}? It cannot be undone", abort=True)
    with embedded.database():
        owner = create_engine(roles.owner_url(), connect_args=db.CONNECT)
        try:
            with db.translated():
                last = disposed(owner, before.replace(tzinfo=clock.STOCKHOLM))
        finally:
            owner.dispose()
    typer.echo(f"Disposed of up to {last}" if last else "Nothing is that old.")
