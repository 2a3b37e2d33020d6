"""Bookings on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.agreements.checklists import CheckIn, CheckOut, Checks, check_out
from api.schemas.agreements.lending import LentOffer, example_offer, offer_out
from api.schemas.base import Wire, Words, limited
from api.schemas.photos import PhotoBytes, PhotoContent
from core.limits import GREATEST_WHOLE
from core.text import beginning
from core.time.interval import from_range
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import BookingKind, BookingState, Movement, MovementCheck
from marketplace.bookings.queries import BookingView, ClaimView
from marketplace.bookings.rules import CancellationCode, DisputeCode
from marketplace.organisations.models import Member
from resources.photos.rules import MOST_PHOTOS

_ID = "01980000-0000-7000-8000-00000000000{}"
_WHEN = datetime.fromisoformat("2026-11-21T08:30:00Z")


class ClaimOut(Wire):
    """What the booking takes of one unit; without an end it is for good. Once released it no longer counts."""

    id: UUID
    unit_id: UUID
    unit: str
    amount: int
    start: datetime
    end: datetime | None
    released_at: datetime | None


class ContactOut(Wire):
    """Whom to call: a function or a person, as the organisation calls them, and the address."""

    name: str
    email: str


class BookingOut(Wire):
    """What both sides have agreed about one resource.

    The contacts are who answers for the offer and who asked, or else who said yes; null where these have left.
    `person` is who is lent, for the borrower's contact until some days after the loan, and for HR at the employer; null
    for all others.
    `disputed_at` stays when what is disputed has come back. `thanks` are what the borrower says of a person's loan.
    """

    id: UUID
    version: int
    state: BookingState
    kind: BookingKind
    proposal_id: UUID
    request_id: UUID
    title: str
    need_id: UUID
    need: str
    offer: LentOffer
    lender: str
    borrower_id: UUID
    borrower: str
    lender_contact: ContactOut | None
    borrower_contact: ContactOut | None
    person: ContactOut | None
    returned_at: datetime | None
    disputed_at: datetime | None
    thanks: str | None
    amount: int
    start: datetime
    end: datetime | None
    cost_sek: float | None
    claims: list[ClaimOut]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return an agreed use of a room."""
        start, end = datetime.fromisoformat("2027-03-02T07:00:00Z"), datetime.fromisoformat("2027-03-02T16:00:00Z")
        claim = ClaimOut(
            id=UUID(_ID.format(6)),
            unit_id=UUID(_ID.format(7)),
            unit="Storsjön",
            amount=1,
            start=start,
            end=end,
            released_at=None,
        )
        return cls(
            id=UUID(_ID.format(1)),
            version=1,
            state=BookingState.AGREED,
            kind=BookingKind.ROOM_USE,
            proposal_id=UUID(_ID.format(2)),
            request_id=UUID(_ID.format(3)),
            title="Översyn av e-tjänster",
            need_id=UUID(_ID.format(4)),
            need="Projektrum",
            offer=example_offer(),
            lender="Region Jämtland Härjedalen",
            borrower_id=UUID(_ID.format(5)),
            borrower="Länsstyrelsen i Jämtlands län",
            lender_contact=ContactOut(name="Lokalbokningen", email="lokaler@regionjh.example.se"),
            borrower_contact=ContactOut(name="Projektkontoret", email="projekt@lansstyrelsen.example.se"),
            person=None,
            returned_at=None,
            disputed_at=None,
            thanks=None,
            amount=1,
            start=start,
            end=end,
            cost_sek=0.0,
            claims=[claim],
            created_at=_WHEN,
            updated_at=_WHEN,
        )


class CancellationIn(Wire):
    """Why the booking is cancelled; with the code `other` words are needed."""

    code: CancellationCode
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a project that was called off."""
        return cls(code=CancellationCode.NO_LONGER_NEEDED, words="Projektet är inställt.")


class EarlyEndIn(Wire):
    """When and why a loan of a person ends before its time; with the code `other` words are needed."""

    last_day: date
    code: CancellationCode
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a lender that needs its own."""
        return cls(last_day=date(2027, 4, 30), code=CancellationCode.CAPACITY_NEEDED_OURSELVES)


class ThanksIn(Wire):
    """What the borrower of a person says when it has begun; the lender, and whoever was lent, read it."""

    words: Words

    @classmethod
    def example(cls) -> Self:
        """Return thanks for a day of dialogue."""
        return cls(words="Tack för en fin dialogdag, alla kom till tals!")


class ExtensionIn(Wire):
    """Through which day a loan of a person is to go on."""

    through: date

    @classmethod
    def example(cls) -> Self:
        """Return two months more."""
        return cls(through=date(2027, 10, 31))


class ExtensionOut(Wire):
    """The request that asks for it."""

    request_id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(request_id=UUID(_ID.format(3)))


