"""`organisation …`: organisations that leave and come back, for the operator of an installation."""

from typing import Annotated

import typer

from api.cli.database import ready
from core.database import db
from marketplace.importing.known import Known
from marketplace.leaving import service as leaving

app = typer.Typer(
    help="Organisations that leave and come back.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)

Named = Annotated[str, typer.Argument(help="The organisation's name or number.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why. It is kept in the audit.", show_default=False)]


@app.callback()
def root() -> None:
    """Look after which organisations take part."""


@app.command()
def leave(organisation: Named, reason: Reason) -> None:
    """Let an organisation take no part from now on: nobody of it is let in, and nothing of it is found or matched."""
    with ready(), db.unit_of_work() as session:
        row = leaving.leave(session, None, Known(session).organisation(organisation).id, reason)
        told = f"{row.name} takes no part any longer. What is booked stands."
    typer.echo(told)


@app.command("return")
def come_back(organisation: Named, reason: Reason) -> None:
    """Let an organisation that has left take part again."""
    with ready(), db.unit_of_work() as session:
        row = leaving.come_back(session, None, Known(session).organisation(organisation).id, reason)
        told = f"{row.name} takes part again."
    typer.echo(told)
