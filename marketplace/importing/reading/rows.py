"""A header and rows of text, whichever file they stood in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row; `number` is what the spreadsheet shows beside it, the header being row 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header and the rows that are not empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
