"""Offers on the wire, as they come in and as they are read."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import KEPT, TextOut, Wire, Words, limited
from api.schemas.families import AnyFacts, example_facts
from api.schemas.requests import OrganisationBrief
from api.schemas.resources import ResourceIn, facts_out
from api.schemas.sites import OpeningHours, opening_listed, opening_out
from core.errors import BadInput, Faults
from core.limits import LONGEST_EMAIL, LONGEST_NAME, LONGEST_TEXT, MOST_WIDENINGS
from core.text import beginning
from core.time import clock, opening
from core.time.interval import Interval, from_range
from marketplace.offers.homes import OrganisationGroup
from marketplace.offers.models import OfferState, PriceBasis, Terms, Visibility
from marketplace.offers.queries import OfferView
from marketplace.offers.rules import HIGHEST_PRICE_SEK, OfferDraft, range_faults, widens_of
from resources.drafts import ResourceDraft
from resources.families.staff import StaffFacts
from resources.queries import Described
from resources.vocabulary import Access

_ID = "01980000-0000-7000-8000-00000000020{}"


class WideningWire(Wire):
    """From when more may see an offer."""

    from_date: date
    visibility: Visibility


class OfferChange(Wire):
    """All that an offer shall say from now on: within which time, on what terms, and who may see it."""

    start: datetime
    end: Annotated[
        datetime | None, Meta(description="Not included: through a day is midnight after it. Nothing: it has no end.")
    ] = None
    visibility: Visibility = Visibility.ALL
    widens: Annotated[list[WideningWire], limited(max_items=MOST_WIDENINGS)] = field(default_factory=list)
    department: Annotated[
        str | None,
        limited(
            "The unit that it belongs to. Needed where only that may see it.", max_length=LONGEST_NAME, pattern=KEPT
        ),
    ] = None
    calendar_mailbox: Annotated[
        str | None,
        limited(
            "E-mail address of the calendar of a room or vehicle, which is invited to what is booked and may decline.",
            max_length=LONGEST_EMAIL,
            pattern=KEPT,
        ),
    ] = None
    terms: Terms = Terms.LOAN
    price_basis: PriceBasis = PriceBasis.NONE
    price_sek: Annotated[int, limited(minimum=0, maximum=HIGHEST_PRICE_SEK)] = 0
    conditions: Annotated[str, limited("What the borrower should know.", max_length=LONGEST_TEXT, pattern=KEPT)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return an offer that is first for the county and later for all."""
        return cls(
            start=datetime.fromisoformat("2032-01-01T00:00:00+01:00"),
            end=datetime.fromisoformat("2032-07-01T00:00:00+02:00"),
            visibility=Visibility.REGION,
            widens=[WideningWire(from_date=date(2032, 2, 1), visibility=Visibility.ALL)],
            price_basis=PriceBasis.DAY,
            price_sek=800,
            conditions="Återställ rummet.",
        )

    def draft(self) -> OfferDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        faults, during = Faults(), Interval(clock.now(), None)
        widens = tuple((each.from_date, each.visibility) for each in self.widens)
        with faults.under():
            during = Interval(self.start, self.end)
        faults.parameters += range_faults(during, widens)
        with faults.under():
            draft = OfferDraft(
                during=during,
                visibility=self.visibility,
                widens=widens,
                department=self.department,
                calendar_mailbox=self.calendar_mailbox,
                terms=self.terms,
                price_basis=self.price_basis,
                price_sek=self.price_sek,
                conditions=self.conditions,
            )
        faults.refuse()
        return draft


class OfferIn(OfferChange):
    """An offer of a resource that is listed already, or of one that is described here and listed with it."""

    resource_id: UUID | None = None
    resource: ResourceIn | None = None
    open: Annotated[bool, Meta(description="False: keep it as a draft that nobody else sees.")] = True

    @classmethod
    def example(cls) -> Self:
        """Return a meeting room, listed and offered in one go."""
        made = super().example()
        made.resource = ResourceIn.example()
        return made

    def listed(self) -> UUID:
        """Return the resource that is there already.

        Raises
        ------
        BadInput
            None is named.
        """
        if self.resource_id is None:
            raise BadInput("resourceId", None, "name a resource that is there, or describe a new one")
        return self.resource_id

    def described(self) -> tuple[ResourceDraft, StaffFacts | None]:
        """Return what is described here, with its card if it is staff.

        Raises
        ------
        BadInput
            Something in it is wrong; the error names every place.
        """
        if self.resource is None or self.resource_id is not None:
            raise BadInput("resourceId", self.resource_id, "leave it out where a new resource is described")
        faults, of_draft, card = Faults(), Faults(), None
        with faults.under("resource"):
            card = self.resource.card()
        with of_draft.under("resource"):
            draft = self.resource.draft()
        faults.parameters += [each for each in of_draft.parameters if each not in faults.parameters]
        faults.refuse()
        return draft, card


class PlaceOut(Wire):
    """Where it stands, or where a person can work: as much as the reader may know."""

    municipality_code: str
    municipality: str


class SiteBrief(Wire):
    """The address, for those who may know it."""

    id: UUID
    name: str
    address: str
    latitude: float
    longitude: float


class SkillHeld(Wire):
    """A skill of a capacity card."""

    code: str
    label_sv: str
    label_en: str
    level: int


