"""`export`: the market as files that `import` reads."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.database import ready
from core.database import db
from core.errors import BadInput
from marketplace.exporting.service import Format, exported
from marketplace.importing.header import kinds
from marketplace.importing.known import Known


def export(
    folder: Annotated[Path, typer.Argument(help="Where the files are written; it is made if it is not there.")],
    organisation: Annotated[
        list[str] | None, typer.Option(help="Only what is this one's, by name, short name or number; may be repeated.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What kind of files.")] = Format.CSV,
) -> None:
    """Write a file of each kind that there is anything of. Importing them again changes nothing."""
    with ready(), db.unit_of_work() as session:
        known = Known(session)
        owners = {known.organisation(name).id for name in organisation} if organisation else None
        written = dict(exported(session, None, each.name, form, owners) for each in kinds())
    there = [name for name in written if (folder / name).exists()]
    if there:
        raise BadInput("folder", str(folder), f"it has {', '.join(there)} already: name a folder without")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (folder / name).write_bytes(content)
    typer.echo(f"Wrote {len(written)} files to {folder}.")
