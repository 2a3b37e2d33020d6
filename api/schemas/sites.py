"""Sites and opening hours on the wire; the hours are the same JSON as `core.time.opening` reads and writes."""

from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Self, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, field
from msgspec.structs import asdict, replace

from api.schemas.base import FILLED_IN, Label, Name, Wire, each_limited, limited
from api.schemas.needs import Latitude, LocalTime, Longitude, Weekday
from core.errors import BadInput, Faults
from core.limits import LONGEST_NAME, MOST_DEVIATIONS, MOST_HOURS_A_DAY
from core.time import opening
from resources.drafts import SiteDraft
from resources.known_hours import ListedHours
from resources.models import Site
from resources.vocabulary import Access


class Hours(Wire):
    """A stretch of a day in local time."""

    from_time: LocalTime
    until_time: LocalTime


class Deviation(Wire):
    """Other hours than usual from `first` through `last`; no hours means closed."""

    first: date
    last: date
    hours: Annotated[list[Hours], limited(max_items=MOST_HOURS_A_DAY)] = field(default_factory=list)


class OpeningHours(Wire):
    """Weekly hours in Sweden with deviations; a weekday that is left out is closed."""

    weekly: Annotated[
        dict[Weekday, Annotated[list[Hours], each_limited(max_items=MOST_HOURS_A_DAY)]],
        limited(property_names={"enum": list(get_args(Weekday))}),
    ]
    exceptions: Annotated[list[Deviation], limited(max_items=MOST_DEVIATIONS)] = field(default_factory=list)
    closed_on_holidays: bool = False
    shortened: Annotated[
        bool,
        Meta(
            description="In lists, whether there are more deviations than the next: read the one for all of them. "
            "Hours that are so shortened are not taken in."
        ),
    ] = False

    @classmethod
    def example(cls) -> Self:
        """Return office hours."""
        hours = [Hours(from_time="08:00", until_time="17:00")]
        return cls(weekly={"mo": hours, "tu": hours, "we": hours, "th": hours, "fr": hours}, closed_on_holidays=True)

    def value(self) -> opening.OpeningHours:
        """Return them as a value.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        if self.shortened:
            raise BadInput("shortened", True, "it is what a list shows, which is not all: read the one first")
        said = msgspec.to_builtins(self, str_keys=True)
        del said["shortened"]
        return opening.from_json(said)


def opening_out(stored: dict[str, Any] | None) -> OpeningHours | None:
    """Return stored opening hours as the API shows them."""
    try:
        return msgspec.convert(stored, OpeningHours) if stored else None
    except msgspec.ValidationError:  # no version of ours stored it
        return None


@lru_cache(maxsize=5000)
def opening_listed(hours: ListedHours) -> OpeningHours | None:
    """Return opening hours as lists show them, with the next deviations only."""
    told = opening_out(hours.stored)
    return told and replace(told, shortened=hours.shortened)


class SiteIn(Wire):
    """An address with coordinates and facts about access."""

    name: Name
    municipality_code: Annotated[
        str, limited("Four digits, or the name of the municipality.", max_length=LONGEST_NAME, pattern=FILLED_IN)
    ]
    latitude: Latitude
    longitude: Longitude
    address: Label = ""
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
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        faults, hours = Faults(), None
        with faults.under():
            hours = hours_in(self.opening_hours)
        with faults.under():
            draft = SiteDraft(
                name=self.name,
                address=self.address,
                municipality_code=self.municipality_code,
                latitude=self.latitude,
                longitude=self.longitude,
                access=frozenset(self.access),
                opening_hours=hours,
            )
        faults.refuse()
        return draft


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


def hours_in(hours: OpeningHours | None) -> opening.OpeningHours | None:
    """Return opening hours as a value.

    Raises
    ------
    BadInput
        Something in them is wrong; the error names it as it stands in the body.
    """
    try:
        return hours.value() if hours else None
    except BadInput as error:
        raise error.under("openingHours") from error


def site_listed(listed: tuple[Site, ListedHours]) -> SiteOut:
    """Return a site as it stands in a list."""
    site, hours = listed
    return _site_out(site, opening_listed(hours))


def site_out(site: Site) -> SiteOut:
    """Return a site as the API shows it."""
    return _site_out(site, opening_out(site.opening_hours))


def _site_out(site: Site, hours: OpeningHours | None) -> SiteOut:
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
        opening_hours=hours,
        created_at=site.created_at,
        updated_at=site.updated_at,
    )
