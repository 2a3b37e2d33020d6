"""How many capacity cards there are of a competence, in each county and group of organisations.

Counted are all that somebody at another organisation may see, also those that whoever asks may not. So a number is told
in steps of five, rounded down: two searches that differ in one card, such as at another level, do not tell of that one,
nor does a sum of the parts that are left out. See decision 024.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core import geo
from core.swedish import swedish_key
from marketplace.offers.homes import OrganisationGroup
from marketplace.offers.models import Offer
from marketplace.offers.queries import is_shown_outside, visible_to
from marketplace.offers.search import OfferSearch, conditions
from marketplace.organisations.models import Organisation, OrganisationKind
from resources.families.staff import STAFF
from resources.models import Resource

STEP = 5


@dataclass(frozen=True)
class CardsIn:
    """How many cards there are at least in a county of a group of organisations; None is fewer than five."""

    county: geo.County
    group: OrganisationGroup
    count: int | None


@dataclass(frozen=True)
class CardsCounted:
    """How many there are at least in all, and where; who can work in several counties is in each."""

    total: int | None
    parts: Sequence[CardsIn]


def count_cards(session: Session, search: OfferSearch) -> CardsCounted:
    """Count the cards that fit what is looked for, in one query."""
    codes = col(StaffCapacity.municipality_codes)
    seat = array([col(Organisation.county_code)])
    columns: tuple[Any, ...] = (
        col(Offer.resource_id).label("card"),
        (col(Organisation.kind) == OrganisationKind.STATE_AGENCY).label("state"),
        case((func.cardinality(codes) == 0, seat), else_=codes).label("codes"),
    )
    fits = (col(Resource.family) == STAFF.name, is_shown_outside(), *conditions(search, None))
    found = visible_to(None).where(*fits).with_only_columns(*columns, maintain_column_froms=True).subquery()
    code = func.unnest(found.c.codes).table_valued("code", joins_implicitly=True).render_derived()
    county = func.left(code.c.code, 2).label("county")
    each = select(found.c.card, found.c.state, county).select_from(found, code).distinct().subquery().c
    sets = func.grouping_sets(tuple_(each.county, each.state), tuple_(literal(0)))
    counted = select(each.county, each.state, func.count(each.card.distinct())).group_by(sets)
    counts = {(in_county, state): count for in_county, state, count in session.execute(counted)}
    parts = [
        CardsIn(county, OrganisationGroup.STATE if state else OrganisationGroup.LOCAL, _told(count))
        for county in sorted(geo.counties(), key=lambda each: swedish_key(each.name))
        for state in (True, False)
        if (count := counts.get((county.code, state)))
    ]
    return CardsCounted(_told(counts.get((None, None), 0)), parts)


def _told(count: int) -> int | None:
    return count // STEP * STEP or None
