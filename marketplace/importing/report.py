"""What an import says: of each cell that is wrong, of what is worth knowing, and how much was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import BadInput, InvalidParameter, PlatsverketError
from core.time.clock import in_local_time
from marketplace.importing.header import Header
from marketplace.importing.kinds import Change, Clash
from marketplace.importing.reading.rows import Row

MOST_ERRORS = 200
"""Told of one file; what lies behind them is not tried."""
LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Remark:
    """Something about a cell: the row as the spreadsheet numbers it, the column's name as in the file, and why.

    Without a column it is about the whole row; row 1 is the header, row 0 the file. `absent`: the file does not have
    the column. `clashes_with` is the earlier row that it cannot stand beside.
    """

    row: int
    column: str
    value: str
    reason: str
    absent: bool = False
    clashes_with: int | None = None

    @property
    def quoted(self) -> str:
        """What the cell says, cut short."""
        return self.value if len(self.value) <= LONGEST_QUOTE else f"{self.value[:LONGEST_QUOTE]}…"

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        rows = f": row {self.clashes_with} and row {self.row}" if self.clashes_with else ""
        column = " (the file has no such column)" if self.absent else ""
        value = f" (it says {self.quoted!r})" if self.value else ""
        return f"{place}: {in_local_time(self.reason)}{rows}{column}{value}"


@dataclass(frozen=True)
class ImportReport:
    """What a file would do or has done. With errors, or in a dry run, nothing was written."""

    kind: str
    rows: int
    created: int
    changed: int
    unchanged: int
    errors: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    dry_run: bool

    @property
    def written(self) -> bool:
        """Whether the file's contents now stand in the database."""
        return not self.errors and not self.dry_run


def reported(
    kind: str,
    rows: int,
    counts: Mapping[Change, int],
    *,
    errors: Sequence[Remark],
    notes: Sequence[Remark] = (),
    dry_run: bool,
) -> ImportReport:
    """Return the report, with what is wrong in the order of the rows, and no more of it than anybody reads."""
    told = sorted(errors, key=_place)
    if len(told) > MOST_ERRORS:
        more = Remark(told[MOST_ERRORS - 1].row, "", "", "there is more that is wrong: mend this first")
        told = [*told[:MOST_ERRORS], more]
    return ImportReport(
        kind=kind,
        rows=rows,
        created=counts[Change.CREATED],
        changed=counts[Change.CHANGED],
        unchanged=counts[Change.UNCHANGED],
        errors=tuple(told),
        notes=tuple(sorted(notes, key=_place)),
        dry_run=dry_run,
    )


def remarks_of_error(error: PlatsverketError, header: Header, rows: Sequence[Row]) -> list[Remark]:
    """Return a refusal of a record as remarks on its cells."""
    if not isinstance(error, BadInput):
        return [Remark(rows[0].number, "", "", str(error))]
    return [remark_on(each, header, rows) for each in error.parameters]


def remark_on(told: InvalidParameter, header: Header, rows: Sequence[Row]) -> Remark:
    """Return what is told of a property as a remark on the cell that it came from."""
    place, name = header.row_and_field(told.property)
    row = rows[place]
    column = header.column_of(name, row)
    if column:
        return Remark(row.number, column.swedish, header.cell(row, column), told.reason)
    absent = header.absent_column_of(name)
    if absent:
        return Remark(row.number, absent.swedish, "", told.reason, absent=True)
    return Remark(row.number, name, "", told.reason)


def remark_on_clash(clash: Clash, header: Header, rows: Sequence[Row]) -> Remark:
    """Return why a row cannot stand beside an earlier one of the same record."""
    row, earlier = rows[clash.second], rows[clash.first]
    column = next(each for each in header.kind.columns if each.key == clash.column)
    return Remark(row.number, column.swedish, header.cell(row, column), clash.reason, clashes_with=earlier.number)


def _place(remark: Remark) -> tuple[int, str]:
    return remark.row, remark.column
