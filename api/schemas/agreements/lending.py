"""What is lent, on the wire: as proposals and bookings tell it."""

from datetime import datetime
from uuid import UUID

from api.schemas.base import TextOut, Wire
from api.schemas.families import FamilyName
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
    organisation_id: UUID
    organisation: str
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


def offer_out(view: OfferView, deal: Deal, *, exact: bool, named: bool) -> LentOffer:
    """Return what is lent and on what terms; `exact` with its address, `named` with its name though it is a person."""
    resource, site = view.lent.resource, view.lent.site
    return LentOffer(
        id=view.offer.id,
        name=resource.name if named or not view.lent.family.anonymous else None,
        family=resource.family,
        kind=resource.kind,
        organisation_id=view.organisation.id,
        organisation=view.organisation.name,
        municipality_codes=[place.code for place in view.municipalities],
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
        municipality_codes=["2380"],
        address="Kyrkgatan 12",
        terms=Terms.LOAN,
        price_basis=PriceBasis.NONE,
        price_sek=0,
        conditions="",
    )
