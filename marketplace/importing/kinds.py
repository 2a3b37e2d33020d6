"""What a kind of file is: its columns, how a record is written, and how an error is led back to its cell."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel

from core.actor import Actor
from core.database import bulk
from core.errors import BadInput, Faults, InvalidParameter
from core.serialization import Dataclass, camel
from core.swedish import same_case
from marketplace.importing import cells
from marketplace.importing.cells import Cell, Written
from marketplace.importing.known import Known

D = TypeVar("D", bound=Dataclass)
Values = Mapping[str, Any]
"""What stands in a row, by the columns' English names; empty cells are left out."""


class Change(StrEnum):
    """What an import did with a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Column:
    """A column with its Swedish and English name, either of which may stand in the header.

    `fields` are the properties of the drafts that its cell ends in, beside the one called as the column in English:
    errors about them are told of this column. `formerly` is what files of before call it.
    """

    swedish: str
    english: str
    cell: Cell[Any] = cells.TEXT
    required: bool = False
    fields: tuple[str, ...] = ()
    formerly: str = ""

    @property
    def key(self) -> str:
        """The English name as an identifier."""
        return self.english.replace(" ", "_").replace("-", "_")

    def is_called(self, name: str) -> bool:
        """Say whether a cell of a header names this column."""
        return same_case(name.replace("_", " ")) in map(
            same_case, filter(None, (self.swedish, self.english, self.formerly))
        )

    def nearness(self, property_name: str) -> int:
        """Return how closely a property belongs to this column: 2 is all of it, 1 is a part of it, 0 not at all."""
        mine = {camel(self.key), self.key, *self.fields}
        if property_name in mine:
            return 2
        return int(any(property_name.startswith((f"{each}.", f"{each}[")) for each in mine))


@dataclass
class Importing:
    """An import under way: for whom, which columns the file has, and what there is already."""

    session: Session
    actor: Actor | None
    cells: Mapping[str, Cell[Any]]
    """How values stand in the columns that the file has."""
    known: Known
    at_hand: Any = None
    """What a kind has read, in `prepare`, of what there is of the records that are written next."""
    notes: list[InvalidParameter] = field(default_factory=list)
    """What is to be told of the record that is being written, without being wrong."""

    def draft(self, kind: type[D], before: object, values: Values, /, **given: Any) -> D:
        """Return a draft of what a row says, and what is `given`.

        An empty cell means the draft's default. What the file has no column for stays as it was `before`, if anything.
        """
        names = [each.name for each in fields(kind)]
        kept = {
            name: getattr(before, name)
            for name in names
            if before is not None and name not in self.cells.keys() | given.keys()
        }
        said = {name: values[name] for name in names if name in values}
        return kind(**kept | said | given)

    def is_said(self, stored: Sequence[Values], rows: Sequence[Values]) -> bool:
        """Tell whether rows say what is stored, as far as the file has columns; by whose it is it was found."""
        try:
            return [self._written(each) for each in stored] == [self._written(each) for each in rows]
        except BadInput:  # a name of nothing, of which whoever writes it tells
            return False

    def _written(self, values: Values) -> dict[str, Written]:
        said = {name: cell.write(values[name]) for name, cell in self.cells.items() if values.get(name) is not None}
        return {name: each for name, each in said.items() if each != "" and name != ORGANISATION.key}

    def organisation(self, values: Values) -> UUID:
        """Return the organisation that a row names, or the actor's own.

        Raises
        ------
        BadInput
            There is none.
        """
        name = values.get("organisation")
        if name is None:
            if self.actor is None:
                raise BadInput("organisation", "", "name the organisation")
            self.known.read_organisations()
            return self.actor.organisation_id
        return self.known.organisation(name).id

    def note(self, property_name: str, reason: str) -> None:
        """Say something of a field of the record that is being written."""
        self.notes.append(InvalidParameter(property_name, None, reason))

    def owner_key(self, values: Values) -> Hashable:
        """Return what tells apart the organisations that rows name, even one that is not there."""
        try:
            owner = self.organisation(values)
        except BadInput:
            return same_case(values.get("organisation", ""))
        self.known.owners.add(owner)
        return owner


Prepare = Callable[[Importing, Sequence[Sequence[Values]]], None]


@dataclass(frozen=True)
class Clash:
    """Why two rows of one record cannot both stand: their places among its rows, the column, and a sentence."""

    first: int
    second: int
    column: str
    reason: str


def one_row_only(column: str) -> Callable[[Sequence[Values]], Iterator[Clash]]:
    """Return what refuses all rows of a record but its first, for what they have in a column."""
    reason = "it is the same record, which has one row"
    return lambda rows: (Clash(0, second, column, reason) for second in range(1, len(rows)))


def lock_found(row: type[SQLModel], find: Callable[[Importing, Values], Any]) -> Prepare:
    """Return what locks the rows that records are found to be about."""

    def prepare(importing: Importing, records: Sequence[Sequence[Values]]) -> None:
        bulk.lock_all(importing.session, row, found_ids(importing, records, find))

    return prepare


def found_ids(
    importing: Importing, records: Sequence[Sequence[Values]], find: Callable[[Importing, Values], Any]
) -> set[UUID]:
    """Return the ids of the rows that records are found to be about; whoever writes a record tells why it has none."""
    ids = set()
    for rows in records:
        with suppress(BadInput):
            if (found := find(importing, rows[0])) is not None:
                ids.add(found.id)
    return ids


@dataclass(frozen=True)
class Kind:
    """A kind of file. Rows with one `key` are one record, which `write` gets unless some of them clash.

    Many are written together (`core.database.bulk`): `prepare` reads and locks before what there is of all of them.
    Writing ends with the first that is wrong; `faults` finds what else is wrong with what rows say, of which some cells
    may be missing as they cannot be read.
    """

    name: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    prepare: Prepare
    write: Callable[[Importing, Sequence[Values]], Change]
    faults: Callable[[Importing, Sequence[Values]], Faults]
    key: Callable[[Importing, Values], Hashable]
    clashes: Callable[[Sequence[Values]], Iterator[Clash]]


def change_of(before: int, after: int) -> Change:
    """Return whether a row's version was raised."""
    return Change.UNCHANGED if before == after else Change.CHANGED


ORGANISATION = Column("organisation", "organisation")
