"""`user …`: members and their access tokens, for the operator of an installation."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from api.cli.database import ready
from api.language import format as written
from core.actor import Role
from core.database import db
from core.errors import NotFound
from marketplace.importing.known import Known
from marketplace.organisations import passkeys, queries, service
from marketplace.organisations.grants import roles_in_order
from marketplace.organisations.models import Member
from marketplace.organisations.rules import MemberDraft, Scope

app = typer.Typer(
    help="Members and their access tokens.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)

Home = Annotated[
    str | None, typer.Option("--organisation", help="Where several have a member with the address.", show_default=False)
]
Email = Annotated[str, typer.Argument(help="The member's e-mail address.", show_default=False)]


@app.callback()
def root() -> None:
    """Look after members and tokens."""


@app.command("list")
def list_members() -> None:
    """List active members with organisation and roles (the first 500)."""
    with ready(), db.unit_of_work() as session:
        table = Table("e-mail", "member", "organisation", "roles", box=None)
        for member, organisation in queries.members_to_choose(session):
            table.add_row(member.email, member.name, organisation.name, ", ".join(roles_in_order(member)))
    Console(highlight=False).print(table)


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name or role.", show_default=False)],
    organisation: Annotated[str, typer.Option(help="The organisation's name.", show_default=False)],
    role: Annotated[list[Role], typer.Option(help="May be given several times.", show_default=False)],
    language: Annotated[str, typer.Option(help="sv or en.")] = "sv",
) -> None:
    """Add a member to an organisation, for instance its first admin."""
    with ready(), db.unit_of_work() as session:
        home = Known(session).organisation(organisation)
        draft = MemberDraft(name=name, email=email, roles=frozenset(role), language=language)
        service.add_member(session, None, home.id, draft, "platsverket user add")
    typer.echo(f"{name} <{email}> is a member of {organisation}.")


@app.command()
def deactivate(email: Email, organisation: Home = None) -> None:
    """Keep a member out from now on; its tokens are worthless meanwhile."""
    with ready(), db.unit_of_work() as session:
        service.deactivate_member(session, None, _member(session, email, organisation).id)
    typer.echo(f"{email} is kept out.")


@app.command()
def activate(email: Email, organisation: Home = None) -> None:
    """Let a member in again."""
    with ready(), db.unit_of_work() as session:
        service.activate_member(session, None, _member(session, email, organisation).id)
    typer.echo(f"{email} is let in.")


@app.command()
def token(
    email: Email,
    name: Annotated[str, typer.Option(help="What the token is for.", show_default=False)],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")] = [Scope.READ],  # noqa: B006 (Typer copies it)
    days: Annotated[int, typer.Option(min=1, help="For how long.")] = 90,
    organisation: Home = None,
) -> None:
    """Make a bearer token for a machine client that acts as a member. It is shown once."""
    with ready(), db.unit_of_work() as session:
        holder = _member(session, email, organisation)
        text, row = service.issue_token(session, None, holder.id, name, scopes=scope, days=days)
    typer.echo(text)
    typer.echo(f"Valid until {written.end_moment(row.expires_at)}. It is not shown again.", err=True)


@app.command("forget-passkeys")
def forget_passkeys(email: Email, organisation: Home = None) -> None:
    """Let a member's passkeys be worth nothing, as when they are lost and nobody else administers it."""
    with ready(), db.unit_of_work() as session:
        passkeys.remove_all(session, None, _member(session, email, organisation).id)
    typer.echo(f"{email} has no passkey any more.")


def _member(session: Session, email: str, organisation: str | None) -> Member:
    known = Known(session)
    found = known.member(email, known.organisation(organisation).id if organisation else None)
    if found is None:
        raise NotFound("member", email)
    return found
