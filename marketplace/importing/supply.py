"""Files of what there is: sites, and resources of each family with how they are offered."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from competence import service as competence
from competence.approvals.models import Approver
from competence.approvals.service import Yes, note_approval
from competence.queries import Card, HeldCard, held_cards
from core import geo
from core.database import bulk
from core.errors import BadInput, Faults
from core.limits import refuse_if
from core.numbers import read_degrees
from core.swedish import same_case
from core.time import opening
from core.time.opening import OpeningHours
from marketplace.importing.families import fact_columns, kind_reader, stand_ins
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
from marketplace.importing.offering import OFFER_COLUMNS, offer_faults, offers_as_said, times_clash
from marketplace.importing.reading import cells, words
from marketplace.offers.models import Offer
from marketplace.offers.queries import offers_of
from marketplace.offers.service import check_offered
from resources import service as resources
from resources.drafts import PartDraft, ResourceDraft, SiteDraft, facts_faults, hours_faults, words_faults
from resources.families.family import Family
from resources.families.staff import StaffFacts
from resources.models import Resource, Site
from resources.queries import Described, parts_of, resources_by_id
from resources.vocabulary import SWEDISH_ACCESS, Access

_POSITION = ("latitude", "longitude")


def _write_site(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    owner = importing.organisation(values)
    found = importing.known.site(owner, values["name"])
    draft = _site_draft(importing, values, found)
    if found is None:
        importing.known.add(resources.create_site(importing.session, importing.actor, draft, owner))
        return Change.CREATED
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
            opening_hours=_hours(found.opening_hours),
        )
    located = ("address", *_POSITION)
    empty: Values = {name: getattr(unsaid, name) for name in located if name in importing.columns}
    return importing.draft(SiteDraft, before, {**empty, **values}, municipality_code=code)


@dataclass(frozen=True)
class _AtHand:
    """What there is of the resources that are written next: their parts, offers and cards by their ids."""

    described: Mapping[UUID, Described]
    parts: Mapping[UUID, Mapping[str, Resource]]
    offers: Mapping[UUID, list[Offer]]
    cards: Mapping[UUID, HeldCard]


def _found_resource(importing: Importing, values: Values) -> Resource | None:
    return importing.known.resource(importing.organisation(values), values["name"])


def _prepare(importing: Importing, records: Sequence[Sequence[Values]]) -> None:
    """Lock and read the resources that records are about, with all that is written with them."""
    session = importing.session
    ids = found_ids(importing, records, _found_resource)
    parts = parts_of(session, ids)
    locked = bulk.lock_all(session, Resource, ids | {each.id for known in parts.values() for each in known.values()})
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    for each in offers_of(session, locked):
        offers[each.resource_id].append(each)
    bulk.lock_all(session, Offer, [each.id for known in offers.values() for each in known])
    importing.at_hand = _AtHand(resources_by_id(session, ids), parts, offers, held_cards(session, ids))


def _writer(family: Family) -> Callable[[Importing, Sequence[Values]], Change]:
    """Return how a row of a family's file is written: the resource, then its offer."""

    def write(importing: Importing, rows: Sequence[Values]) -> Change:
        values = rows[0]
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
    if found and "opening_hours" not in importing.columns:
        given["opening_hours"] = _hours(found.resource.opening_hours)
    return importing.draft(ResourceDraft, found.resource if found else None, values, **given)


def _hours(stored: object) -> OpeningHours | None:
    return opening.from_json(stored) if stored else None


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


def _key(importing: Importing, values: Values) -> tuple[Hashable, str]:
    return importing.owner_key(values), same_case(values["name"])


_NAME = Column("namn", "name", required=True)
_SITE = Column("plats", "site", required=True, fields=("siteId",))
_DESCRIPTION = Column("beskrivning", "description")
_OPENING_HOURS = Column("öppettider", "opening hours", cells.opening_hours)
_ACCESS = Column("tillgänglighet", "access", cells.some_of(SWEDISH_ACCESS))

SITES = Kind(
    name="sites",
    files=("platser", "sites"),
    columns=(
        ORGANISATION,
        _NAME,
        Column("adress", "address"),
        Column("kommun", "municipality", cells.municipality, required=True, fields=("municipalityCode",)),
        Column("latitud", "latitude", read_degrees),
        Column("longitud", "longitude", read_degrees),
        _ACCESS,
        _OPENING_HOURS,
    ),
    prepare=lock_found(Site, lambda importing, each: importing.known.site(importing.organisation(each), each["name"])),
    write=_write_site,
    faults=_site_faults,
    key=_key,
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
        key=_key,
        clashes=times_clash,
    )


def _columns(family: Family) -> Iterator[Column]:
    yield ORGANISATION
    if family.workplace is None:
        yield _SITE
    yield _NAME
    if family.only_kind is None:
        yield Column("typ", "kind", kind_reader(family), required=True)
    yield from fact_columns(family)
    if family.divisible:
        yield Column("delar", "parts", cells.parts)
    if family.anonymous:
        yield Column("godkänt av", "approved by", cells.some_of(words.APPROVERS), formerly="samtycken")
    if family.has_hours:
        yield _OPENING_HOURS
    yield _DESCRIPTION
    yield from OFFER_COLUMNS
