"""How a list is counted: without the joins that can leave no row out."""

from sqlalchemy import Select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from core.database.page import Paged
from marketplace.organisations.models import Organisation
from resources.models import Resource, Site

HOME, PLACE = col(Organisation.id), col(Site.id)


def outer(statement: Select[*tuple[object, ...]]) -> list[str]:
    """Return the tables that counting joins without leaving anything out."""
    counted = str(Paged(statement).counted)
    return [each.split()[0] for each in counted.split("LEFT OUTER JOIN ")[1:]]


def test_what_a_key_that_is_never_null_refers_to_leaves_nothing_out() -> None:
    assert outer(select(Site).join(Organisation, col(Site.organisation_id) == HOME)) == ["organisation"]
    other = aliased(Organisation)
    assert outer(select(Site).join(other, col(Site.organisation_id) == col(other.id))) == ["organisation"]


def test_what_may_be_null_or_is_no_key_does() -> None:
    assert outer(select(Resource).join(Site, col(Resource.site_id) == PLACE)) == []
    assert outer(select(Site).join(Organisation, col(Organisation.county_code) == col(Site.municipality_code))) == []
    assert outer(select(Organisation).join(Site, col(Site.organisation_id) == HOME)) == [], "it may have none"
    both = (col(Site.organisation_id) == HOME) & (col(Organisation.county_code) == "23")
    assert outer(select(Site).join(Organisation, both)) == []


def test_a_key_of_what_may_not_be_there_does() -> None:
    maybe = select(Resource).outerjoin(Site, col(Resource.site_id) == PLACE)
    assert outer(maybe.join(Organisation, col(Site.organisation_id) == HOME)) == ["site"]
    assert outer(maybe.join(Organisation, col(Resource.organisation_id) == HOME)) == ["site", "organisation"]


def test_of_a_select_what_it_leaves_out_does() -> None:
    some = select(HOME).where(col(Organisation.county_code) == "23").subquery()
    assert outer(select(Site).join(some, col(Site.organisation_id) == some.c.id)) == []
    maybe = select(col(Resource.id), col(Site.organisation_id)).outerjoin(Site, col(Resource.site_id) == PLACE).cte()
    assert outer(select(maybe.c.id).join(Organisation, maybe.c.organisation_id == HOME)) == ["site"], "its own"
