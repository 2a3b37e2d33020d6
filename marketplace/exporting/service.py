"""Writing files of what the market has, by the same columns as they are read by."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core import spreadsheets
from core.actor import Actor
from marketplace.exporting import queries
from marketplace.exporting.queries import Scope
from marketplace.exporting.rules import check_rows, kind_to_write
from marketplace.importing.cells import kept
from marketplace.importing.kinds import Kind, Values
from marketplace.importing.stored.people import member_row, organisation_row, partnership_rows
from marketplace.importing.stored.requests import request_rows
from marketplace.importing.stored.supply import at_hand_of, resource_rows, site_row
from marketplace.requests.queries import needs_of
from marketplace.views import reads
from resources.families import FAMILIES

AT_ONCE = 2_000
"""Resources that are read together."""


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """What it is called where it is sent."""
        return spreadsheets.CSV if self is Format.CSV else spreadsheets.XLSX


def exported(
    session: Session,
    actor: Actor | None,
    kind_name: str,
    form: Format,
    owners: Collection[UUID] | None = None,
) -> tuple[str, bytes]:
    """Return a file of what the actor may change of its organisation, with its name, as an import reads it.

    Of what it may not change there is nothing. The system writes what organisations have, or all.

    Raises
    ------
    NotFound, Conflict
        As `kind_to_write` and `check_rows`.
    """
    kind = kind_to_write(kind_name)
    write_rows = _ROWS.get(kind.name) or _resources(kind.name)
    rows = list(write_rows(session, Scope(actor, owners)))
    check_rows(len(rows))
    write = spreadsheets.csv_of if form is Format.CSV else spreadsheets.xlsx_of
    content = write([column.swedish for column in kind.columns], (_cells(kind, row) for row in rows))
    return f"{kind.files[0]}.{form}", content


def _cells(kind: Kind, row: Values) -> Iterator[object]:
    for column in kind.columns:
        value = row.get(column.key)
        yield None if value is None else column.cell.write(value)


def _organisations(session: Session, scope: Scope) -> Iterable[Values]:
    return map(organisation_row, queries.organisations_in(session, scope))


def _members(session: Session, scope: Scope) -> Iterable[Values]:
    found = queries.members_in(session, scope)
    if scope.actor is not None:
        reads.members_read(session, scope.actor, found)
    return _of(session, ((each.organisation_id, member_row(each)) for each in found))


def _partnerships(session: Session, scope: Scope) -> Iterable[Values]:
    of = {each.id for each in queries.organisations_in(session, scope)}
    return partnership_rows(queries.partnerships_in(session, scope), queries.names_of(session), of)


def _sites(session: Session, scope: Scope) -> Iterable[Values]:
    return _of(session, ((each.organisation_id, site_row(each)) for each in queries.sites_in(session, scope)))


def _resources(file: str) -> "Rows":
    """Return what writes the rows of the family that a kind of file is of."""
    [family] = [name for name, each in FAMILIES.items() if each.file == file]

    def rows(session: Session, scope: Scope) -> Iterable[Values]:
        ids = queries.resources_in(session, scope, family)
        for first in range(0, len(ids), AT_ONCE):
            at_hand = at_hand_of(session, ids[first : first + AT_ONCE])
            if scope.actor is not None:
                reads.cards_read(session, scope.actor, at_hand.described.values())
            told = (
                (at_hand.described[key].resource.organisation_id, row)
                for key in ids[first : first + AT_ONCE]
                for row in resource_rows(at_hand, key)
            )
            yield from _of(session, told)

    return rows


def _requests(session: Session, scope: Scope) -> Iterable[Values]:
    found = queries.requests_in(session, scope)
    needs = needs_of(session, [each.id for each, _ in found])
    return (row for each, email in found for row in request_rows(each, needs[each.id], kept(email)))


def _of(session: Session, rows: Iterable[tuple[UUID, dict[str, Any]]]) -> Iterator[Values]:
    """Yield rows with the names of the organisations that they are of."""
    names: Mapping[UUID, str] = queries.names_of(session)
    for key, row in rows:
        yield row | {"organisation": kept(names[key])}


Rows = Callable[[Session, Scope], Iterable[Values]]
_ROWS: Mapping[str, Rows] = {
    "organisations": _organisations,
    "members": _members,
    "partnerships": _partnerships,
    "sites": _sites,
    "requests": _requests,
}
