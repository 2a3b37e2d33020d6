"""Tables as files that spreadsheets open: CSV as Excel in Sweden opens it, and Excel workbooks.

A text that a spreadsheet would take for a formula, or for an error, gets an apostrophe in front, as people write one
there; `undefused` takes it away again, so that whatever is written is read as it was.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.escape import unescape

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_ERROR = "|".join(map(re.escape, ERROR_CODES))
_TAKEN_FOR_MORE = rf"'*(?:[=+\-@\t\r]|(?:{_ERROR})\Z)"
_FORMULA = re.compile(_TAKEN_FOR_MORE)
_DEFUSED = re.compile(f"'(?={_TAKEN_FOR_MORE})")
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, with the sign that begins what a workbook writes instead."""


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a table as CSV in UTF-8 with its mark, `;` between cells, decimal commas and lines that end with CRLF."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([_in_csv(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a table as an Excel workbook of one sheet: numbers and dates as such, all else as text."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    for row in (columns, *rows):
        sheet.append([_typed(sheet, value) for value in row])
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def number_text(number: float) -> str:
    """Return a number with a decimal comma and as many decimals as it has."""
    return np.format_float_positional(number, trim="-").replace(".", ",")


def defused(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula or an error."""
    return f"'{text}" if _FORMULA.match(text) else text


def undefused(text: str) -> str:
    """Return what a cell says that was written so, or by somebody who knows how spreadsheets are."""
    return text[1:] if _DEFUSED.match(text) else text


def unescaped(text: str) -> str:
    """Return the text of a workbook's cell with what stands there as `_x000D_`."""
    return str(unescape(text))


def _in_csv(value: object) -> object:
    if isinstance(value, float):
        return number_text(value)
    if value is None or isinstance(value, int):
        return value
    return defused(value.isoformat() if isinstance(value, date) else str(value))


def _typed(sheet: Any, value: object) -> object:
    if value is None or isinstance(value, int | float) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    text = defused(value.isoformat() if isinstance(value, datetime) else str(value))
    cell = WriteOnlyCell(sheet, value=_NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    cell.data_type = "s"
    return cell
