"""`import` and `demo`: fill the market, from files or with what is made up."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlmodel import Session

import api
from api.cli.database import ready
from api.cli.progress import display
from api.mail.letters import sample as letters
from core.database import db
from core.errors import BadInput, NotAllowed
from core.settings import settings
from core.time import clock
from hubs import demo as hubs
from marketplace.demo import service as demonstration
from marketplace.demo import story
from marketplace.importing import service as importing
from marketplace.importing.header import kind_named, kind_of, kinds
from marketplace.importing.reading.table import read_table
from marketplace.importing.report import ImportReport
from marketplace.organisations import queries as organisations

READ = (".csv", ".xlsx")
SAMPLES = Path(api.__file__).parent.parent / "samples"

console = Console(highlight=False, soft_wrap=True, markup=False)


def import_file(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="CSV files, Excel workbooks or a folder of them, see docs/guides/import.md", show_default=False
        ),
    ],
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done, and what is wrong.")] = False,
) -> None:
    """Import files, all or nothing. Records that are there already are changed to what the files say."""
    with ready(), db.unit_of_work() as session:
        reports = _import(session, _in_order(paths), dry_run)
        if any(report.errors for report in reports):
            raise typer.Exit(2)  # out of the unit of work, which takes back what the files before have written


def demo(
    organisations: Annotated[int, typer.Option(min=1, help="How many.")] = 40,
    offers: Annotated[int, typer.Option(min=0, help="How many.")] = 300,
    requests: Annotated[int, typer.Option(min=0, help="How many.")] = 900,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same market.")] = 1,
) -> None:
    """Add a made-up market over the real municipalities, beside what is there. Not to a production database."""
    if settings().environment == "production" and settings().database_url:
        raise NotAllowed(
            "development_only",
            "A made-up market is not added to a production database. For another: PLATSVERKET_ENVIRONMENT=development.",
        )
    with ready(), display() as bar, db.unit_of_work() as session:
        task = bar.add_task("writing", total=None, state="")
        made = demonstration.generate(
            session,
            organisations=organisations,
            offers=offers,
            requests=requests,
            seed=seed,
            progress=lambda written, total: bar.update(task, completed=written, total=total),
        )
    typer.echo(f"Added {made.organisations} organisations, {made.offers} offers, {made.requests} requests.")


def load_samples_once() -> bool:
    """Load the sample region, with its story, into an empty market; tell whether it was empty and they are at hand."""
    if not SAMPLES.is_dir():
        return False
    with db.unit_of_work() as session:
        if organisations.any_organisation(session):
            return False
        on_rosters = SAMPLES / story.FILE
        reports = _import(session, (each for each in _in_order([SAMPLES]) if each != on_rosters), dry_run=False)
        with clock.frozen(clock.now() - story.AGO):
            reports += _import(session, [on_rosters], dry_run=False)
        if any(report.errors for report in reports):
            raise BadInput("samples", str(SAMPLES), "the sample files have faults, see above")
    story.play()
    hubs.play()
    letters.play()
    return True


def _import(session: Session, files: Iterable[Path], dry_run: bool) -> list[ImportReport]:
    reports = []
    for file in files:
        report = _import_one(session, file, dry_run)
        _tell(file, report)
        reports.append(report)
    return reports


def _import_one(session: Session, file: Path, dry_run: bool) -> ImportReport:
    with display() as bar, _named(file):
        task = bar.add_task(file.name, total=None, state="")

        def show(done: int, rows: int) -> None:
            bar.update(task, completed=done, total=rows, state=f"{done} of {rows} rows")

        return importing.import_csv(session, None, file.name, _read(file), dry_run=dry_run, progress=show)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Say of what is wrong with a file as a whole which one it is."""
    try:
        yield
    except BadInput as error:
        raise BadInput(str(file), None, error.parameters[0].reason) from error


def _tell(file: Path, report: ImportReport) -> None:
    for error in report.errors:
        console.print(f"{file.name}, {error}")
    if report.errors:
        console.print(f"{file.name}: {_counted(len(report.errors), 'fault')}, nothing written")
        return
    for note in report.notes:
        console.print(f"{file.name}, {note}")
    would = "would be " if report.dry_run else ""
    console.print(
        f"{file.name}: {_counted(report.rows, 'row')}, {report.created} {would}created, "
        f"{report.changed} {would}changed, {report.unchanged} unchanged"
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _in_order(paths: Iterable[Path]) -> list[Path]:
    """Return the files, those of folders included, with those first that others stand on."""
    files = [file for path in paths for file in (_of_folder(path) if path.is_dir() else [path])]
    if not files:
        raise BadInput("paths", ", ".join(map(str, paths)), "there is no CSV file or workbook")
    return sorted(files, key=_rank)


def _of_folder(folder: Path) -> list[Path]:
    """Return the files of a folder that can be read, whatever the case of their names, and say what else lies there."""
    inside = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    for path in inside:
        if path.suffix.lower() not in (*READ, ".md"):
            console.print(f"{path.name}: left out, it is no CSV file or workbook")
    return [path for path in inside if path.suffix.lower() in READ]


def _rank(file: Path) -> int:
    """Return the place of a file's kind, which its name says or else its header."""
    names = [kind.name for kind in kinds()]
    with _named(file):
        named = kind_named(file.name) or kind_of(file.name, read_table(_read(file)))
    return names.index(named.name)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(str(file), None, f"it cannot be read: {error.strerror}") from error
