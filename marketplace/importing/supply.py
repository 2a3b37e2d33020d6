"""Files of what there is: sites, and resources of each family with how they are offered."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from competence import service as competence
from competence.approvals.models import Approver
from competence.approvals.service import Yes, note_approval
from competence.queries import Card, HeldCard
from core import geo
from core.actor import Permission, check_may
from core.database import bulk
from core.errors import BadInput, Faults
from core.limits import refuse_if
from core.swedish import same_case
from marketplace.importing import cells
from marketplace.importing.families import fact_columns, kind_cell, stand_ins
from marketplace.importing.kinds import (
    ORGANISATION,
    Change,
    Column,
    Importing,
    Kind,
    Values,
    change_of,
    found_ids,
    lock_found,
    one_row_only,
)
from marketplace.importing.offering import (
    CALENDAR_MAILBOX,
    OFFER_COLUMNS,
    by_time,
    offer_faults,
    offers_as_said,
    times_clash,
)
from marketplace.importing.reading import words
from marketplace.importing.stored.supply import at_hand_of, hours, resource_rows, site_row
from marketplace.offers.models import Offer
from marketplace.offers.service import check_offered
from resources import service as resources
from resources.drafts import PartDraft, ResourceDraft, SiteDraft, facts_faults, hours_faults, words_faults
from resources.families.family import Family
from resources.families.staff import StaffFacts
from resources.models import Resource, Site
from resources.queries import Described, parts_of
from resources.vocabulary import SWEDISH_ACCESS, Access

_POSITION = ("latitude", "longitude")


def _write_site(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    owner = importing.organisation(values)
    found = importing.known.site(owner, values["name"])
    if found is None:
        draft = _site_draft(importing, values, None)
        importing.known.add(resources.create_site(importing.session, importing.actor, draft, owner))
        return Change.CREATED
    check_may(importing.actor, Permission.OFFER, found.organisation_id)
    if importing.is_said([site_row(found)], rows):
        return Change.UNCHANGED
    draft = _site_draft(importing, values, found)
    before = found.version
    resources.write_site(importing.session, importing.actor, found, draft)
    return change_of(before, found.version)


def _site_faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    faults = Faults()
    with faults.under():
        importing.organisation(rows[0])
    known = rows[0] if "municipality" in rows[0] else {name: rows[0][name] for name in rows[0].keys() - {*_POSITION}}
    with faults.under():
        _site_draft(importing, {"name": "-", "municipality": "0180", **known}, None)
    return faults


def _site_draft(importing: Importing, values: Values, found: Site | None) -> SiteDraft:
    code = values["municipality"]
    for one, other in (_POSITION, reversed(_POSITION)):
        if one in values and other not in values:
            raise BadInput(other, None, "a position has both latitude and longitude: write both or neither")
    seat = geo.municipality(code).position
    unsaid = SiteDraft("-", "", code, seat.latitude, seat.longitude)  # at the seat, until it says where
    before: object = unsaid
    if found is not None:  # as it is stored, even where that would not be taken today
        stays = found if found.municipality_code == code else unsaid
        before = SimpleNamespace(
            name=found.name,
            address=found.address,
            municipality_code=code,
            latitude=stays.latitude,
            longitude=stays.longitude,
            access=frozenset(map(Access, found.access)),
            opening_hours=hours(found.opening_hours),
        )
    located = ("address", *_POSITION)
    empty: Values = {name: getattr(unsaid, name) for name in located if name in importing.cells}
    return importing.draft(SiteDraft, before, {**empty, **values}, municipality_code=code)


def _found_site(importing: Importing, values: Values) -> Site | None:
    return importing.known.site(importing.organisation(values), values["name"])


def _found_resource(importing: Importing, values: Values) -> Resource | None:
    return importing.known.resource(importing.organisation(values), values["name"])


def _prepare(importing: Importing, records: Sequence[Sequence[Values]]) -> None:
    """Lock and read the resources that records are about, with all that is written with them."""
    ids = found_ids(importing, records, _found_resource)
    parts = parts_of(importing.session, ids)
    bulk.lock_all(importing.session, Resource, ids | {each.id for known in parts.values() for each in known.values()})
    at_hand = at_hand_of(importing.session, ids)
    bulk.lock_all(importing.session, Offer, [each.id for known in at_hand.offers.values() for each in known])
    importing.at_hand = at_hand


def _writer(family: Family) -> Callable[[Importing, Sequence[Values]], Change]:
    """Return how a row of a family's file is written: the resource, then its offer."""

    def write(importing: Importing, rows: Sequence[Values]) -> Change:
        values = rows[0]
        found = _found_resource(importing, values)
        if found is not None:
            check_may(importing.actor, Permission.OFFER, found.organisation_id, found.department)
            if importing.is_said(resource_rows(importing.at_hand, found.id), by_time(rows)):
                return Change.UNCHANGED
        resource, parts, change = _write_resource(importing, family, values)
        if family.anonymous:
            change = _write_card(importing, resource, values, change)
        # A hall that is offered is offered whole and by the part.
        offered = [resource, *(parts.values() if "parts" in values else ())]
        new = offers_as_said(importing, [(each, importing.at_hand.offers.get(each.id, [])) for each in offered], rows)
        return Change.CHANGED if new and change is Change.UNCHANGED else change

    return write


