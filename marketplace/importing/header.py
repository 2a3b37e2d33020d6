"""The header of a file: which kind it is of, and which of its columns stand where."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from core.errors import BadInput, InvalidParameter
from core.swedish import same_case
from marketplace.importing import people, requests, supply
from marketplace.importing.kinds import Column, Kind
from marketplace.importing.reading.cells import LONGEST_HINTED
from marketplace.importing.reading.rows import Row, Table
from resources.families import FAMILIES

Columns = Sequence[tuple[int, Column]]
"""The columns of a file by their place in it."""

_IN_ROW = re.compile(r"(?:needs|rows)\[(\d+)\]\.?(.*)", re.DOTALL)


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


@dataclass(frozen=True)
class Header:
    """A kind of file, and the columns of one such file."""

    kind: Kind
    columns: Columns

    def cell(self, row: Row, column: Column) -> str:
        """Return what a row says in a column."""
        place = next((place for place, each in self.columns if each is column), len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def row_and_field(self, property_name: str) -> tuple[int, str]:
        """Return which of a record's rows a property is of, and which field it is there."""
        match = _IN_ROW.match(property_name)
        return (int(match[1]), match[2]) if match else (0, property_name)

    def column_of(self, name: str, row: Row) -> Column | None:
        """Return the column of the file that a field comes from: of several the one with something in the row."""
        return _nearest(name, (each for _, each in self.columns), lambda each: bool(self.cell(row, each)))

    def absent_column_of(self, name: str) -> Column | None:
        """Return the column that a field would come from, which the file does not have."""
        return _nearest(name, self.kind.columns, lambda _each: False)


def _nearest(name: str, columns: Iterable[Column], filled: Callable[[Column], bool]) -> Column | None:
    near = [(each.nearness(name), filled(each), -place, each) for place, each in enumerate(columns)]
    best = max(near, key=lambda each: each[:3], default=None)
    return best[3] if best and best[0] else None


def kind_named(name: str) -> Kind | None:
    """Return the kind that a file's name says, whatever its case and the digits in front."""
    stem = same_case(PurePath(name).stem).lstrip("0123456789 -_.")
    return next((kind for kind in kinds() if stem in (*map(same_case, kind.files), kind.name)), None)


def kind_of(name: str, table: Table) -> Kind:
    """Return the kind that a file's name says, else the only one whose required columns its header has.

    Raises
    ------
    BadInput
        There is none, or there are several.
    """
    named = kind_named(name)
    if named:
        return named
    fitting = [kind for kind in kinds() if not _missing(kind, table.header) and not _unknown(kind, table.header)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{kind.files[0]}.csv" for kind in kinds())
    raise BadInput("name", name, f"neither the file's name nor its header says what it holds: call it one of {names}")


def _missing(kind: Kind, header: Sequence[str]) -> list[Column]:
    return [each for each in kind.columns if each.required and not any(map(each.is_called, header))]


def _unknown(kind: Kind, header: Sequence[str]) -> list[str]:
    return [name for name in header if not any(each.is_called(name) for each in kind.columns)]


def faults(kind: Kind, table: Table) -> Iterator[InvalidParameter]:
    """Yield what is wrong with each name in a header that is wrong or missing."""
    for name in _unknown(kind, table.header):
        yield InvalidParameter(name, name, _no_such_column_reason(kind, table.header, name))
    for each in _missing(kind, table.header):
        yield InvalidParameter(each.swedish, None, "the column is missing")
    for each in kind.columns:
        names = [name for name in table.header if each.is_called(name)]
        if len(names) > 1:
            yield InvalidParameter(names[1], names[1], "the column is there twice")


def header_of(kind: Kind, table: Table) -> Header:
    """Return which columns stand where."""
    named = enumerate(table.header)
    return Header(kind, [(place, each) for place, name in named for each in kind.columns if each.is_called(name)])


def _no_such_column_reason(kind: Kind, header: Sequence[str], name: str) -> str:
    free = [each for each in kind.columns if not any(map(each.is_called, header))]
    spellings = {spelling: each.swedish for each in free for spelling in (each.swedish, each.english)}
    alike = difflib.get_close_matches(same_case(name)[:LONGEST_HINTED], spellings, n=1, cutoff=0.5)
    if alike:
        return f"there is no such column: did you mean {spellings[alike[0]]}?"
    return f"there is no such column: use {', '.join(each.swedish for each in kind.columns)}"
