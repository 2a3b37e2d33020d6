"""Files of what there is: sites, and resources of each family with how they are offered."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from platsverket.competence import service as competence
from platsverket.competence.facts import StaffFacts
from platsverket.competence.queries import cards_by_id
from platsverket.competence.rules import Consenting
from platsverket.core import geo
from platsverket.marketplace.importing import cells, queries, words
from platsverket.marketplace.importing.kinds import ORGANISATION, Change, Column, Importing, Kind, Values, change_of
from platsverket.marketplace.importing.offering import OFFER_COLUMNS, offer_as_said
from platsverket.resources import service as resources
from platsverket.resources.facts import (
    Facts,
    FurnitureFacts,
    PartDraft,
    ResourceDraft,
    SiteDraft,
    SpaceFacts,
    StaffTime,
    VehicleFacts,
)
from platsverket.resources.models import Family, Resource
from platsverket.resources.queries import parts_of
from platsverket.resources.vocabulary import StaffKind


def _write_site(importing: Importing, rows: Sequence[Values]) -> Change:
    values = rows[0]
    seat = geo.municipality(values["municipality"]).position
    draft = SiteDraft(
        name=values["name"],
        address=values.get("address", ""),
        municipality_code=values["municipality"],
        latitude=values.get("latitude", seat.latitude),
        longitude=values.get("longitude", seat.longitude),
        access=values.get("access", frozenset()),
        opening_hours=values.get("opening_hours"),
    )
    owner = importing.organisation(values)
    found = queries.site_named(importing.session, owner, draft.name)
    if found is None:
        resources.create_site(importing.session, importing.actor, draft, owner)
        return Change.CREATED
    before = found.version
    return change_of(before, resources.update_site(importing.session, importing.actor, found.id, draft).version)


def _writer(family: Family, facts_of: Callable[[Values], Facts]) -> Callable[[Importing, Sequence[Values]], Change]:
    """Return how a row of a family's file is written: the resource, then its offer."""

    def write(importing: Importing, rows: Sequence[Values]) -> Change:
        values = rows[0]
        owner = importing.organisation(values)
        draft = _resource_draft(importing, owner, family, values, facts_of(values))
        resource, change = _write_resource(importing, owner, draft)
        if family is Family.STAFF:
            change = _write_card(importing, resource, values, change)
        # A hall that is offered is offered whole and by the part.
        parts = parts_of(importing.session, [resource.id]).get(resource.id, {}) if "parts" in values else {}
        lent = (resource, *(part for part, _ in parts.values()))
        offered = [offer_as_said(importing, each.id, values) for each in lent]
        if change is Change.UNCHANGED and set(offered) != {Change.UNCHANGED}:
            return Change.CHANGED
        return change

    return write


def _resource_draft(importing: Importing, owner: UUID, family: Family, values: Values, facts: Facts) -> ResourceDraft:
    site = queries.site_to_stand_on(importing.session, owner, values["site"]) if "site" in values else None
    return ResourceDraft(
        family=family,
        kind=values.get("kind", StaffKind.STAFF),
        name=values["name"],
        facts=facts,
        description=values.get("description", ""),
        site_id=site.id if site else None,
        opening_hours=values.get("opening_hours"),
        parts=tuple(PartDraft(*part) for part in values.get("parts", ())),
    )


def _write_resource(importing: Importing, owner: UUID, draft: ResourceDraft) -> tuple[Resource, Change]:
    session, actor = importing.session, importing.actor
    found = queries.resource_named(session, owner, draft.name)
    if found is None:
        return resources.create_resource(session, actor, draft, owner), Change.CREATED
    before = found.version
    row = resources.update_resource(session, actor, found.id, draft)
    return row, change_of(before, row.version)


def _write_card(importing: Importing, resource: Resource, values: Values, change: Change) -> Change:
    """Write what a card says. Only a new one gets the consents of its row: later they are for the people to change."""
    before = resource.version
    known = cards_by_id(importing.session, [resource.id])
    competence.describe_staff(importing.session, importing.actor, resource, _staff_facts(values))
    for who in () if known else Consenting:  # in the order in which they are asked
        if who in values.get("consents", ()):
            competence.give_consent(importing.session, importing.actor, resource, who)
    return change if change is not Change.UNCHANGED else change_of(before, resource.version)


def _some(values: Values, *names: str) -> dict[str, Any]:
    """Return those of the named cells that are filled in."""
    return {name: values[name] for name in names if name in values}


def _space_facts(values: Values) -> SpaceFacts:
    return SpaceFacts(**_some(values, "seats", "area_m2", "equipment", "access", "visitor_rules"))


