"""Whose an offer is and where, as somebody may know it: decided here for every door.

A capacity card that could be about fewer than five people would name one of them by its employer and its place. Until
a loan is agreed, others are told of it which group of organisations the employer is of, and the county: see decision
024. The conditions hold for a SELECT joined as `queries.visible_to` joins it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, literal, not_, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlmodel import col

from competence.models import StaffCapacity
from core import geo
from core.actor import Actor
from core.database.tables import coordinated
from marketplace.offers.models import Offer
from marketplace.organisations.models import OrganisationKind
from marketplace.organisations.queries import OrganisationInShort
from resources.families.staff import FEWEST_MEANT
from resources.models import Site


class OrganisationGroup(StrEnum):
    """What may be told of an employer that itself may not be: who follows which rules when people are lent."""

    STATE = "state"
    LOCAL = "local"
    """Municipalities, regions and their companies; a region by itself would be known by its county."""


class Owner(Protocol):
    """Whose an offer is."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> OrganisationKind: ...
    @property
    def county_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Home:
    """Whose an offer is and where it is, as told to somebody; without an `organisation` by group and counties only.

    `municipalities` are told where the organisation is. `counties` are theirs, or where there is none, as for work at a
    distance, that of the organisation's seat; `is_placed` says which.
    """

    organisation: OrganisationInShort | None
    group: OrganisationGroup
    counties: tuple[geo.County, ...]
    municipalities: tuple[geo.Municipality, ...]
    is_placed: bool


def home_of(owner: Owner, municipalities: Sequence[geo.Municipality], *, told: bool) -> Home:
    """Return whose something is and where, all of it only where it may be `told`."""
    codes = frozenset(each.county_code for each in municipalities) or frozenset([owner.county_code])
    return Home(
        organisation=OrganisationInShort(owner.id, owner.name) if told else None,
        group=OrganisationGroup.STATE if owner.kind is OrganisationKind.STATE_AGENCY else OrganisationGroup.LOCAL,
        counties=_counties(codes),
        municipalities=tuple(municipalities) if told else (),
        is_placed=bool(municipalities),
    )


@lru_cache(maxsize=1000)
def _counties(codes: frozenset[str]) -> tuple[geo.County, ...]:
    return tuple(each for each in geo.counties() if each.code in codes)


def may_know(reader: Actor | None, owner_id: UUID, asker_id: UUID | None = None, *, agreed: bool = False) -> bool:
    """Tell whether somebody may know whose a card is however few it could be about.

    Its employer may, and who coordinates the employer; of what is proposed for a request who decides on that, and who
    asks once it is agreed.
    """
    if reader is None or reader.organisation_id == owner_id or reader.coordinates_for(owner_id):
        return True
    if asker_id is None:
        return False
    return reader.coordinates_for(asker_id) or (agreed and reader.organisation_id == asker_id)


def home_is_told(actor: Actor | None) -> ColumnElement[bool]:
    """Say in SQL that the actor is told whose an offer is and where."""
    if actor is None:
        return true()
    own = col(Offer.organisation_id) == actor.organisation_id
    return or_(not_(FEW_ARE_MEANT), own, coordinated(actor, col(Offer.organisation_id)))


def stands_in(codes: Sequence[str], actor: Actor | None) -> ColumnElement[bool]:
    """Say that something stands in one of the municipalities, or that a person can work on site in one.

    Who may not know in which finds it in all of its counties.
    """
    around = codes_around(codes)
    known = or_(col(Site.municipality_code).in_(codes), _works_in(codes))
    coarse = and_(not_(home_is_told(actor)), _works_in(around)) if len(around) > len(codes) else false()
    return or_(known, coarse)


def codes_told(actor: Actor | None) -> ColumnElement[Any]:
    """Return in SQL the municipalities that something is found in, see `stands_in`."""
    works_in = cast(col(StaffCapacity.municipality_codes), ARRAY(String))
    site = (col(Site.municipality_code).is_not(None), array([col(Site.municipality_code)]))
    if actor is None:
        return case(site, else_=works_in)
    codes = ",".join(each.code for each in geo.municipalities())  # as text: a list is put together anew each time
    every = func.unnest(cast(literal(f"{{{codes}}}", String), ARRAY(String))).column_valued("every")
    told = func.unnest(works_in).column_valued("told")
    counties = select(func.left(told, literal(2))).correlate(StaffCapacity)
    around = func.array(select(every).where(func.left(every, literal(2)).in_(counties)).scalar_subquery())
    return case(site, (not_(home_is_told(actor)), cast(around, ARRAY(String))), else_=works_in)


FEW_ARE_MEANT = and_(
    col(StaffCapacity.resource_id).is_not(None), func.coalesce(col(StaffCapacity.people_meant), 0) < FEWEST_MEANT
)


def _works_in(codes: Sequence[str]) -> ColumnElement[bool]:
    return col(StaffCapacity.municipality_codes).op("&&", is_comparison=True)(cast(list(codes), ARRAY(String)))


def codes_around(codes: Sequence[str]) -> list[str]:
    """Return all municipalities of the counties of some."""
    counties = {code[:2] for code in codes}
    return [each.code for each in geo.municipalities() if each.county_code in counties]
