"""Files of organisations, their members and their partnerships."""

from collections.abc import Sequence

from core.serialization import from_row
from marketplace.importing import cells, queries, words
from marketplace.importing.kinds import ORGANISATION, Change, Column, Importing, Kind, Values, change_of
from marketplace.organisations import service
from marketplace.organisations.rules import MemberDraft, OrganisationDraft


def _write_organisation(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    found = queries.organisation_with(importing.session, values["name"])
    draft = importing.draft(OrganisationDraft, found, values)
    if found is None:
        service.register_organisation(importing.session, importing.actor, draft)
        return Change.CREATED
    before = found.version
    return change_of(before, service.update_organisation(importing.session, importing.actor, found.id, draft).version)


def _write_member(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    found = queries.member_with(importing.session, values["email"])
    draft = importing.draft(MemberDraft, from_row(MemberDraft, found) if found else None, values)
    if found is None:
        service.add_member(importing.session, importing.actor, importing.organisation(values), draft)
        return Change.CREATED
    before = found.version
    return change_of(before, service.update_member(importing.session, importing.actor, found.id, draft).version)


def _write_partnership(importing: Importing, rows: Sequence[Values]) -> Change:
    one = importing.organisation(rows[0])
    other = importing.organisation_named(rows[0]["partner"]).id
    made = service.make_partners(importing.session, importing.actor, one, other)
    return Change.CREATED if made else Change.UNCHANGED


ORGANISATIONS = Kind(
    name="organisations",
    files=("organisationer", "organisations"),
    columns=(
        Column("namn", "name", required=True),
        Column("kortnamn", "short name"),
        Column("organisationsnummer", "number"),
        Column("typ", "kind", cells.one_of(words.KINDS_OF_ORGANISATION), required=True),
        Column("kommun", "municipality", cells.municipality, required=True, fields=("municipalityCode",)),
    ),
    write=_write_organisation,
)
MEMBERS = Kind(
    name="members",
    files=("medlemmar", "members"),
    columns=(
        ORGANISATION,
        Column("namn", "name", required=True),
        Column("e-post", "email", required=True),
        Column("roller", "roles", cells.some_of(words.ROLES)),
        Column("avdelning", "department"),
        Column("språk", "language"),
    ),
    write=_write_member,
)
PARTNERSHIPS = Kind(
    name="partnerships",
    files=("partnerskap", "partnerships"),
    columns=(ORGANISATION, Column("partner", "partner", required=True)),
    write=_write_partnership,
)
