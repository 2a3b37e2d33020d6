"""Bytes of a CSV file as a header and rows of text, whatever way Excel wrote them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BadInput

DELIMITERS = (";", ",", "\t")
LARGEST_FILE_BYTES = 20_000_000


@dataclass(frozen=True)
class Row:
    """The cells of a row; `number` is what the spreadsheet shows beside it, the header being row 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header and the rows that are not empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """Return the table in a file with `;`, `,` or tabs between cells, in UTF-8, UTF-16 with a mark, or cp1252.

    Raises
    ------
    BadInput
        The file is too large, is no text, is empty, or has a quotation mark that is never closed.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise BadInput("file", len(data), f"it has more than {LARGEST_FILE_BYTES} bytes: split it into several files")
    text = _decoded(data)
    delimiter = None
    if text.startswith("sep="):  # a line that Excel writes and reads to name the delimiter
        first, _, text = text.partition("\n")
        delimiter = first[4:5]
    records = _records(text, delimiter or _delimiter(text))
    numbered = [Row(number, tuple(cell.strip() for cell in cells)) for number, cells in enumerate(records, start=1)]
    filled = [row for row in numbered if any(row.cells)]
    if not filled:
        raise BadInput("file", "", "it is empty: the first row has to name the columns")
    header, *rows = filled
    return Table(_without_empty_end(header.cells), tuple(rows))


def _decoded(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise BadInput("file", "", "it is an Excel workbook: save it as CSV UTF-8 first")
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((charset for mark, charset in marks if data.startswith(mark)), None)
    for charset in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput("file", "", "it is not text in UTF-8 or Windows-1252: save it as CSV UTF-8")


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the first row most cells."""
    return max(DELIMITERS, key=lambda delimiter: len(next(iter(_records(text, delimiter, first_only=True)), [])))


def _records(text: str, delimiter: str, *, first_only: bool = False) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [next(reader, [])] if first_only else list(reader)
    except csv.Error as error:
        if first_only:
            return []
        reason = f"the quotation marks near line {reader.line_num} do not match: {error}"
        raise BadInput("file", f"line {reader.line_num}", reason) from error


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a header without the nameless columns that Excel leaves at its end."""
    names = list(cells)
    while names and not names[-1]:
        names.pop()
    return tuple(names)