def _furniture_facts(values: Values) -> FurnitureFacts:
    named = ("count", "condition", "width_cm", "depth_cm", "height_cm", "pickup", "valuation_sek", "valuation_basis")
    return FurnitureFacts(**_some(values, *named))


def _vehicle_facts(values: Values) -> VehicleFacts:
    return VehicleFacts(**_some(values, "seats", "fuel", "range_km", "licence_class", "towing_kg"))


def _staff_time(values: Values) -> StaffTime:
    return StaffTime(values["extent_percent"])


def _staff_facts(values: Values) -> StaffFacts:
    named = ("extent_percent", "remote", "municipality_codes", "languages", "skills")
    return StaffFacts(**_some(values, *named))


_NAME = Column("namn", "name", required=True)
_SITE = Column("plats", "site", required=True, fields=("siteId",))
_DESCRIPTION = Column("beskrivning", "description")
_OPENING_HOURS = Column("öppettider", "opening hours", cells.opening_hours)
_ACCESS = Column("tillgänglighet", "access", cells.some_of(words.ACCESS))

SITES = Kind(
    name="sites",
    files=("platser", "sites"),
    columns=(
        ORGANISATION,
        _NAME,
        Column("adress", "address"),
        Column("kommun", "municipality", cells.municipality, required=True, fields=("municipalityCode",)),
        Column("latitud", "latitude", cells.number),
        Column("longitud", "longitude", cells.number),
        _ACCESS,
        _OPENING_HOURS,
    ),
    write=_write_site,
)
SPACES = Kind(
    name="spaces",
    files=("lokaler", "spaces"),
    columns=(
        ORGANISATION,
        _SITE,
        _NAME,
        Column("typ", "kind", cells.one_of(words.SPACES), required=True),
        Column("sittplatser", "seats", cells.whole, required=True),
        Column("yta m2", "area m2", cells.number),
        Column("utrustning", "equipment", cells.some_of(words.EQUIPMENT)),
        _ACCESS,
        Column("delar", "parts", cells.parts),
        Column("besöksregler", "visitor rules"),
        _OPENING_HOURS,
        _DESCRIPTION,
        *OFFER_COLUMNS,
    ),
    write=_writer(Family.SPACE, _space_facts),
)
FURNITURE = Kind(
    name="furniture",
    files=("mobler", "möbler", "furniture"),
    columns=(
        ORGANISATION,
        _SITE,
        _NAME,
        Column("typ", "kind", cells.one_of(words.FURNITURE), required=True),
        Column("antal", "count", cells.whole, required=True),
        Column("skick", "condition", cells.whole, required=True),
        Column("bredd cm", "width cm", cells.whole),
        Column("djup cm", "depth cm", cells.whole),
        Column("höjd cm", "height cm", cells.whole),
        Column("hämtning", "pickup"),
        Column("värde kr", "valuation sek", cells.whole),
        Column("värderingsgrund", "valuation basis", cells.one_of(words.VALUATIONS)),
        _DESCRIPTION,
        *OFFER_COLUMNS,
    ),
    write=_writer(Family.FURNITURE, _furniture_facts),
)
VEHICLES = Kind(
    name="vehicles",
    files=("fordon", "vehicles"),
    columns=(
        ORGANISATION,
        _SITE,
        _NAME,
        Column("typ", "kind", cells.one_of(words.VEHICLES), required=True),
        Column("säten", "seats", cells.whole, required=True),
        Column("drivmedel", "fuel", cells.one_of(words.FUELS), required=True),
        Column("räckvidd km", "range km", cells.whole),
        Column("körkort", "licence class", cells.one_of(words.LICENCES)),
        Column("dragvikt kg", "towing kg", cells.whole),
        _OPENING_HOURS,
        _DESCRIPTION,
        *OFFER_COLUMNS,
    ),
    write=_writer(Family.VEHICLE, _vehicle_facts),
)
STAFF = Kind(
    name="staff",
    files=("personal", "staff"),
    columns=(
        ORGANISATION,
        _NAME,
        Column("omfattning procent", "extent percent", cells.whole, required=True),
        Column("kompetenser", "skills", cells.levels, required=True),
        Column("kommuner", "municipality codes", cells.several(cells.municipality)),
        Column("distans", "remote", cells.yes_or_no),
        Column("språk", "languages", cells.languages),
        Column("samtycken", "consents", cells.some_of(words.CONSENTS)),
        _OPENING_HOURS,
        _DESCRIPTION,
        *OFFER_COLUMNS,
    ),
    write=_writer(Family.STAFF, _staff_time),
)
