"""Sites on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field
from msgspec.structs import asdict

from api.schemas.base import Wire
from api.schemas.opening import OpeningHours, opening_out
from core.errors import BadInput
from core.time.opening import OpeningHours as OpeningHoursValue
from resources.facts import SiteDraft
from resources.models import Site
from resources.vocabulary import Access


class SiteIn(Wire):
    """An address with coordinates and facts about access."""

    name: str
    municipality_code: Annotated[str, Meta(description="Four digits, or the name of the municipality.")]
    latitude: float
    longitude: float
    address: str = ""
    access: list[Access] = field(default_factory=list)
    opening_hours: OpeningHours | None = None

    @classmethod
    def example(cls) -> Self:
        """Return a house in Östersund."""
        return cls(
            name="Samverket Östersund",
            address="Prästgatan 1",
            municipality_code="2380",
            latitude=63.1767,
            longitude=14.6361,
            access=[Access.LIFT, Access.STEP_FREE],
            opening_hours=OpeningHours.example(),
        )

    def draft(self) -> SiteDraft:
        """Return what it says, or raise `BadInput`."""
        return SiteDraft(
            name=self.name,
            address=self.address,
            municipality_code=self.municipality_code,
            latitude=self.latitude,
            longitude=self.longitude,
            access=frozenset(self.access),
            opening_hours=hours_in(self.opening_hours),
        )


class SiteOut(SiteIn, kw_only=True):
    """A site as it stands."""

    id: UUID
    version: int
    organisation_id: UUID
    created_at: datetime
    updated_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return the same house."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000011"),
            version=1,
            organisation_id=UUID("01980000-0000-7000-8000-000000000012"),
            created_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
            updated_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
            **asdict(SiteIn.example()),
        )


def hours_in(hours: OpeningHours | None) -> OpeningHoursValue | None:
    """Return opening hours as a value; `BadInput` names them as they stand in the body."""
    try:
        return hours.value() if hours else None
    except BadInput as error:
        raise error.under("openingHours") from error


def site_out(site: Site) -> SiteOut:
    """Return a site as the API shows it."""
    return SiteOut(
        id=site.id,
        version=site.version,
        organisation_id=site.organisation_id,
        name=site.name,
        address=site.address,
        municipality_code=site.municipality_code,
        latitude=site.latitude,
        longitude=site.longitude,
        access=[Access(each) for each in site.access],
        opening_hours=opening_out(site.opening_hours),
        created_at=site.created_at,
        updated_at=site.updated_at,
    )
