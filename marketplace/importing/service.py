"""Reading a file into the market: everything in it or nothing, with an error for each cell that is wrong."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlmodel import Session

from core.actor import Actor
from core.database import db
from core.errors import BadInput, InvalidParameter, PlatsverketError, StorageFull, Unavailable
from core.swedish import same_case
from marketplace.importing import people, requests, supply
from marketplace.importing.kinds import Change, Column, Importing, Kind, Values
from marketplace.importing.table import Row, Table, read_table
from resources.families import FAMILIES

_NEED = re.compile(r"needs\[(\d+)\]\.?(.*)")


def kinds() -> tuple[Kind, ...]:
    """Return the kinds of files, in the order in which they stand on each other."""
    resources = (supply.resources_kind(family) for family in FAMILIES.values())
    return (
        people.ORGANISATIONS,
        people.MEMBERS,
        people.PARTNERSHIPS,
        supply.SITES,
        *resources,
        requests.requests_kind(),
    )


Group = list[tuple[Row, Values]]
Progress = Callable[[int, int], None]
Columns = Sequence[tuple[int, Column]]
"""The columns of a file by their place in it."""


@dataclass(frozen=True)
class CellError:
    """What is wrong in a cell: the row as the spreadsheet numbers it, the column's name as in the file, and why.

    Without a column it is about the whole row; row 1 is the header.
    """

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.reason}" + (f" (it says {self.value!r})" if self.value else "")


@dataclass(frozen=True)
class ImportReport:
    """What a file would do or has done. With errors, or in a dry run, nothing was written."""

    kind: str
    rows: int
    created: int
    changed: int
    unchanged: int
    errors: tuple[CellError, ...]
    dry_run: bool

    @property
    def written(self) -> bool:
        """Whether the file's contents now stand in the database."""
        return not self.errors and not self.dry_run


def import_csv(
    session: Session,
    actor: Actor | None,
    name: str,
    data: bytes,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _done, _rows: None,
) -> ImportReport:
    """Write what stands in a CSV file, with the same rights and rules as by hand, or nothing of it.

    Its `name` says what it holds (``lokaler.csv``, ``spaces.csv``); under any other name its header does. A record
    that is there already, by its key, is changed to what the file says; what the file has no column for stays. `actor`
    None is the system. `progress` is told how many rows are done, of how many.

    Raises
    ------
    BadInput
        It is no CSV file, or of no known kind.
    """
    table = read_table(data)
    kind = _kind(name, table)
    columns, errors = _columns(kind, table)
    counts = dict.fromkeys(Change, 0)
    if errors:
        return _report(kind, table, counts, errors, dry_run)
    importing = Importing(session, actor, frozenset(column.key for _, column in columns))
    whole_file = session.begin_nested()
    for group in _records(kind, columns, table.rows, errors):
        progress(group[-1][0].number - 1, len(table.rows))
        try:
            with db.translated(), session.begin_nested():
                counts[kind.write(importing, [values for _, values in group])] += 1
        except (Unavailable, StorageFull):
            raise
        except PlatsverketError as error:
            errors += _told(error, kind, columns, [row for row, _ in group])
    if errors or dry_run:
        whole_file.rollback()
    else:
        whole_file.commit()
    return _report(kind, table, counts, errors, dry_run)