class OfferedOut(Wire):
    """What is offered."""

    id: UUID
    name: Annotated[str | None, Meta(description="Not told of staff, except to its own organisation.")]
    description: TextOut
    facts: Annotated[
        AnyFacts | None, Meta(description="Texts of them as `description`. Null: what is stored cannot be read.")
    ]
    capacity: Annotated[int, Meta(description="How much can be taken at once: desks, things, percent, else 1.")]
    site_access: list[Access]
    opening_hours: OpeningHours | None
    skills: list[SkillHeld]


class OfferOut(Wire):
    """An offer with what is offered. `site` is told to its own organisation and coordinators; others see `places`."""

    id: UUID
    version: int
    state: OfferState
    organisation: Annotated[
        OrganisationBrief | None,
        Meta(description="Null: a capacity card that could be about so few that its employer would name one of them."),
    ]
    organisation_group: OrganisationGroup
    county_codes: Annotated[list[str], Meta(description="Of its places; of work at a distance that of the employer.")]
    offered: OfferedOut
    places: list[PlaceOut]
    site: SiteBrief | None
    start: datetime
    end: datetime | None
    terms: Terms
    price_basis: PriceBasis
    price_sek: int
    conditions: TextOut
    visibility: Annotated[Visibility | None, Meta(description="Told to those who may change the offer.")]
    widens: list[WideningWire]
    department: str | None
    calendar_mailbox: Annotated[str | None, Meta(description="Told to those who may change the offer.")]
    created_at: datetime
    updated_at: datetime
    undo_until: datetime | None = None
    """Until when you may undo that it was closed."""

    @classmethod
    def example(cls) -> Self:
        """Return a meeting room as others see it."""
        said = OfferChange.example()
        return cls(
            id=UUID(_ID.format(1)),
            version=2,
            state=OfferState.OPEN,
            organisation=OrganisationBrief(id=UUID(_ID.format(2)), name="Länsstyrelsen i Jämtlands län"),
            organisation_group=OrganisationGroup.STATE,
            county_codes=["23"],
            offered=OfferedOut(
                id=UUID(_ID.format(3)),
                name="Storsjön",
                description="Mötesrum med utsikt.",
                facts=example_facts(),
                capacity=1,
                site_access=[Access.STEP_FREE],
                opening_hours=OpeningHours.example(),
                skills=[],
            ),
            places=[PlaceOut(municipality_code="2380", municipality="Östersund")],
            site=None,
            start=said.start,
            end=said.end,
            terms=said.terms,
            price_basis=said.price_basis,
            price_sek=said.price_sek,
            conditions=said.conditions,
            visibility=None,
            widens=[],
            department=None,
            calendar_mailbox=None,
            created_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
            updated_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
        )


class Closing(Wire):
    """Why an offer is closed, if one wants to say."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a house that is given up."""
        return cls(words="Vi lämnar huset.")


def offer_listed(view: OfferView) -> OfferOut:
    """Return an offer as it stands in a list."""
    return offer_out(view, in_list=True)


def offer_out(view: OfferView, *, in_list: bool = False) -> OfferOut:
    """Return an offer as the API shows it to its reader, its texts and hours shortened in a list."""
    offer, home, during = view.offer, view.home, from_range(view.offer.during)
    widens = [WideningWire(from_date=day, visibility=tier) for day, tier in widens_of(offer)]
    return OfferOut(
        id=offer.id,
        version=offer.version,
        state=offer.state,
        organisation=OrganisationBrief(id=home.organisation.id, name=home.organisation.name)
        if home.organisation
        else None,
        organisation_group=home.group,
        county_codes=[each.code for each in home.counties],
        offered=_offered_out(view, in_list=in_list),
        places=[PlaceOut(municipality_code=each.code, municipality=each.name) for each in home.municipalities],
        site=_site_brief(view),
        start=during.start,
        end=during.end,
        terms=offer.terms,
        price_basis=offer.price_basis,
        price_sek=offer.price_sek,
        conditions=beginning(offer.conditions) if in_list else offer.conditions,
        visibility=offer.visibility if view.managed else None,
        widens=widens if view.managed else [],
        department=view.lent.resource.department if view.managed else None,
        calendar_mailbox=view.lent.resource.calendar_mailbox if view.managed else None,
        created_at=offer.created_at,
        updated_at=offer.updated_at,
        undo_until=view.undo_until,
    )


def _offered_out(view: OfferView, *, in_list: bool) -> OfferedOut:
    resource, site = view.lent.resource, view.lent.site
    told = resource.description if view.named else ""
    return OfferedOut(
        id=resource.id,
        name=resource.name if view.named else None,
        description=beginning(told) if in_list else told,
        facts=facts_out(view.lent, view.capacity, view.told_card, in_list=in_list),
        capacity=view.capacity,
        site_access=[Access(each) for each in site.access] if site else [],
        opening_hours=_hours(view.lent, in_list=in_list) if site else None,
        skills=[
            SkillHeld(code=skill.code, label_sv=skill.label_sv, label_en=skill.label_en, level=level)
            for skill, level in view.skills
        ],
    )


def _hours(lent: Described, *, in_list: bool) -> OpeningHours | None:
    if not lent.has_hours:
        return opening_out(opening.to_json(opening.ALWAYS_OPEN))
    return opening_listed(lent.listed) if in_list else opening_out(lent.stored_opening)


def _site_brief(view: OfferView) -> SiteBrief | None:
    site = view.lent.site
    if site is None or not view.exact:
        return None
    return SiteBrief(id=site.id, name=site.name, address=site.address, latitude=site.latitude, longitude=site.longitude)
