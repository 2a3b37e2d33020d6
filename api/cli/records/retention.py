"""`retention …`: how long everything is kept, and forgetting what is past its time."""

from typing import Annotated

import typer

from core.database import db
from core.database.postgres import embedded
from core.settings import settings
from core.time import clock
from retention import register as processing
from retention import rules

app = typer.Typer(
    help="How long everything is kept.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)


@app.callback()
def root() -> None:
    """Look after how long everything is kept."""


@app.command()
def register() -> None:
    """Write the register of processing: what is kept, why, what of it is personal, and for how long."""
    typer.echo(processing.as_markdown(), nl=False)


@app.command("apply")
def apply_rules(dry_run: Annotated[bool, typer.Option(help="Only say what would be forgotten.")] = False) -> None:
    """Forget what is past its time now, as the scheduler does every hour, and say how much that was."""
    with embedded.database(), db.unit_of_work() as session:
        done = rules.apply(session, clock.now(), dry_run=dry_run)
    would = "would be " if dry_run else ""
    for each in done:
        days = getattr(settings(), each.rule.setting)
        typer.echo(f"{each.rule.name}, after {days} days: {each.count} {would}{each.rule.does}")
