"""`person …`: what one person may ask for of what is kept of them."""

import json
from typing import Annotated

import typer

from core.database import db
from core.database.postgres import embedded
from retention import person

app = typer.Typer(
    help="What one person may ask for.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
Who = Annotated[
    str, typer.Argument(help="The e-mail address or id of a member, or the id of a capacity card.", show_default=False)
]


@app.callback()
def root() -> None:
    """Answer what a person asks for of what is kept of them."""


@app.command()
def export(who: Who) -> None:
    """Write all that is kept of a person as JSON, without secrets, and who has been shown it."""
    with embedded.database(), db.unit_of_work() as session:
        found = person.export(session, who)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@app.command()
def erase(
    who: Who,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take away who somebody was. What they decided or lent stands, without a name. It cannot be undone."""
    if not sure:
        typer.confirm(f"Erase {who}? It cannot be undone", abort=True)
    with embedded.database(), db.unit_of_work() as session:
        person.erase(session, who)
    typer.echo("Erased. Backups keep it until they are overwritten.")
