"""`organisation …`: which organisations take part, and how much each may have, for the operator of an installation."""

from typing import Annotated

import typer

from api.cli.database import ready
from core.database import db
from marketplace.importing.known import Known
from marketplace.leaving import service as leaving
from marketplace.organisations import queries, service

app = typer.Typer(
    help="Organisations: who takes part, and how much each may have.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Named = Annotated[str, typer.Argument(help="The organisation's name or number.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why. It is kept in the audit.", show_default=False)]


@app.callback()
def root() -> None:
    """Look after which organisations take part, and how much each may have."""


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


@app.command()
def quota(
    organisation: Named,
    offers: Annotated[int | None, typer.Option(min=1, help="Offers at a time.", show_default=False)] = None,
    needs: Annotated[int | None, typer.Option(min=1, help="Needs waiting at a time.", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="Why. Needed where something is set, and kept in the audit.")] = "",
    usual: Annotated[bool, typer.Option("--usual", help="What is not named: as each organisation may have.")] = False,
) -> None:
    """Tell how many offers and waiting needs an organisation may have at a time, or let it have others."""
    said = {"offer_quota": offers, "need_quota": needs}
    quotas = {name: most for name, most in said.items() if usual or most is not None}
    with ready(), db.unit_of_work() as session:
        row = Known(session).organisation(organisation)
        if quotas:
            service.set_quota(session, None, row.id, reason, **quotas)
        most = queries.offer_quota(session, row.id), queries.need_quota(session, row.id)
        told = f"{row.name} may have {most[0]} offers, and {most[1]} needs waiting, at a time."
    typer.echo(told)
