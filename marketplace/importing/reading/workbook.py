"""Bytes of an Excel workbook as rows of text: what its cells say, as a CSV file of the same sheet would."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter

from core.errors import BadInput, InvalidParameter
from core.spreadsheets import number_text, unescaped
from core.swedish import composed

LARGEST_UNPACKED_BYTES = 100_000_000
MOST_ERRORS_TOLD = 20
_MARK = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"
"""How a workbook of Excel before 2007 begins, and one that has a password."""


def is_workbook(data: bytes) -> bool:
    """Tell whether a file is an Excel workbook, of this time or another."""
    return data.startswith((_MARK, _OLD))


def cells_of(data: bytes, most_rows: int, most_columns: int) -> list[list[str]]:
    """Return the texts in the only visible sheet of a workbook that has any, row by row from the first.

    Dates are written 2027-03-01, times 08:00, yes and no as *ja* and *nej*; formulas are what they came to.

    Raises
    ------
    BadInput
        It cannot be read, is too large, has several sheets with something in them, or cells that hold an error.
    """
    if data.startswith(_OLD):
        reason = "it is a workbook of an older Excel, or has a password: save it as .xlsx without one, or as CSV UTF-8"
        raise BadInput("file", "", reason)
    try:
        _check_size(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [each for each in workbook.worksheets if each.sheet_state == "visible"]
        read = {each.title: list(_rows(each, most_rows, most_columns)) for each in sheets}
    except BadInput:
        raise
    except Exception as error:  # whatever somebody else's file makes the library stumble over
        raise BadInput("file", "", "the workbook cannot be read: open it in Excel and save it anew as .xlsx") from error
    filled = {title: rows for title, rows in read.items() if any(any(row) for row in rows)}
    if len(filled) > 1:
        reason = "several sheets have something in them: keep one, and save or hide the others"
        raise BadInput("file", ", ".join(filled), reason)
    rows = next(iter(filled.values()), [])
    _check_cells(rows)
    return rows


def _check_size(data: bytes) -> None:
    """Refuse what would grow beyond all measure when it is unpacked; a member cannot give more than it says."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        unpacked = sum(each.file_size for each in packed.infolist())
    if unpacked > LARGEST_UNPACKED_BYTES:
        reason = f"unpacked it has more than {LARGEST_UNPACKED_BYTES} bytes: split it into several files"
        raise BadInput("file", unpacked, reason)


def _rows(sheet: Any, most_rows: int, most_columns: int) -> Iterator[list[str]]:
    """Yield one row and column more than there may be, and no more, however far away the last cell stands."""
    sheet.reset_dimensions()  # what the file says of its own size need not be so
    for row in sheet.iter_rows(max_row=most_rows + 1, max_col=most_columns + 1, values_only=True):
        filled = max((number for number, value in enumerate(row, start=1) if value is not None), default=0)
        yield [_text(value) for value in row[:filled]]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case float():
            return number_text(value)
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time.min else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
    return composed(unescaped(str(value)).strip())


def _check_cells(rows: list[list[str]]) -> None:
    wrong = [
        InvalidParameter("file", f"{get_column_letter(column)}{number}: {text}", "a cell holds an error of Excel's")
        for number, row in enumerate(rows, start=1)
        for column, text in enumerate(row, start=1)
        if text in ERROR_CODES
    ]
    if wrong:
        raise BadInput.of(wrong[:MOST_ERRORS_TOLD])
