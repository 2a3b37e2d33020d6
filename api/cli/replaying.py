"""`replay`: solve what a run has stored again, and say whether the same plan comes out."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.database import ready
from marketplace.planning.execution import replay as replaying


def replay(
    run: Annotated[UUID, typer.Argument(help="The run's id: it stands in its address and below `match`.")],
) -> None:
    """Solve the stored problem of a matching run again. Exit 1 if another plan comes out; nothing is written.

    The course that the run took is stored with it and taken again, so the plan is the same with any workers.
    """
    with ready():
        found = replaying.replay(run)
    stored, again = found.stored, found.again
    if not found.same:
        typer.echo(
            f"another plan: objective {again.objective}, bound {again.bound}; "
            f"the run had objective {stored.objective}, bound {stored.bound}"
        )
        raise typer.Exit(1)
    typer.echo(f"the same plan: objective {stored.objective}, bound {stored.bound}, {len(stored.matches)} matches")
