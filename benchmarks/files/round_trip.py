"""A round trip of files: many lots of furniture written as a file and read in again, which has to change nothing.

``python -m benchmarks.files.round_trip --rows 10000`` in the database of the settings, of which nothing is kept.
It tells seconds of the clock and of this process, and of reading the file's table alone, to measure the rest by.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import Session

from api.cli.database import ready
from core.database import db
from core.spreadsheets import csv_of
from marketplace.exporting.service import Format, exported
from marketplace.importing.reading.table import read_table
from marketplace.importing.service import import_csv
from marketplace.organisations import service as organisations
from marketplace.organisations.models import OrganisationKind
from marketplace.organisations.rules import OrganisationDraft
from resources.drafts import SiteDraft
from resources.service import create_site

HEADER = ("organisation", "plats", "namn", "typ", "antal", "skick", "beskrivning", "erbjuds från", "erbjuds till")
NAME = "Rundresans myndighet"


def measured(session: Session, home: UUID, rows: int, form: Format) -> None:
    """Print how long each way takes; nothing may differ."""
    with _timed("read in the first time"):
        lots = ([NAME, "Huset", f"Parti {n}", "stol", 10, 4, f"=Rad {n}", "+1d", "+400d"] for n in range(rows))
        made = import_csv(session, None, "mobler.csv", csv_of(HEADER, lots))
        assert made.created == rows, made.errors[:3]
    with _timed("written"):
        name, content = exported(session, None, "furniture", form, [home])
    with _timed("its table read alone"):
        assert len(read_table(content).rows) == rows
    with _timed("read in again"):
        again = import_csv(session, None, name, content)
    assert (again.errors, again.created, again.changed, again.unchanged) == ((), 0, 0, rows)
    typer.echo(f"{name}: {rows} rows, {len(content)} bytes, nothing differs")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    clock, processor = time.perf_counter(), time.process_time()
    yield
    seconds, own = time.perf_counter() - clock, time.process_time() - processor
    typer.echo(f"{what}: {seconds:.1f} s, of which this process {own:.1f} s")


def main(
    rows: Annotated[int, typer.Option(min=1, help="Lots of furniture, each offered.")] = 10_000,
    form: Annotated[Format, typer.Option("--format", help="What kind of file.")] = Format.CSV,
) -> None:
    """Measure a round trip in the database of the settings, and keep nothing of it."""
    with ready(), db.unit_of_work() as session:
        draft = OrganisationDraft(NAME, OrganisationKind.STATE_AGENCY, "2380")
        home = organisations.register_organisation(session, None, draft)
        create_site(session, None, SiteDraft("Huset", "", "2380", 63.1783, 14.6366), home.id)
        measured(session, home.id, rows, form)
        session.rollback()


if __name__ == "__main__":
    typer.run(main)
