"""Organisations and people that are members of hubs, on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, KEPT, Name, Wire, Words, each_limited, limited
from api.schemas.hubs.places import Fee, Seats
from core.limits import GREATEST_WHOLE, LONGEST_CODE, LONGEST_WORDS
from hubs.membership.models import HubMember, HubMembershipState, HubMemberState
from hubs.membership.queries import MembershipView
from hubs.membership.rules import LONGEST_FIRST_NAME, MOST_HUBS, WELCOME, ApplicationDraft, MembershipDraft, Terms

_ID = "01980000-0000-7000-8000-0000000000{}"
_DAY = date(2027, 1, 1)


class HubMembershipIn(Wire):
    """What your organisation asks for. The host of the first hub keeps the agreement, the others agree to it.

    Who signs is an office, not a person's name.
    """

    hub_ids: Annotated[list[UUID], limited(min_items=1, max_items=MOST_HUBS)]
    employees: Annotated[int, limited("By which the fee is found.", minimum=1, maximum=GREATEST_WHOLE)]
    starts: date
    signatory: Name
    ends: date | None = None
    seats: Seats = None

    @classmethod
    def example(cls) -> Self:
        """Return a membership of one hub."""
        return cls(hub_ids=[UUID(_ID.format("a1"))], employees=300, starts=_DAY, signatory="Generaldirektören", seats=5)

    def draft(self) -> MembershipDraft:
        """Return what the rules check."""
        return MembershipDraft(
            hub_ids=tuple(self.hub_ids),
            employees=self.employees,
            starts=self.starts,
            signatory=self.signatory,
            ends=self.ends,
            seats=self.seats,
        )


class HubTerms(Wire):
    """What the host agrees to, or agrees to anew: all of it each time."""

    fee_sek: Fee
    seats: Seats = None
    ends: Annotated[date | None, Meta(description="The last day; left out: until somebody ends it.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return a fee for five people."""
        return cls(fee_sek=50_000, seats=5)

    def terms(self) -> Terms:
        """Return what the rules check."""
        return Terms(fee_sek=self.fee_sek, seats=self.seats, ends=self.ends)


class HubCoverage(Wire):
    """A hub that you are host of, and that an agreement is to cover."""

    hub_id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(hub_id=UUID(_ID.format("a1")))


class HubRefusal(Wire):
    """Why, if you want to say."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return no reason."""
        return cls()


class HubCovered(Wire):
    """A hub that an agreement is to cover, and since when it does."""

    hub_id: UUID
    name: str
    agreed_at: datetime | None


class HubMembershipOut(Wire):
    """An organisation's agreement: for who administers the organisation, and hosts."""

    id: UUID
    organisation_id: UUID
    organisation: str
    hub_id: UUID
    state: HubMembershipState
    starts: date
    ends: date | None
    seats: int | None
    taken: Annotated[int, Meta(description="How many of its people have a seat.")]
    employees: int
    fee_sek: int | None
    signatory: str
    covers: list[HubCovered]

    @classmethod
    def example(cls) -> Self:
        """Return one that waits for its answer."""
        hub = UUID(_ID.format("a1"))
        return cls(
            id=UUID(_ID.format("a2")),
            organisation_id=UUID(_ID.format("02")),
            organisation="Trafikverket",
            hub_id=hub,
            state=HubMembershipState.ASKED,
            starts=_DAY,
            ends=None,
            seats=5,
            taken=0,
            employees=300,
            fee_sek=None,
            signatory="Generaldirektören",
            covers=[HubCovered(hub_id=hub, name="Hubben Östersund", agreed_at=None)],
        )


FirstName = Annotated[str, limited(min_length=1, max_length=LONGEST_FIRST_NAME, pattern=FILLED_IN)]
Answer = Annotated[str, limited(min_length=1, max_length=LONGEST_WORDS, pattern=FILLED_IN)]


class HubApplication(Wire):
    """What you and your organisation aim for, what you hope to contribute, and what stands on your clothes-peg."""

    hub_id: UUID
    aims: Answer
    contribution: Answer
    first_name: FirstName

    @classmethod
    def example(cls) -> Self:
        """Return an application."""
        return cls(
            hub_id=UUID(_ID.format("a1")),
            aims="Vi vill lära oss hur andra gör.",
            contribution="Jag leder gärna workshoppar.",
            first_name="Kim",
        )

    def draft(self) -> ApplicationDraft:
        """Return what the rules check."""
        return ApplicationDraft(aims=self.aims, contribution=self.contribution, first_name=self.first_name)


class HubWelcome(Wire):
    """Which steps of the welcome are done."""

    welcomed: Annotated[
        list[Annotated[str, each_limited(max_length=LONGEST_CODE, pattern=KEPT)]], limited(max_items=len(WELCOME))
    ]

    @classmethod
    def example(cls) -> Self:
        """Return the first two."""
        return cls(welcomed=["mail", "introduction"])


class HubSignatureIn(Wire):
    """The version of the manifesto that you have read and sign. It has to be the latest."""

    number: Annotated[int, limited(minimum=1, maximum=GREATEST_WHOLE)]

    @classmethod
    def example(cls) -> Self:
        """Return the first."""
        return cls(number=1)


class HubFirstName(Wire):
    """What is to stand on your clothes-peg."""

    first_name: FirstName

    @classmethod
    def example(cls) -> Self:
        """Return a name."""
        return cls(first_name="Kim")


class HubMemberOut(Wire):
    """Somebody who has applied to a hub or is a member: for the person itself and the hub's hosts."""

    id: UUID
    hub_id: UUID
    member_id: UUID
    state: HubMemberState
    first_name: str
    aims: str
    contribution: str
    joined_at: datetime | None
    welcomed: list[str]
    signed: Annotated[dict[str, datetime], Meta(description="Versions of the manifesto that were signed, and when.")]

    @classmethod
    def example(cls) -> Self:
        """Return a member."""
        return cls(
            id=UUID(_ID.format("a3")),
            hub_id=UUID(_ID.format("a1")),
            member_id=UUID(_ID.format("03")),
            state=HubMemberState.ACTIVE,
            first_name="Kim",
            aims="Vi vill lära oss hur andra gör.",
            contribution="Jag leder gärna workshoppar.",
            joined_at=datetime.fromisoformat("2026-11-20T08:00:00Z"),
            welcomed=["mail"],
            signed={"1": datetime.fromisoformat("2026-11-20T08:00:00Z")},
        )


def membership_out(view: MembershipView) -> HubMembershipOut:
    """Return an agreement with what it covers."""
    row = view.membership
    return HubMembershipOut(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=view.organisation.name,
        hub_id=row.hub_id,
        state=row.state,
        starts=row.starts,
        ends=row.ends,
        seats=row.seats,
        taken=view.taken,
        employees=row.employees,
        fee_sek=row.fee_sek,
        signatory=row.signatory,
        covers=[HubCovered(hub_id=hub.id, name=hub.name, agreed_at=place.agreed_at) for place, hub in view.places],
    )


def hub_member_out(row: HubMember, signed: Mapping[int, datetime]) -> HubMemberOut:
    """Return a member of a hub with what it has signed."""
    return HubMemberOut(
        id=row.id,
        hub_id=row.hub_id,
        member_id=row.member_id,
        state=row.state,
        first_name=row.first_name,
        aims=row.aims,
        contribution=row.contribution,
        joined_at=row.joined_at,
        welcomed=row.welcomed,
        signed={str(number): at for number, at in sorted(signed.items())},
    )
