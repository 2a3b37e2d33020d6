"""How many have a competence, on the wire."""

from typing import Annotated, Self

from msgspec import Meta

from api.schemas.base import Wire
from marketplace.offers.finding import FEWEST_TOLD, CardsCounted
from marketplace.offers.homes import OrganisationGroup


class CompetenceIn(Wire):
    """How many there are in a county of a group of organisations."""

    county_code: str
    organisation_group: OrganisationGroup
    count: Annotated[int | None, Meta(description=f"Null: fewer than {FEWEST_TOLD}.")]


class CompetenceOut(Wire):
    """How many have a competence, and where; who can work in several counties is counted in each."""

    total: Annotated[
        int | None, Meta(description=f"Null: fewer than {FEWEST_TOLD}, or it would tell a number that is left out.")
    ]
    items: list[CompetenceIn]

    @classmethod
    def example(cls) -> Self:
        """Return a skill that a dozen have."""
        told = CompetenceIn(county_code="23", organisation_group=OrganisationGroup.STATE, count=12)
        few = CompetenceIn(county_code="23", organisation_group=OrganisationGroup.LOCAL, count=None)
        return cls(total=None, items=[told, few])


def competence_out(found: CardsCounted) -> CompetenceOut:
    """Return counts, by county."""
    items = [
        CompetenceIn(county_code=each.county.code, organisation_group=each.group, count=each.count)
        for each in found.parts
    ]
    return CompetenceOut(total=found.total, items=items)
