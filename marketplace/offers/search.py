"""What can be looked for among offers, and how it is said in SQL.

The conditions hold for a SELECT joined as `queries.visible_to` joins it. Whoever may not see where an offer stands
must not find it out by searching: to others a site is in the middle of its municipality and has no name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select
from sqlmodel import col

from competence.models import Skill, SkillClosure, StaffCapacity, StaffSkill
from competence.queries import found_by
from core import geo
from core.actor import Actor
from core.database.tables import any_of
from core.serialization import camel
from core.time.interval import Interval
from marketplace.offers.homes import home_is_told, stands_in
from marketplace.offers.mentions import shows_site
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.sought.free_search import LOOKED_AT
from resources.families import FAMILIES
from resources.models import Resource, Site

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Near:
    """Within so many kilometres of a position; of one's own sites on a sphere, up to half a percent off."""

    position: geo.Position
    km: float


@dataclass(frozen=True)
class OfferSearch:
    """What to look for; nothing means any. `during` finds what can be had then, see `sought.free_search`.

    `least` is seats in a space or vehicle, things in a lot, or percent of a person's time. `level` is the least of the
    skill, counted as matching does.
    """

    family: str | None = None
    kind: str | None = None
    text: str | None = None
    municipality_code: str | None = None
    county_code: str | None = None
    least: int | None = None
    skill: str | None = None
    level: int | None = None
    language: str | None = None
    during: Interval | None = None
    near: Near | None = None
    organisation_id: UUID | None = None
    site_id: UUID | None = None
    resource_ids: tuple[UUID, ...] | None = None
    state: OfferState | None = None


def conditions(search: OfferSearch, actor: Actor | None) -> Iterable[ColumnElement[bool]]:
    """Yield what has to hold of an offer that the actor looks for, but for words and what is free, see `sought`."""
    wanted = (
        (Resource.family, search.family),
        (Resource.kind, search.kind),
        (Offer.state, search.state),
        (Resource.site_id, search.site_id),
    )
    yield from (col(column) == value for column, value in wanted if value is not None)
    if search.resource_ids is not None:
        yield any_of(col(Offer.resource_id), search.resource_ids)
    if search.organisation_id is not None:
        yield and_(col(Offer.organisation_id) == search.organisation_id, home_is_told(actor))
    yield from (stands_in(codes, actor) for codes in _looked_in(search))
    if search.least is not None:
        yield size_of() >= search.least
    yield from _of_people(search)
    if search.during is not None:
        yield col(Offer.during).op("&&")(LOOKED_AT)
        if search.state is None:
            yield col(Offer.state) == OfferState.OPEN
    if search.near is not None:
        yield _is_near(search.near, actor)


def _of_people(search: OfferSearch) -> Iterable[ColumnElement[bool]]:
    """Yield what has to hold of what somebody can, and of the languages."""
    if search.skill is not None:
        holding = select(col(StaffSkill.resource_id))
        if search.level is None:
            holding = holding.where(found_by(col(Skill.code) == search.skill, col(StaffSkill.skill_id)))
        else:
            counts_as = col(SkillClosure.skill_id) == col(StaffSkill.skill_id)
            holding = holding.join(SkillClosure, counts_as).join(Skill, col(Skill.id) == col(SkillClosure.as_id))
            enough = col(StaffSkill.level) - col(SkillClosure.less) >= search.level
            holding = holding.where(col(Skill.code) == search.skill, enough)
        yield col(Offer.resource_id).in_(holding)
    if search.language is not None:
        yield col(StaffCapacity.languages).contains([search.language])


def _looked_in(search: OfferSearch) -> Iterable[Sequence[str]]:
    """Yield the municipalities that are looked in: one, and those of a county."""
    if search.municipality_code is not None:
        yield [search.municipality_code]
    if search.county_code is not None:
        yield [each.code for each in geo.municipalities() if each.county_code == search.county_code]


def distance_km(near: Near, actor: Actor | None) -> ColumnElement[float | None]:
    """Return the distance to where the actor may know that an offer stands; null for staff and what is not near."""
    middles = ((col(Site.municipality_code) == code, km) for code, km in _near_municipalities(near).items())
    return case((shows_site(actor), _exact_km(near.position)), *middles, else_=null())


@lru_cache(maxsize=64)
def _near_municipalities(near: Near) -> Mapping[str, float]:
    """Return how far it is to the municipalities that are near, in kilometres, by code; a search asks three times."""
    distances = {each.code: geo.distance_m(each.position, near.position) / 1000 for each in geo.municipalities()}
    return {code: km for code, km in distances.items() if km <= near.km}


def _exact_km(position: geo.Position) -> ColumnElement[float]:
    """Return the great-circle distance to the site by the haversine formula; null for staff."""
    latitude, longitude = func.radians(col(Site.latitude)), func.radians(col(Site.longitude))
    here, there = func.radians(position.latitude), func.radians(position.longitude)
    north = func.power(func.sin((latitude - here) / 2), 2)
    east = func.power(func.sin((longitude - there) / 2), 2)
    return 2 * EARTH_RADIUS_KM * func.asin(func.sqrt(north + func.cos(latitude) * func.cos(here) * east))


def size_of() -> ColumnElement[float | None]:
    """Return how large it is: the seats of a space or vehicle, the things in a lot, the percent of a person."""
    return _size_of(tuple((name, camel(each.size_fact)) for name, each in FAMILIES.items() if each.size_fact))


@cache
def _size_of(facts: tuple[tuple[str, str], ...]) -> ColumnElement[float | None]:
    return case(*(_size(*each) for each in facts), else_=null())


def _size(family: str, fact: str) -> tuple[ColumnElement[bool], ColumnElement[float]]:
    stored = col(Resource.facts)[fact]
    return and_(col(Resource.family) == family, func.jsonb_typeof(stored) == "number"), stored.as_float()


def _is_near(near: Near, actor: Actor | None) -> ColumnElement[bool]:
    """Say that the site is near; a person is where work on site is possible near by, or anywhere if remote."""
    codes = list(_near_municipalities(near))
    return or_(
        distance_km(near, actor) <= near.km,
        col(StaffCapacity.remote).is_(True),
        stands_in(codes, actor) & col(Site.id).is_(None),
    )
