"""Which skills are asked for and not to be had, by county: where several ask, so that it is nobody's in particular."""

from dataclasses import dataclass

from sqlalchemy import case, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col

from core import geo
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.queries import LIVE
from resources.families.staff import STAFF

FEWEST_NEEDS, FEWEST_WHO_ASK = 5, 3


@dataclass(frozen=True)
class Unmet:
    """So many needs for people with a skill wait in a county, of so much of full time together."""

    skill: str
    county: geo.County
    needs: int
    percent: int


def unmet_demand(session: Session) -> list[Unmet]:
    """Return what waits of five needs or more, of three organisations at least; the most first; one query."""
    counties = {each.code: each for each in geo.counties()}
    place = func.coalesce(func.left(Need.municipality_code, 2), Organisation.county_code)
    asked = col(Need.requirements)["skillsMust"]
    by_level = case((func.jsonb_typeof(asked) == "object", asked), else_=cast({}, JSONB))
    skill = func.jsonb_object_keys(by_level).table_valued("skill").render_derived().lateral()
    needs = func.count(col(Need.id).distinct())
    found = (
        select(skill.c.skill, place, needs, func.sum(col(Need.amount)))
        .join_from(Need, Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .join(skill, true())
        .where(col(Need.family) == STAFF.name, col(Need.state) == NeedState.OPEN, col(Request.state).in_(LIVE))
        .group_by(skill.c.skill, place)
        .having(needs >= FEWEST_NEEDS, func.count(col(Organisation.id).distinct()) >= FEWEST_WHO_ASK)
        .order_by(needs.desc(), skill.c.skill, place)
    )
    return [Unmet(code, counties[county], number, percent) for code, county, number, percent in session.execute(found)]