def _finder(family: Family) -> Callable[[Importing, Sequence[Values]], Faults]:
    """Return what finds all that is wrong with what rows of a family's file say."""

    def found(importing: Importing, rows: Sequence[Values]) -> Faults:
        values, faults = rows[0], Faults()
        with faults.under():
            owner = importing.organisation(values)
            if "site" in values:
                importing.known.site_to_stand_on(owner, values["site"])
        faults.parameters += words_faults(family, values.get("name", "-"), values.get("description", ""))
        faults.parameters += hours_faults(values.get("opening_hours"))
        if family.anonymous:
            with faults.under():
                competence.skill_levels(values.get("skills", {}), importing.known.skills)
        with faults.under():
            facts = importing.draft(family.facts, None, {**stand_ins(family), **values})
            if (kind := values.get("kind", family.only_kind)) is not None:
                refuse_if(facts_faults(family, kind, facts))
        faults.parameters += offer_faults(importing, rows).parameters
        return faults

    return found


def _write_resource(
    importing: Importing, family: Family, values: Values
) -> tuple[Resource, Mapping[str, Resource], Change]:
    session, actor, at_hand = importing.session, importing.actor, importing.at_hand
    owner = importing.organisation(values)
    found = importing.known.resource(owner, values["name"])
    if found is None:
        draft = _resource_draft(importing, owner, family, values, None)
        made = resources.add_resource(session, actor, draft, owner, department=values.get("department"))
        return *made, Change.CREATED
    before, parts = found.version, at_hand.parts.get(found.id, {})
    draft = _resource_draft(importing, owner, family, values, at_hand.described[found.id])
    resources.write_resource(session, actor, found, parts, draft)
    check_offered(session, found, at_hand.offers.get(found.id, ()))
    return found, parts, change_of(before, found.version)


def _resource_draft(
    importing: Importing, owner: UUID, family: Family, values: Values, found: Described | None
) -> ResourceDraft:
    # What stands under the name may be of another family, which is refused: its facts are none of this one.
    stated = found.stated if found and found.resource.family == family.name else None
    given: dict[str, Any] = {
        "family": family.name,
        "kind": values.get("kind", family.only_kind),
        "facts": importing.draft(family.kept, stated, values),
        "parts": tuple(PartDraft(*part) for part in values.get("parts", ())),
    }
    if "site" in values:
        given["site_id"] = importing.known.site_to_stand_on(owner, values["site"]).id
    if found and "opening_hours" not in importing.cells:
        given["opening_hours"] = hours(found.resource.opening_hours)
    return importing.draft(ResourceDraft, found.resource if found else None, values, **given)


def _write_card(importing: Importing, resource: Resource, values: Values, change: Change) -> Change:
    """Write what a card says. Only a new one gets the yeses of its row: later they are for the people to change."""
    session, actor, before = importing.session, importing.actor, resource.version
    held = importing.at_hand.cards.get(resource.id)
    facts = importing.draft(StaffFacts, held.card.facts if held else None, values)
    row = competence.write_card(session, actor, resource, held, facts, skills=importing.known.skills)
    written = HeldCard(row, Card(facts))
    for who in () if held else Approver:  # in the order in which they are asked
        if who in values.get("approved_by", ()):
            written = note_approval(session, actor, resource, written, Yes(who, EVIDENCE))
    return change if change is not Change.UNCHANGED else change_of(before, resource.version)


EVIDENCE = "Enligt importerad fil"
"""A file has no column for it: whoever keeps the file keeps what it goes back on."""


def _key(find: Callable[[Importing, Values], Site | Resource | None]) -> Callable[[Importing, Values], Hashable]:
    """Return what tells records apart: names whatever their case, unless there are several that differ in that only."""

    def key(importing: Importing, values: Values) -> Hashable:
        owner, alike = importing.owner_key(values), same_case(values["name"])
        try:
            found = find(importing, values)
        except BadInput:
            return owner, alike
        return owner, found.id if found else alike

    return key


_NAME = Column("namn", "name", required=True)
_SITE = Column("plats", "site", required=True, fields=("siteId",))
_DESCRIPTION = Column("beskrivning", "description")
_OPENING_HOURS = Column("öppettider", "opening hours", cells.OPENING_HOURS)
_ACCESS = Column("tillgänglighet", "access", cells.some_of(SWEDISH_ACCESS))

SITES = Kind(
    name="sites",
    files=("platser", "sites"),
    columns=(
        ORGANISATION,
        _NAME,
        Column("adress", "address"),
        Column("kommun", "municipality", cells.MUNICIPALITY, required=True, fields=("municipalityCode",)),
        Column("latitud", "latitude", cells.DEGREES),
        Column("longitud", "longitude", cells.DEGREES),
        _ACCESS,
        _OPENING_HOURS,
    ),
    prepare=lock_found(Site, _found_site),
    write=_write_site,
    faults=_site_faults,
    key=_key(_found_site),
    clashes=one_row_only("name"),
)


def resources_kind(family: Family) -> Kind:
    """Return the kind of file that lists resources of a family with how they are offered."""
    return Kind(
        name=family.file,
        files=family.file_names,
        columns=tuple(_columns(family)),
        prepare=_prepare,
        write=_writer(family),
        faults=_finder(family),
        key=_key(_found_resource),
        clashes=times_clash,
    )


def _columns(family: Family) -> Iterator[Column]:
    yield ORGANISATION
    if family.workplace is None:
        yield _SITE
    yield _NAME
    if family.only_kind is None:
        yield Column("typ", "kind", kind_cell(family), required=True)
    yield from fact_columns(family)
    if family.divisible:
        yield Column("delar", "parts", cells.PARTS)
    if family.anonymous:
        yield Column("godkänt av", "approved by", cells.some_of(words.APPROVERS), formerly="samtycken")
    if family.has_hours:
        yield _OPENING_HOURS
    yield _DESCRIPTION
    yield from OFFER_COLUMNS
    if family.has_calendars:
        yield CALENDAR_MAILBOX