def _kind(name: str, table: Table) -> Kind:
    """Return the kind that a file's name says, else the only one whose required columns its header has."""
    stem = same_case(PurePath(name).stem).lstrip("0123456789 -_")
    for kind in kinds():
        if stem in (*kind.files, kind.name):
            return kind
    fitting = [kind for kind in kinds() if not _missing(kind, table.header) and not _unknown(kind, table.header)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{kind.files[0]}.csv" for kind in kinds())
    raise BadInput("name", name, f"neither the file's name nor its header says what it holds: call it one of {names}")


def _missing(kind: Kind, header: Sequence[str]) -> list[Column]:
    return [each for each in kind.columns if each.required and not any(map(each.is_called, header))]


def _unknown(kind: Kind, header: Sequence[str]) -> list[str]:
    return [name for name in header if not any(each.is_called(name) for each in kind.columns)]


def _columns(kind: Kind, table: Table) -> tuple[Columns, list[CellError]]:
    """Return the columns of a file by their place, and what is wrong with its header."""
    errors = [
        CellError(1, name, name, _no_such_column(kind, table.header, name)) for name in _unknown(kind, table.header)
    ]
    errors += [CellError(1, each.swedish, "", "the column is missing") for each in _missing(kind, table.header)]
    found = [(place, each) for place, name in enumerate(table.header) for each in kind.columns if each.is_called(name)]
    for each in kind.columns:
        names = [table.header[place] for place, column in found if column is each]
        if len(names) > 1:
            errors.append(CellError(1, names[1], names[1], "the column is there twice"))
    return found, errors


def _no_such_column(kind: Kind, header: Sequence[str], name: str) -> str:
    free = [each for each in kind.columns if not any(map(each.is_called, header))]
    spellings = {spelling: each.swedish for each in free for spelling in (each.swedish, each.english)}
    alike = difflib.get_close_matches(same_case(name), spellings, n=1, cutoff=0.5)
    if alike:
        return f"there is no such column: did you mean {spellings[alike[0]]}?"
    return f"there is no such column: use {', '.join(each.swedish for each in kind.columns)}"


def _records(kind: Kind, columns: Columns, rows: Sequence[Row], errors: list[CellError]) -> Iterator[Group]:
    """Yield the rows of each record with their values; rows that cannot be read become errors instead."""
    groups: dict[object, Group] = {}
    broken: set[object] = set()
    for row in rows:
        values, wrong = _read(columns, row)
        key = tuple(values.get(each) for each in kind.record) if kind.record else row.number
        groups.setdefault(key, []).append((row, values))
        if wrong:
            broken.add(key)
            errors += wrong
    yield from (group for key, group in groups.items() if key not in broken)


def _read(columns: Columns, row: Row) -> tuple[dict[str, Any], list[CellError]]:
    values: dict[str, Any] = {}
    errors = []
    beyond = next((cell for cell in row.cells[len(columns) :] if cell), None)
    if beyond is not None:
        errors.append(CellError(row.number, "", beyond, "the row has more cells than the header"))
    for place, column in columns:
        cell = row.cells[place] if place < len(row.cells) else ""
        if cell:
            try:
                values[column.key] = column.read(cell)
            except BadInput as error:
                errors += [CellError(row.number, column.swedish, cell, each.reason) for each in error.parameters]
        elif column.required:
            errors.append(CellError(row.number, column.swedish, "", "it is empty"))
    return values, errors


def _told(error: PlatsverketError, kind: Kind, columns: Columns, rows: Sequence[Row]) -> list[CellError]:
    """Return a refusal of a record as errors in its cells."""
    if not isinstance(error, BadInput):
        return [CellError(rows[0].number, "", "", str(error))]
    return [_told_of(each, kind, columns, rows) for each in error.parameters]


def _told_of(wrong: InvalidParameter, kind: Kind, columns: Columns, rows: Sequence[Row]) -> CellError:
    match = _NEED.match(wrong.property)
    row, name = (rows[int(match[1])], match[2]) if match else (rows[0], wrong.property)
    place, column = max(columns, key=lambda each: each[1].nearness(name))
    if column.nearness(name):
        cell = row.cells[place] if place < len(row.cells) else ""
        return CellError(row.number, column.swedish, cell, wrong.reason)
    absent = max(kind.columns, key=lambda each: each.nearness(name))
    if absent.nearness(name):
        return CellError(row.number, absent.swedish, "", f"{wrong.reason} (the file has no such column)")
    return CellError(row.number, "", "", f"{name}: {wrong.reason}" if name else wrong.reason)


def _report(
    kind: Kind, table: Table, counts: Mapping[Change, int], errors: Sequence[CellError], dry_run: bool
) -> ImportReport:
    return ImportReport(
        kind=kind.name,
        rows=len(table.rows),
        created=counts[Change.CREATED],
        changed=counts[Change.CHANGED],
        unchanged=counts[Change.UNCHANGED],
        errors=tuple(sorted(errors, key=_place)),
        dry_run=dry_run,
    )


def _place(error: CellError) -> tuple[int, str]:
    return error.row, error.column
