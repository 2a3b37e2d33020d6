"""Offers as lists show them: the columns that a line needs, read in one statement as plain values.

Whole rows with their texts, opening hours and units cost a list several times as much as all else on its page. What is
read has the names that it has in an `OfferView`, so that both are told in the same words.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlmodel import Session, col

from competence.models import Skill, StaffCapacity, StaffSkill
from core import geo
from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Listed, Page, read_rows
from core.database.tables import among
from core.swedish import swedish_key
from marketplace.offers.homes import Home, home_of, may_know
from marketplace.offers.models import Offer, OfferState, PriceBasis
from marketplace.offers.queries import is_named, visible_to
from marketplace.offers.search import size_of
from marketplace.organisations.models import Organisation, OrganisationKind
from resources.families import family_of
from resources.families.family import Family
from resources.families.staff import FEWEST_MEANT
from resources.models import Resource, ResourceUnit, Site, Unit
from resources.photos.models import Photo


class OfferInShort(NamedTuple):
    """What is read of an offer; `during` are its start and its end."""

    id: UUID
    state: OfferState
    price_basis: PriceBasis
    price_sek: int
    resource_id: UUID
    during: tuple[datetime, datetime | None]


class ResourceInShort(NamedTuple):
    """What is read of a resource."""

    id: UUID
    organisation_id: UUID
    department: str | None
    family: str
    kind: str
    name: str


class OwnerInShort(NamedTuple):
    """What is read of whose it is."""

    id: UUID
    name: str
    kind: OrganisationKind
    county_code: str


class SiteInShort(NamedTuple):
    """What is read of a site."""

    name: str
    address: str
    municipality_code: str


class SkillInShort(NamedTuple):
    """A skill in words."""

    label_sv: str
    label_en: str


class PhotoInShort(NamedTuple):
    """What is read of a photo."""

    id: str
    alt: str


@dataclass(frozen=True, slots=True)
class Lent:
    """What is lent, and where it stands."""

    resource: ResourceInShort
    site: SiteInShort | None

    @property
    def family(self) -> Family:
        """The family that it is of."""
        return family_of(self.resource.family)


@dataclass(frozen=True, slots=True)
class OfferExcerpt:
    """An offer as a list shows it; see `OfferView`."""

    offer: OfferInShort
    lent: Lent
    owner: OwnerInShort
    home: Home
    few_are_meant: bool
    skills: tuple[tuple[SkillInShort, int], ...]
    municipalities: tuple[geo.Municipality, ...]
    capacity: int
    photo: PhotoInShort | None
    size: int | None
    """How many it has room for, of what has."""
    exact: bool
    named: bool

    def home_for(self, reader: Actor | None, asker_id: UUID, *, agreed: bool) -> Home:
        """Return what somebody may know of whose it is and where; see `OfferView`."""
        told = not self.few_are_meant or may_know(reader, self.owner.id, asker_id, agreed=agreed)
        return home_of(self.owner, self.municipalities, told=told)

    def named_for(self, reader: Actor) -> bool:
        """Whether its name may be told to somebody; see `OfferView`."""
        return is_named(reader, self.lent.resource)


_units = (
    select(case((func.count() == 1, func.min(Unit.capacity)), else_=1))
    .join(ResourceUnit, col(ResourceUnit.unit_id) == col(Unit.id))
    .where(col(ResourceUnit.resource_id) == col(Resource.id))
    .correlate(Resource)
)
SKILLS = (
    select(func.jsonb_agg(func.jsonb_build_array(StaffSkill.level, Skill.label_sv, Skill.label_en)))
    .join(Skill, col(Skill.id) == col(StaffSkill.skill_id))
    .where(col(StaffSkill.resource_id) == col(StaffCapacity.resource_id))
    .correlate(StaffCapacity)
)
"""What `by_level` makes skills of."""
_first = aggregate_order_by(func.jsonb_build_array(Photo.id, Photo.alt), col(Photo.place), col(Photo.id))
_photo = (  # all of them: the first row alone looks so cheap to PostgreSQL that it is read for what is not shown, too
    select(func.jsonb_agg(_first, type_=JSONB)[0]).where(col(Photo.resource_id) == col(Resource.id)).correlate(Resource)
)
_OFFER = (Offer.id, Offer.state, Offer.price_basis, Offer.price_sek, Offer.resource_id)
_RESOURCE = (Resource.id, Resource.organisation_id, Resource.department, Resource.family, Resource.kind, Resource.name)
_SITE = (Site.name, Site.address, Site.municipality_code)
_OWNER = (Organisation.id, Organisation.name, Organisation.kind, Organisation.county_code)
_TIMES = len(_OFFER)
_LENT = _TIMES + 2
_PLACE = _LENT + len(_RESOURCE)
_HOME = _PLACE + len(_SITE)
_REST = _HOME + len(_OWNER)
COLUMNS: tuple[Any, ...] = (
    *map(col, _OFFER),
    func.lower(Offer.during),
    func.upper(Offer.during),
    *map(col, _RESOURCE),
    *map(col, _SITE),
    *map(col, _OWNER),
    col(StaffCapacity.municipality_codes),
    col(StaffCapacity.people_meant),
    SKILLS.scalar_subquery(),
    _units.scalar_subquery(),
    _photo.scalar_subquery(),
    size_of(),
)
"""What is read of an offer in a SELECT that is joined as `visible_to` is; a row may begin with others."""


_BY_ID = visible_to(None).where(among(col(Offer.id), "offers")).with_only_columns(*COLUMNS, maintain_column_froms=True)


def excerpts_page(
    session: Session,
    actor: Actor | None,
    wanted: Listed,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    *,
    total: int | None = None,
) -> Page[OfferExcerpt]:
    """Return a page of what is `in_short`, see `read_rows`; one query however many they are."""
    return read_rows(session, wanted, page, limit, total).of(lambda rows: [excerpt(actor, row) for row in rows])


def excerpts(session: Session, actor: Actor | None, statement: Select[Any]) -> list[OfferExcerpt]:
    """Return all of a SELECT that begins with `visible_to`; one query however many they are."""
    return [excerpt(actor, row) for row in session.execute(in_short(statement))]


def in_short(statement: Select[Any]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT that begins with `visible_to` with what lists show."""
    return statement.with_only_columns(*COLUMNS, maintain_column_froms=True)


