"""Files of organisations, their members and their partnerships."""

from collections.abc import Sequence
from uuid import UUID

from core.errors import BadInput, Faults
from core.serialization import from_row
from core.swedish import same_case
from marketplace.importing import cells
from marketplace.importing.kinds import (
    ORGANISATION,
    Change,
    Column,
    Importing,
    Kind,
    Values,
    change_of,
    lock_found,
    one_row_only,
)
from marketplace.importing.reading import words
from marketplace.importing.stored.people import member_row, organisation_row
from marketplace.organisations import queries, service
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from marketplace.organisations.rules import MemberDraft, OrganisationDraft, may_administer

REASON = "Import"
"""Why members have the roles that a file gives them."""


def _organisation_faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    values, faults = rows[0], Faults()
    with faults.under():
        unread = {"name": "-", "kind": OrganisationKind.REGION, "municipality": "Stockholm"}
        number = {} if "kind" in values else {"number": None}  # what a number has to be depends on it
        importing.draft(OrganisationDraft, None, {**unread, **values, **number})
    return faults


def _write_organisation(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    found = importing.known.organisation_with(values["name"])
    if found is not None:
        may_administer(importing.actor, found.id)
        if importing.is_said([organisation_row(found)], rows):
            return Change.UNCHANGED
    draft = importing.draft(OrganisationDraft, found, values)
    if found is None:
        importing.known.add(service.register_organisation(importing.session, importing.actor, draft))
        return Change.CREATED
    before = found.version
    return change_of(before, service.update_organisation(importing.session, importing.actor, found.id, draft).version)


def _member(importing: Importing, values: Values) -> Member | None:
    """Return the member that a row is of: of the organisation that it names, else of whoever imports, else of any."""
    if "organisation" not in values and importing.actor is None:
        return importing.known.member(values["email"])
    return importing.known.member(values["email"], importing.organisation(values))


def _write_member(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    found = _member(importing, values)
    if found is None:
        draft = importing.draft(MemberDraft, None, values)
        service.add_member(importing.session, importing.actor, importing.organisation(values), draft, REASON)
        return Change.CREATED
    if not found.active:
        importing.note("email", "the member is kept out, which a file does not change")
    may_administer(importing.actor, found.organisation_id)
    if importing.is_said([member_row(found)], rows):
        return Change.UNCHANGED
    draft = importing.draft(MemberDraft, from_row(MemberDraft, found), values)
    before = found.version
    after = service.update_member(importing.session, importing.actor, found.id, draft, reason=REASON)
    return change_of(before, after.version)


def _member_faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    faults = Faults()
    with faults.under():
        importing.organisation(rows[0])
    with faults.under():
        importing.draft(MemberDraft, None, {"name": "-", "email": "namn@myndigheten.se", **rows[0]})
    return faults


def _lock_member(importing: Importing, values: Values) -> Member | None:
    try:
        return _member(importing, values)
    except BadInput:  # it is told when the row is written
        return None


def _read_partnerships(importing: Importing, _records: Sequence[Sequence[Values]]) -> None:
    importing.at_hand = queries.partnerships(importing.session, importing.known.owners)


def _write_partnership(importing: Importing, rows: Sequence[Values]) -> Change:
    one = importing.organisation(rows[0])
    other = _partner(importing, rows[0]["partner"])
    made = service.add_partners(importing.session, importing.actor, one, other, importing.at_hand)
    importing.at_hand |= {(one, other), (other, one)}
    return Change.CREATED if made else Change.UNCHANGED


def _partnership_faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    faults = Faults()
    with faults.under():
        importing.organisation(rows[0])
    if "partner" in rows[0]:
        with faults.under():
            _partner(importing, rows[0]["partner"])
    return faults


def _partner(importing: Importing, name: str) -> UUID:
    try:
        return importing.known.organisation(name).id
    except BadInput as error:
        raise BadInput("partner", name, error.parameters[0].reason) from error


ORGANISATIONS = Kind(
    name="organisations",
    files=("organisationer", "organisations"),
    columns=(
        Column("namn", "name", required=True),
        Column("kortnamn", "short name"),
        Column("organisationsnummer", "number"),
        Column("typ", "kind", cells.one_of(words.KINDS_OF_ORGANISATION), required=True),
        Column("kommun", "municipality", cells.MUNICIPALITY, required=True, fields=("municipalityCode",)),
    ),
    prepare=lock_found(Organisation, lambda importing, values: importing.known.organisation_with(values["name"])),
    write=_write_organisation,
    faults=_organisation_faults,
    key=lambda _importing, values: same_case(values["name"]),
    clashes=one_row_only("name"),
)
MEMBERS = Kind(
    name="members",
    files=("medlemmar", "members"),
    columns=(
        ORGANISATION,
        Column("namn", "name", required=True),
        Column("e-post", "email", cells.EMAIL, required=True),
        Column("roller", "roles", cells.some_of(words.ROLES)),
        Column("avdelning", "department"),
        Column("språk", "language"),
    ),
    prepare=lock_found(Member, _lock_member),
    write=_write_member,
    faults=_member_faults,
    key=lambda importing, values: (importing.owner_key(values), same_case(values["email"])),
    clashes=one_row_only("email"),
)
PARTNERSHIPS = Kind(
    name="partnerships",
    files=("partnerskap", "partnerships"),
    columns=(ORGANISATION, Column("partner", "partner", required=True)),
    prepare=_read_partnerships,
    write=_write_partnership,
    faults=_partnership_faults,
    key=lambda importing, values: (importing.owner_key(values), same_case(values["partner"])),
    clashes=one_row_only("partner"),
)
