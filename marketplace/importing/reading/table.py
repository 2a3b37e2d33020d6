"""Bytes of a CSV file or an Excel workbook as a header and rows of text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from core.errors import BadInput
from core.spreadsheets import undefused
from marketplace.importing.reading.encoding import decoded
from marketplace.importing.reading.rows import Row, Table
from marketplace.importing.reading.workbook import cells_of, is_workbook

DELIMITERS = (";", ",", "\t")
_DELIMITER = re.compile(r'"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
"""The line by which Excel names the delimiter, as it writes and reads it."""
LARGEST_FILE_BYTES = 20_000_000
LONGEST_CELL = 131_072
"""Characters; what Python's reader takes by itself."""
MOST_COLUMNS = 200
MOST_ROWS = 50_000


def read_table(data: bytes) -> Table:
    """Return the table in a workbook, or in text with `;`, `,` or tabs between cells.

    The text is in UTF-8, UTF-16 with a mark, or cp1252.

    Raises
    ------
    BadInput
        The file is too large, is neither, is empty, or has a quotation mark that is never closed.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise BadInput("file", len(data), f"it has more than {LARGEST_FILE_BYTES} bytes: split it into several files")
    filled = _filled(cells_of(data, MOST_ROWS, MOST_COLUMNS) if is_workbook(data) else _cells_of_text(decoded(data)))
    header = next(filled, None)
    if header is None:
        raise BadInput("file", "", "it is empty: the first row has to name the columns")
    names = _without_empty_end(header.cells)
    if len(names) > MOST_COLUMNS:
        raise BadInput("file", len(names), f"its first row names more than {MOST_COLUMNS} columns")
    rows = tuple(islice(filled, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise BadInput("file", "", f"it has more than {MOST_ROWS} rows: split it into several files")
    return Table(names, rows)


def _cells_of_text(text: str) -> Iterator[list[str]]:
    delimiter = None
    if named := _DELIMITER.match(text):
        delimiter, text = named[1], text[named.end() :]
    return _records(text, delimiter or _delimiter(text))


def _filled(rows: Iterable[list[str]]) -> Iterator[Row]:
    """Yield the rows that are not empty, without keeping those that are."""
    for number, cells in enumerate(rows, start=1):
        if any(cells) and any(stripped := tuple(undefused(cell.strip()) for cell in cells)):
            yield Row(number, stripped)


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the first row most cells."""
    return max(DELIMITERS, key=lambda delimiter: _width(text, delimiter))


def _width(text: str, delimiter: str) -> int:
    try:
        return len(next(_records(text, delimiter), ()))
    except BadInput:
        return 0


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 1
    try:
        for cells in reader:
            yield cells
            row += 1
    except csv.Error as error:
        raise BadInput("file", f"row {row}", _unreadable_reason(row, str(error))) from error


def _unreadable_reason(row: int, error: str) -> str:
    """Say where a row begins that does not end: that is where a quotation mark was opened, not where it was missed."""
    if "field limit" in error:
        return f"a cell in row {row} has more than {LONGEST_CELL} characters: is a quotation mark left open there?"
    return f"a quotation mark that opens in row {row} is not closed, or stands inside a text: double it or take it away"


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a header without the nameless columns that Excel leaves at its end."""
    names = list(cells)
    while names and not names[-1]:
        names.pop()
    return tuple(names)
