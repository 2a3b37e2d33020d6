"""`export`: the market as files that `import` reads."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from api.cli.database import ready
from core.database import db
from core.errors import BadInput, StorageFull
from marketplace.exporting.service import Format, exported
from marketplace.importing.header import kinds
from marketplace.importing.known import Known


def export(
    folder: Annotated[Path, typer.Argument(help="Where the files are written: a new folder, or an empty one.")],
    organisation: Annotated[
        list[str] | None, typer.Option(help="Only what is this one's, by name, short name or number; may be repeated.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What kind of files.")] = Format.CSV,
) -> None:
    """Write a file of each kind that there is anything of. Importing them again changes nothing."""
    _check_empty(folder)
    with ready(), db.unit_of_work() as session:
        known = Known(session)
        owners = {known.organisation(name).id for name in organisation} if organisation else None
        written = dict(exported(session, None, each.name, form, owners) for each in kinds())
    _write_whole(folder.resolve(), written)
    typer.echo(f"Wrote {len(written)} files to {folder}.")


def _check_empty(folder: Path) -> None:
    """Say before the market is read, not after it, that its files would not be alone."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise BadInput("folder", str(folder), "there is something already: name a new folder, or an empty one")


def _write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files or none: beside the folder first, which takes its place once they are there."""
    beside = folder.with_name(f".{folder.name}.{uuid4()}")
    try:
        beside.mkdir(parents=True)
        for name, content in files.items():
            (beside / name).write_bytes(content)
        beside.rename(folder)
    except OSError as error:
        raise StorageFull(f"The files could not be written to {folder}: {error.strerror}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
