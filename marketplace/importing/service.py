"""Reading a file into the market: everything in it or nothing, with an error for each cell that is wrong."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlmodel import Session

from core.actor import Actor
from core.database import bulk, db
from core.errors import BadInput, PlatsverketError, StorageFull, Unavailable
from marketplace.importing import header as headers
from marketplace.importing.header import Header
from marketplace.importing.kinds import Change, Importing, Values
from marketplace.importing.known import Known
from marketplace.importing.quotas import Held, excess
from marketplace.importing.reading.rows import Row
from marketplace.importing.reading.table import read_table
from marketplace.importing.report import (
    MOST_ERRORS,
    ImportReport,
    Remark,
    remark_on,
    remark_on_clash,
    remarks_of_error,
    reported,
)

AT_ONCE = 500
"""Records that are written together."""
LONGEST_CELL = 10_000
"""Characters: more than any field takes."""

Record = list[tuple[Row, Values]]
"""The rows of one record with their values."""
Progress = Callable[[int, int], None]


def import_csv(
    session: Session,
    actor: Actor | None,
    name: str,
    data: bytes,
    *,
    dry_run: bool = False,
    only: Collection[str] | None = None,
    progress: Progress = lambda _done, _rows: None,
) -> ImportReport:
    """Write what stands in a CSV file, with the same rights and rules as by hand, or nothing of it.

    Its `name` says what it holds (``lokaler.csv``, ``spaces.csv``); under any other name its header does. A record
    that is there already, by its key, is changed to what the file says; what the file has no column for stays. `actor`
    None is the system. `only` names the kinds that it may be of. `progress` is told how many rows are done of
    how many.

    Raises
    ------
    BadInput
        It is neither CSV nor a workbook, or of no kind that may be read here.
    """
    table = read_table(data)
    kind = headers.kind_of(name, table)
    if only is not None and kind.name not in only:
        reason = (
            "it gives rights, so it is not read in here: add members on their page, or ask who runs the installation"
        )
        raise BadInput("file", kind.name, reason)
    header = headers.header_of(kind, table)
    counts = dict.fromkeys(Change, 0)
    errors = [Remark(1, each.property, str(each.value or ""), each.reason) for each in headers.faults(kind, table)]
    if errors:
        return reported(kind.name, len(table.rows), counts, errors=errors, dry_run=dry_run)
    notes: list[Remark] = []
    importing = Importing(session, actor, frozenset(column.key for _, column in header.columns), Known(session))
    writing = _Writing(header, importing, errors, notes, counts)
    before = Held.by(session, actor) if actor else None
    whole_file = session.begin_nested()
    records = _records(importing, header, table.rows, errors)
    done = 0
    while (some := list(islice(records, AT_ONCE))) and len(errors) <= MOST_ERRORS:
        writing.write(some)
        done += sum(map(len, some))
        progress(done, len(table.rows))
        if actor and before and (over := list(excess(session, actor, before))):
            errors.extend(over)
            break
    if errors or dry_run:
        whole_file.rollback()
    else:
        whole_file.commit()
    return reported(kind.name, len(table.rows), counts, errors=errors, notes=notes, dry_run=dry_run)


@dataclass(frozen=True)
class _Writing:
    """Records of a file being written many at once, and what is to be told of them."""

    header: Header
    importing: Importing
    errors: list[Remark]
    notes: list[Remark]
    counts: dict[Change, int]

    def write(self, records: Sequence[Record]) -> None:
        """Write records, or tell what is wrong with them.

        When some are refused, all of it is taken back and tried without them; what the database refuses is found by
        halves.
        """
        if not records or len(self.errors) > MOST_ERRORS:
            return
        done: list[tuple[Change, list[Remark]]] = []
        refused: list[PlatsverketError | None] = []
        try:
            with db.translated(), self.importing.session.begin_nested():
                self._attempt(records, done, refused)
        except (Unavailable, StorageFull):
            raise
        except PlatsverketError as error:
            self.importing.known.forget()
            if any(refused):
                self.write([each for each, fault in zip(records, refused, strict=False) if fault is None])
            elif len(records) == 1:
                self.errors.extend(remarks_of_error(error, self.header, [row for row, _ in records[0]]))
            else:
                half = len(records) // 2
                self.write(records[:half])
                self.write(records[half:])
            return
        for change, notes in done:
            self.counts[change] += 1
            self.notes.extend(notes)

    def _attempt(
        self,
        records: Sequence[Record],
        done: list[tuple[Change, list[Remark]]],
        refused: list[PlatsverketError | None],
    ) -> None:
        importing, kind = self.importing, self.header.kind
        with bulk.together(importing.session):
            kind.prepare(importing, [[values for _, values in record] for record in records])
            for record in records:
                rows = [row for row, _ in record]
                try:
                    change = kind.write(importing, [values for _, values in record])
                except PlatsverketError as error:
                    refused.append(error)
                    self.errors.extend(remarks_of_error(error, self.header, rows))
                    if len(self.errors) > MOST_ERRORS:
                        break
                else:
                    refused.append(None)
                    done.append((change, [remark_on(each, self.header, rows) for each in importing.notes]))
                importing.notes.clear()
            for wrong in filter(None, refused):
                raise wrong  # whatever was written is taken back


def _records(importing: Importing, header: Header, rows: Sequence[Row], errors: list[Remark]) -> Iterator[Record]:
    """Yield the rows of each record with their values; what cannot be read, or clashes, becomes errors instead."""
    records: dict[Hashable, Record] = {}
    broken: set[Hashable] = set()
    for row in rows:
        values, wrong = _read(header, row)
        required = all(column.key in values for column in header.kind.columns if column.required)
        key = header.kind.key(importing, values) if required else row.number
        records.setdefault(key, []).append((row, values))
        if wrong:
            broken.add(key)
            errors += wrong
        if len(errors) > MOST_ERRORS:
            return
    for key, record in records.items():
        clashes = list(header.kind.clashes([values for _, values in record]))
        errors += [remark_on_clash(each, header, [row for row, _ in record]) for each in clashes]
        if key not in broken and not clashes:
            yield record


def _read(header: Header, row: Row) -> tuple[dict[str, Any], list[Remark]]:
    values: dict[str, Any] = {}
    errors = []
    beyond = next((cell for cell in row.cells[len(header.columns) :] if cell), None)
    if beyond is not None:
        errors.append(Remark(row.number, "", beyond, "the row has more cells than the header"))
    for place, column in header.columns:
        cell = row.cells[place] if place < len(row.cells) else ""
        if len(cell) > LONGEST_CELL:
            reason = f"it is too long: {len(cell)} characters, at most {LONGEST_CELL}"
            errors.append(Remark(row.number, column.swedish, cell, reason))
        elif cell:
            try:
                values[column.key] = column.read(cell)
            except BadInput as error:
                errors += [
                    Remark(row.number, column.swedish, str(each.value or cell), each.reason)
                    for each in error.parameters
                ]
        elif column.required:
            errors.append(Remark(row.number, column.swedish, "", "it is empty"))
    return values, errors
