"""How many have a competence, on the wire."""

from typing import Annotated, Self

from msgspec import Meta

from api.schemas.base import Wire
from marketplace.offers.finding import STEP, CardsCounted
from marketplace.offers.homes import OrganisationGroup

_AT_LEAST = Meta(description=f"At least so many, in steps of {STEP}. Null: fewer than {STEP}.")


class CompetenceIn(Wire):
    """How many there are in a county of a group of organisations."""

    county_code: str
    organisation_group: OrganisationGroup
    count: Annotated[int | None, _AT_LEAST]


class CompetenceOut(Wire):
    """How many have a competence, and where; who can work in several counties is counted in each."""

    total: Annotated[int | None, _AT_LEAST]
    items: list[CompetenceIn]

    @classmethod
    def example(cls) -> Self:
        """Return a skill that ten have."""
        told = CompetenceIn(county_code="23", organisation_group=OrganisationGroup.STATE, count=10)
        few = CompetenceIn(county_code="23", organisation_group=OrganisationGroup.LOCAL, count=None)
        return cls(total=10, items=[told, few])


def competence_out(found: CardsCounted) -> CompetenceOut:
    """Return counts, by county."""
    items = [
        CompetenceIn(county_code=each.county.code, organisation_group=each.group, count=each.count)
        for each in found.parts
    ]
    return CompetenceOut(total=found.total, items=items)
