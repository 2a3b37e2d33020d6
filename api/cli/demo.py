"""`demo`: a made-up market of any size."""

from typing import Annotated

import typer

from api.cli.database import ready
from api.cli.progress import display
from core.database import db
from marketplace.demo import service


def demo(
    organisations: Annotated[int, typer.Option(min=1, help="How many.")] = 40,
    offers: Annotated[int, typer.Option(min=0, help="How many.")] = 300,
    requests: Annotated[int, typer.Option(min=0, help="How many.")] = 900,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same market.")] = 1,
) -> None:
    """Add a made-up market over the real municipalities, beside what is there."""
    with ready(), display() as bar, db.unit_of_work() as session:
        task = bar.add_task("writing", total=None, state="")
        made = service.generate(
            session,
            organisations=organisations,
            offers=offers,
            requests=requests,
            seed=seed,
            progress=lambda written, total: bar.update(task, completed=written, total=total),
        )
    typer.echo(f"Added {made.organisations} organisations, {made.offers} offers, {made.requests} requests.")
