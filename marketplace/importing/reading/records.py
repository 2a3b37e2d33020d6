"""The records of a file: rows with one key, read cell by cell."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import BadInput
from marketplace.importing.header import Header
from marketplace.importing.kinds import Importing, Values
from marketplace.importing.reading.rows import Row
from marketplace.importing.report import MOST_ERRORS, Remark, remark_on_clash

LONGEST_CELL = 10_000
"""Characters: more than any field takes."""


@dataclass(frozen=True)
class Record:
    """The rows of one record with their values, and what was told of cells that cannot be read."""

    rows: list[Row] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    broken: list[Remark] = field(default_factory=list)


def read_records(importing: Importing, header: Header, rows: Sequence[Row], errors: list[Remark]) -> Iterator[Record]:
    """Yield the records of a file; what of them cannot be read, or clashes, becomes errors."""
    records: dict[Hashable, Record] = {}
    for row in rows:
        values, broken = _read(header, row)
        required = all(column.key in values for column in header.kind.columns if column.required)
        key = header.kind.key(importing, values) if required else row.number
        record = records.setdefault(key, Record())
        record.rows.append(row)
        record.values.append(values)
        record.broken.extend(broken)
        errors += broken
        if len(errors) > MOST_ERRORS:
            return
    for record in records.values():
        clashes = list(header.kind.clashes(record.values))
        errors += [remark_on_clash(each, header, record.rows) for each in clashes]
        if not clashes:
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
                values[column.key] = column.cell.read(cell)
            except BadInput as error:
                errors += [
                    Remark(row.number, column.swedish, str(each.value or cell), each.reason)
                    for each in error.parameters
                ]
        elif column.required:
            errors.append(Remark(row.number, column.swedish, "", "it is empty"))
    return values, errors
