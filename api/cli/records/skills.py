"""`skills …`: public vocabularies of skills beside our own, for the operator of an installation."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.database import ready
from competence.queries import deprecated_in_use
from competence.taxonomies.importing import cards_with_deprecated, import_release
from competence.taxonomies.reading import read_release
from core.database import db
from marketplace.requests.queries import needs_asking_for

app = typer.Typer(help="Vocabularies of skills.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after the vocabularies of skills."""


@app.command("import")
def import_vocabulary(
    path: Annotated[
        Path,
        typer.Argument(
            help="A JSON file of JobTech Taxonomy, or a folder with ESCO's CSV files.", exists=True, show_default=False
        ),
    ],
    release: Annotated[str, typer.Option(help="Which version it is, such as 30 or 1.2.0.", show_default=False)],
) -> None:
    """Import a version of a public vocabulary. In which order versions come makes no difference."""
    read = read_release(path, release)
    with ready(), db.unit_of_work() as session:
        done = import_release(session, read)
        cards = cards_with_deprecated(session, read.scheme)
        needs = needs_asking_for(session, deprecated_in_use(session, read.scheme))
    counts = f"{done.added} concepts added, {done.changed} changed, {done.unchanged} as before"
    passed_over = f"{done.older} passed over as a later version has them"
    typer.echo(f"{read.scheme} {read.version}: {counts}, {done.deprecated} newly deprecated, {passed_over}.")
    if cards or needs:
        typer.echo(
            f"{cards} capacity cards and {needs} waiting needs name skills that the vocabulary does not have any more:"
            " they keep them, and count as what replaces them."
        )
