"""Wishes to try another employer on the wire, for their owner alone."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import KEY, CountyCodes, Text, Wire, each_limited, limited
from core.limits import MOST_IN_LIST
from marketplace.mobility.models import InterestState, MobilityWish, WishState
from marketplace.mobility.queries import InterestView
from marketplace.mobility.rules import LONGEST_MONTHS, WishDraft
from marketplace.planning.wishing import Fit
from resources.families.staff import GREATEST_LEVEL, LANGUAGE, LEAST_LEVEL, StaffRequirements

_ID = "01980000-0000-7000-8000-0000000000{}"
_SAID: dict[str, Any] = {"skills": {"procurement": 4}, "extent_percent": 50, "months": 6, "county_codes": ["23"]}


class MobilityWishIn(Wire):
    """What you would like to try. `words` are for yourself alone, also when HR is asked."""

    skills: Annotated[
        dict[str, Annotated[int, each_limited(minimum=LEAST_LEVEL, maximum=GREATEST_LEVEL)]],
        limited("Levels by the codes of skills.", min_properties=1, max_properties=MOST_IN_LIST, property_names=KEY),
    ]
    extent_percent: Annotated[int, limited("Of full time, at most.", minimum=1, maximum=100)]
    months: Annotated[int, limited("How long it may last at most.", minimum=1, maximum=LONGEST_MONTHS)]
    earliest: Annotated[date, Meta(description="From when at the earliest; not a day that has passed.")]
    county_codes: Annotated[CountyCodes, limited("Where you could be on site.", max_items=MOST_IN_LIST)] = field(
        default_factory=list
    )
    remote: Annotated[bool, Meta(description="You can work remotely. A county, or this, has to be said.")] = False
    languages: Annotated[
        list[Annotated[str, each_limited(pattern=LANGUAGE)]], limited("ISO 639 codes.", max_items=MOST_IN_LIST)
    ] = field(default_factory=lambda: ["sv"])
    words: Text = ""

    @classmethod
    def example(cls) -> Self:
        """Return a wish for half of one's time in Jämtland."""
        return cls(**_SAID, earliest=date(2027, 3, 1))

    def draft(self) -> WishDraft:
        """Return it as the marketplace knows it."""
        return WishDraft(
            skills=self.skills,
            extent_percent=self.extent_percent,
            months=self.months,
            earliest=self.earliest,
            county_codes=tuple(self.county_codes),
            remote=self.remote,
            languages=frozenset(self.languages),
            words=self.words,
        )


class MobilityInterestOut(Wire):
    """What you have said of a need, and what became of it; `offerId` is of the card that was made, once HR is asked."""

    need_id: UUID
    title: str
    organisation_id: UUID
    organisation: str
    state: InterestState
    offer_id: UUID | None


class MobilityWishOut(Wire):
    """A wish of yours. It expires at `expiresAt` unless it is opened anew."""

    id: UUID
    version: int
    state: WishState
    skills: dict[str, int]
    extent_percent: int
    months: int
    earliest: date
    county_codes: list[str]
    remote: bool
    languages: list[str]
    words: str
    expires_at: datetime
    interests: Annotated[list[MobilityInterestOut] | None, Meta(description="Of one wish, not in lists.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return an open wish, by which HR is asked about a need."""
        asked = MobilityInterestOut(
            need_id=UUID(_ID.format("03")),
            title="Upphandlingsledare",
            organisation_id=UUID(_ID.format("04")),
            organisation="Region Jämtland Härjedalen",
            state=InterestState.ASKED,
            offer_id=UUID(_ID.format("05")),
        )
        return cls(
            id=UUID(_ID.format("71")),
            version=2,
            state=WishState.OPEN,
            **_SAID,
            earliest=date(2027, 3, 1),
            remote=False,
            languages=["sv"],
            words="",
            expires_at=datetime.fromisoformat("2027-08-01T08:30:00Z"),
            interests=[asked],
        )


class MobilityFitOut(Wire):
    """A need elsewhere that fits a wish and welcomes somebody who wants to try. `asLoan`: HR can be asked about it."""

    need_id: UUID
    title: str
    organisation_id: UUID
    organisation: str
    percent: int
    start: datetime
    end: datetime | None
    municipality_code: str | None
    remote_ok: bool
    skills_must: dict[str, int]
    skills_should: dict[str, int]
    languages: list[str]
    as_loan: bool


class MobilityFitsOut(Wire):
    """What fits a wish, those needs first that begin first."""

    items: list[MobilityFitOut]

    @classmethod
    def example(cls) -> Self:
        """Return one need."""
        fit = MobilityFitOut(
            need_id=UUID(_ID.format("03")),
            title="Upphandlingsledare",
            organisation_id=UUID(_ID.format("04")),
            organisation="Region Jämtland Härjedalen",
            percent=50,
            start=datetime.fromisoformat("2027-02-28T23:00:00Z"),
            end=datetime.fromisoformat("2027-05-31T22:00:00Z"),
            municipality_code="2380",
            remote_ok=True,
            skills_must={"procurement": 4},
            skills_should={},
            languages=["sv"],
            as_loan=True,
        )
        return cls(items=[fit])


class AboutNeedIn(Wire):
    """The need that it is about."""

    need_id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return one that fits."""
        return cls(need_id=UUID(_ID.format("03")))


def wish_out(wish: MobilityWish, interests: list[InterestView] | None = None) -> MobilityWishOut:
    """Return a wish as its owner may read it."""
    return MobilityWishOut(
        id=wish.id,
        version=wish.version,
        state=wish.state,
        skills=wish.skills,
        extent_percent=wish.extent_percent,
        months=wish.months,
        earliest=wish.earliest,
        county_codes=wish.county_codes,
        remote=wish.remote,
        languages=wish.languages,
        words=wish.words,
        expires_at=wish.expires_at,
        interests=None if interests is None else [_interest(each) for each in interests],
    )


def fit_out(fit: Fit) -> MobilityFitOut:
    """Return a need that fits as the owner of a wish may read it."""
    need, asked = fit.need, fit.need.requirements
    assert isinstance(asked, StaffRequirements)
    return MobilityFitOut(
        need_id=need.need_id,
        title=need.title,
        organisation_id=fit.organisation.id,
        organisation=fit.organisation.name,
        percent=need.amount,
        start=fit.during.start,
        end=fit.during.end,
        municipality_code=need.municipality_code,
        remote_ok=asked.remote_ok,
        skills_must=dict(asked.skills_must),
        skills_should=dict(asked.skills_should),
        languages=sorted(asked.languages),
        as_loan=fit.as_loan,
    )


def _interest(view: InterestView) -> MobilityInterestOut:
    return MobilityInterestOut(
        need_id=view.need.id,
        title=view.need.title,
        organisation_id=view.organisation.id,
        organisation=view.organisation.name,
        state=view.interest.state,
        offer_id=view.interest.offer_id,
    )