def excerpts_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, OfferExcerpt]:
    """Return offers by id, whoever may see them in lists; see `proposals.queries.offered`."""
    rows = session.execute(_BY_ID, {"offers": list(ids)}) if ids else ()
    return {row[0]: excerpt(None, row) for row in rows}


def excerpt(actor: Actor | None, row: Row[Any], after: int = 0) -> OfferExcerpt:
    """Return the offer of a row of `COLUMNS`, which stand in it `after` so many others."""
    values = tuple(row)[after:]
    offer = OfferInShort._make((*values[:_TIMES], values[_TIMES:_LENT]))
    resource = ResourceInShort(*values[_LENT:_PLACE])
    place = SiteInShort(*values[_PLACE:_HOME])
    owner = OwnerInShort(*values[_HOME:_REST])
    codes, meant, skills, capacity, photo, size = values[_REST : _REST + 6]
    site = place if place.municipality_code else None
    lent = Lent(resource, site)
    at_home = actor is None or actor.organisation_id == owner.id
    decides = actor is not None and not lent.family.anonymous and actor.coordinates_for(owner.id)
    few = lent.family.anonymous and (meant or 0) < FEWEST_MEANT
    towns = tuple(geo.municipality(code) for code in ((site.municipality_code,) if site else sorted(codes or ())))
    return OfferExcerpt(
        offer=offer,
        lent=lent,
        owner=owner,
        home=home_of(owner, towns, told=not few or may_know(actor, owner.id)),
        few_are_meant=few,
        skills=by_level(skills),
        municipalities=towns,
        capacity=capacity,
        photo=PhotoInShort(*photo) if photo else None,
        size=int(size) if lent.family.sized and size else None,
        exact=at_home or decides,
        named=is_named(actor, resource),
    )


def by_level(held: Sequence[tuple[int, str, str]] | None) -> tuple[tuple[SkillInShort, int], ...]:
    """Return skills with their levels, the highest first."""
    ordered = sorted(held or (), key=lambda each: (-each[0], swedish_key(each[1])))
    return tuple((SkillInShort(*labels), level) for level, *labels in ordered)
