"""Reading a file into the market: everything in it or nothing, with an error for each cell that is wrong."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlmodel import Session

from core.actor import Actor
from core.database import bulk, db
from core.errors import BadInput, PlatsverketError, StorageFull, Unavailable
from marketplace.importing import header as headers
from marketplace.importing.header import Header
from marketplace.importing.kinds import Change, Importing
from marketplace.importing.known import Known
from marketplace.importing.quotas import Held, excess
from marketplace.importing.reading.records import Record, read_records
from marketplace.importing.reading.table import read_table
from marketplace.importing.report import (
    MOST_ERRORS,
    ImportReport,
    Remark,
    remark_on,
    remarks_of_error,
    reported,
)

AT_ONCE = 500
"""Records that are written together."""
HELD_AGAINST = {
    "weekdays": ("last_day",),
    "hours": ("last_day",),
    "duration": ("last_day", "hours"),
    "widens": ("visibility",),
    "extent_changes": ("extent_percent",),
}
"""Columns that can be wrong by what others say, by their keys: where that is wrong itself, nobody can tell."""
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
    importing = Importing(session, actor, {column.key: column.cell for _, column in header.columns}, Known(session))
    writing = _Writing(header, importing, errors, notes, counts)
    before = Held.by(session, actor) if actor else None
    whole_file = session.begin_nested()
    records = iter(read_records(importing, header, table.rows, errors))
    done = 0
    while (some := list(islice(records, AT_ONCE))) and len(errors) <= MOST_ERRORS:
        writing.write(some)
        done += sum(len(each.rows) for each in some)
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
        """Write records, or tell what is wrong with them."""
        for each in records:
            if each.broken:
                self._refuse(each)
        self._write([each for each in records if not each.broken])

    def _write(self, records: Sequence[Record]) -> None:
        """When some are refused, take all back and try without them; what the database refuses is found by halves."""
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
                self._write([each for each, fault in zip(records, refused, strict=False) if fault is None])
            elif len(records) == 1:
                self._refuse(records[0], error)
            else:
                half = len(records) // 2
                self._write(records[:half])
                self._write(records[half:])
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
            kind.prepare(importing, [record.values for record in records])
            for record in records:
                try:
                    change = kind.write(importing, record.values)
                except PlatsverketError as error:
                    refused.append(error)
                    self._refuse(record, error)
                    if len(self.errors) > MOST_ERRORS:
                        break
                else:
                    refused.append(None)
                    done.append((change, [remark_on(each, self.header, record.rows) for each in importing.notes]))
                importing.notes.clear()
            for wrong in filter(None, refused):
                raise wrong  # whatever was written is taken back

    def _refuse(self, record: Record, error: PlatsverketError | None = None) -> None:
        """Tell what writing a record ended with, and whatever else its rows say that is wrong.

        Of a cell that is told of already nothing is added, nor of an empty one: what should stand there may stand in
        the market, or in a cell that cannot be read. The same holds of what is held against a cell that is told of.
        """
        if error:
            self.errors.extend(remarks_of_error(error, self.header, record.rows))
        if error and not isinstance(error, BadInput):
            return
        told = {(each.row, each.column) for each in self.errors}
        beside = self.header.kind.faults(self.importing, record.values).parameters
        remarks = [remark_on(each, self.header, record.rows) for each in beside]
        called = {column.key: column.swedish for column in self.header.kind.columns}
        against = {called.get(key): [called.get(each) for each in others] for key, others in HELD_AGAINST.items()}
        self.errors.extend(
            each
            for each in remarks
            if each.value and told.isdisjoint((each.row, name) for name in (each.column, *against.get(each.column, ())))
        )