class DisputeIn(Wire):
    """What is wrong; with the code `other` words are needed."""

    code: DisputeCode
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a scratch."""
        return cls(code=DisputeCode.DAMAGED, words="En repa i bordsskivan.")


class MovementIn(Wire):
    """What has moved of a booking: how many, without a number all that can, and in what condition."""

    kind: MovementKind
    amount: Annotated[int, limited("How many.", minimum=1, maximum=GREATEST_WHOLE)] | None = None
    condition: Words = ""
    photo: PhotoBytes | None = None
    checks: Checks = field(default_factory=list)

    @classmethod
    def example(cls) -> Self:
        """Return eight chairs that come back."""
        checks = [CheckIn(item="Torkade", ticked=False, remark="Två är blöta.")]
        return cls(kind=MovementKind.BACK, amount=8, condition="En stol har en repa.", checks=checks)


class MovementOut(Wire):
    """What has moved of a booking. Movements are only ever added; `member_id` is who noted it, where that is known."""

    id: UUID
    kind: MovementKind
    amount: int
    condition: str
    photos: Annotated[int, Meta(description=f"How many there are that you may see, at most {MOST_PHOTOS}.")]
    checks: Annotated[list[CheckOut], Meta(description="What was gone through, as it was worded then.")]
    member_id: UUID | None
    at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return eight chairs that came back."""
        return cls(
            id=UUID(_ID.format(8)),
            kind=MovementKind.BACK,
            amount=8,
            condition="En stol har en repa.",
            photos=1,
            checks=[CheckOut(item="Torkade", ticked=False, remark="Två är blöta.")],
            member_id=UUID(_ID.format(9)),
            at=_WHEN,
        )


class MovementPhotoIn(Wire):
    """One photo more of how something looked when it moved. What the camera wrote beside it is not kept."""

    photo: PhotoBytes

    @classmethod
    def example(cls) -> Self:
        """Return one of one pixel."""
        return cls(photo=PhotoContent.example().content)


class MovementPhotoAdded(Wire):
    """Which photo of the movement it is, from 1."""

    number: int

    @classmethod
    def example(cls) -> Self:
        """Return the second."""
        return cls(number=2)


class MovementPhotoOut(Wire):
    """How something looked when it moved. Where and when the photo was taken is not in it."""

    content: Annotated[bytes, Meta(description="WebP, in Base64.")]

    @classmethod
    def example(cls) -> Self:
        """Return one of one pixel."""
        return cls(content=PhotoContent.example().content)


def movement_out(movement: Movement, checks: Sequence[MovementCheck], *, photos: int) -> MovementOut:
    """Return a movement as the sides of its booking may know it."""
    return MovementOut(
        id=movement.id,
        kind=movement.kind,
        amount=movement.amount,
        condition=movement.condition,
        photos=photos,
        checks=[check_out(each) for each in checks],
        member_id=movement.member_id,
        at=movement.at,
    )


def booking_listed(view: BookingView) -> BookingOut:
    """Return a booking as it stands in a list."""
    shown = booking_out(view)
    shown.offer.conditions = beginning(shown.offer.conditions)
    return shown


def booking_out(view: BookingView) -> BookingOut:
    """Return a booking as its sides may know it."""
    booking, during = view.booking, from_range(view.booking.during)
    return BookingOut(
        id=booking.id,
        version=booking.version,
        state=booking.state,
        kind=booking.kind,
        proposal_id=view.proposal_id,
        request_id=booking.request_id,
        title=view.request.title,
        need_id=booking.need_id,
        need=view.need.title,
        offer=offer_out(view.offered, view.line, view.offered.home, exact=True, named=view.named),
        lender=view.lender.name,
        borrower_id=booking.borrower_id,
        borrower=view.borrower.name,
        lender_contact=_contact(view.lending),
        borrower_contact=_contact(view.borrowing),
        person=_contact(view.identity),
        returned_at=booking.returned_at,
        disputed_at=booking.disputed_at,
        thanks=booking.thanks,
        amount=booking.amount,
        start=during.start,
        end=during.end,
        cost_sek=view.cost_sek,
        claims=[_claim(view, each) for each in view.claims],
        created_at=booking.created_at,
        updated_at=booking.updated_at,
    )


def _contact(member: Member | None) -> ContactOut | None:
    return ContactOut(name=member.name, email=member.email) if member else None


def _claim(booked: BookingView, view: ClaimView) -> ClaimOut:
    claim, during = view.claim, from_range(view.claim.during)
    return ClaimOut(
        id=claim.id,
        unit_id=claim.unit_id,
        unit=view.unit.name if booked.named else booked.offered.lent.resource.kind,
        amount=claim.amount,
        start=during.start,
        end=during.end,
        released_at=claim.released_at,
    )
