"""What is lent, on the wire: as proposals and bookings tell it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from api.schemas.base import TextOut, Wire
from api.schemas.families import FamilyName
from marketplace.offers.homes import Home, OrganisationGroup
from marketplace.offers.models import PriceBasis, Terms
from marketplace.offers.queries import OfferView
from marketplace.proposals.price import Deal, put_forward

_ID = "01980000-0000-7000-8000-00000000000{}"


class LentOffer(Wire):
    """What would be lent. Before agreement there is no address, and staff has no name."""

    id: UUID
    name: str | None
    family: FamilyName
    kind: str
    organisation_id: Annotated[UUID | None, Meta(description="Null as `organisation` of an offer.")]
    organisation: str | None
    organisation_group: OrganisationGroup
    county_codes: list[str]
    municipality_codes: list[str]
    address: str | None
    terms: Terms
    price_basis: PriceBasis
    price_sek: int
    conditions: TextOut


class PeriodOut(Wire):
    """From an instant up to another; without an end it is for good."""

    start: datetime
    end: datetime | None


def offer_out(view: OfferView, deal: Deal, home: Home, *, exact: bool, named: bool) -> LentOffer:
    """Return what is lent and on what terms; `exact` with its address, `named` with its name though it is a person.

    `home` is what the reader may know of who lends it.
    """
    resource, site = view.lent.resource, view.lent.site
    return LentOffer(
        id=view.offer.id,
        name=resource.name if named or not view.lent.family.anonymous else None,
        family=resource.family,
        kind=resource.kind,
        organisation_id=home.organisation.id if home.organisation else None,
        organisation=home.organisation.name if home.organisation else None,
        organisation_group=home.group,
        county_codes=[county.code for county in home.counties],
        municipality_codes=[place.code for place in home.municipalities],
        address=site.address if site and exact else None,
        **put_forward(deal),
    )


def example_offer() -> LentOffer:
    """Return a meeting room for the documentation."""
    return LentOffer(
        id=UUID(_ID.format(7)),
        name="Storsjön",
        family="space",
        kind="meeting_room",
        organisation_id=UUID(_ID.format(5)),
        organisation="Region Jämtland Härjedalen",
        organisation_group=OrganisationGroup.LOCAL,
        county_codes=["23"],
        municipality_codes=["2380"],
        address="Kyrkgatan 12",
        terms=Terms.LOAN,
        price_basis=PriceBasis.NONE,
        price_sek=0,
        conditions="",
    )
