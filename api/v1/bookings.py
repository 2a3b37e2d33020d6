"""`/api/v1/bookings`: what both sides have agreed, and how it goes on."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.papers.drawing import add_to_paper
from api.schemas.agreements.bookings import (
    BookingOut,
    CancellationIn,
    DisputeIn,
    EarlyEndIn,
    ExtensionIn,
    ExtensionOut,
    MovementIn,
    MovementOut,
    MovementPhotoAdded,
    MovementPhotoIn,
    MovementPhotoOut,
    ThanksIn,
    booking_listed,
    booking_out,
    movement_out,
)
from api.schemas.agreements.checklists import checks_in
from api.schemas.agreements.loans import WithdrawalDecisionIn
from api.schemas.base import Listing
from api.v1.listed.photos import LARGEST_BODY
from core.actor import Actor
from marketplace.bookings import queries, service
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import BookingState
from marketplace.bookings.movements import note
from marketplace.bookings.photos import add_photo
from marketplace.bookings.queries import BookingSearch
from marketplace.bookings.rules import BookingRole
from marketplace.cards import withdrawing
from marketplace.cards.models import WithdrawalState
from marketplace.loans.ending import end_early
from marketplace.loans.extending import ask_to_extend
from marketplace.loans.thanking import take_back, thank
from marketplace.views import reads


class Bookings(Controller):
    """Follow bookings from agreed to closed."""

    path = "/bookings"
    tags = ("bookings",)

    @get("/", operation_id="listBookings", sync_to_thread=True, summary="List bookings / Lista bokningar")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        in_state: Annotated[BookingState | None, QueryParameter(name="state", description="In this state.")] = None,
        part: Annotated[BookingRole | None, QueryParameter(description="What your organisation is in them.")] = None,
        request_id: Annotated[UUID | None, QueryParameter(name="requestId", description="For this request.")] = None,
        site_id: Annotated[UUID | None, QueryParameter(name="siteId", description="Of what stands there.")] = None,
    ) -> Listing[BookingOut]:
        """List your organisation's bookings: those going on first, by start.

        Coordinators see those of their area, a hub host those at its sites.
        """
        wanted = BookingSearch(in_state, part, request_id, site_id)
        found = queries.bookings_page(session, actor, wanted, paging.page, paging.limit)
        reads.bookings_read(session, actor, found.items)
        return listing(request, found, booking_listed)

    @get("/{key:uuid}", operation_id="readBooking", sync_to_thread=True, summary="Read a booking / Läs en bokning")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[BookingOut]:
        """Read a booking with every time and amount that it takes."""
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/hand-over",
        operation_id="handOverBooking",
        sync_to_thread=True,
        status_code=200,
        summary="Hand over / Lämna ut",
    )
    def hand_over(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Note that the borrower has all of it now. For the lender; of some of it, note a movement."""
        note(session, actor, key, MovementKind.OUT, if_version=if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/return",
        operation_id="returnBooking",
        sync_to_thread=True,
        status_code=200,
        summary="Take back / Ta emot åter",
    )
    def take_back(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Note that all of it came back; what is left of its time is free from now on. For the lender."""
        note(session, actor, key, MovementKind.BACK, if_version=if_match)
        return _answered(session, actor, key)

    @get(
        "/{key:uuid}/movements",
        operation_id="listMovements",
        sync_to_thread=True,
        summary="List movements / Lista rörelser",
    )
    def movements(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[MovementOut]:
        """List what went out, came back, was lost, damaged or mended, in the order in which it was noted."""
        found = queries.movements_page(session, actor, key, paging.page, paging.limit)
        return listing(request, found, lambda view: movement_out(view.movement, view.checks, photos=view.photos))

    @post(
        "/{key:uuid}/movements",
        operation_id="noteMovement",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BODY,
        summary="Note a movement / Anteckna en rörelse",
    )
    def note_movement(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        idempotency: NamedDependency[Idempotency],
        key: FromPath[UUID],
        data: JSONBody[MovementIn],
        if_match: NamedDependency[int | None],
    ) -> Response[MovementOut]:
        """Note that some, or all, went out, came back, was lost, damaged or mended. For the lender.

        The state of the booking follows, and what came back is free for others from then on. More than was agreed on is
        refused, as is the return of what was never out, and 409 `reserved` or `still_out` where somebody else has it.
        """

        def make() -> Response[MovementOut]:
            photo = data.photo or b""
            said: dict[str, Any] = {"condition": data.condition, "photo": photo, "if_version": if_match}
            made = note(session, actor, key, data.kind, data.amount, checks=checks_in(data.checks), **said)
            seen = bool(photo) and queries.is_side(actor, queries.booking(session, actor, key))
            checks = queries.checks_of(session, [made.id])[made.id]
            return created(movement_out(made, checks, photos=int(seen)), f"/api/v1/bookings/{key}/movements")

        return idempotency.answer(data, make)

    @post(
        "/{key:uuid}/movements/{movement:uuid}/photos",
        operation_id="addMovementPhoto",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BODY,
        summary="Add a photo to a movement / Lägg till ett foto till en rörelse",
    )
    def add_photo(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        idempotency: NamedDependency[Idempotency],
        key: FromPath[UUID],
        movement: FromPath[UUID],
        data: JSONBody[MovementPhotoIn],
    ) -> Response[MovementPhotoAdded]:
        """Show on one photo more how something looked when it moved. For whoever may note movements of it.

        409 `too_many_photos` where there are as many as there may be, and `state_changed` once the booking is over.
        """

        def make() -> Response[MovementPhotoAdded]:
            number = add_photo(session, actor, key, movement, data.photo)
            address = f"/api/v1/bookings/{key}/movements/{movement}/photos/{number}"
            return created(MovementPhotoAdded(number=number), address)

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}/movements/{movement:uuid}/photos/{number:int}",
        operation_id="readMovementPhoto",
        sync_to_thread=True,
        summary="See a photo of a movement / Se ett foto av en rörelse",
    )
    def movement_photo(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        movement: FromPath[UUID],
        number: FromPath[int],
    ) -> MovementPhotoOut:
        """Read how something looked when it moved, its photos numbered from 1. For the two sides alone."""
        return MovementPhotoOut(content=queries.photo_of_movement(session, actor, key, movement, number))

    @post(
        "/{key:uuid}/closing",
        operation_id="closeBooking",
        sync_to_thread=True,
        status_code=200,
        summary="Close / Avsluta",
    )
    def close(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Note that nothing is left to do. For the lender; what is disputed, for a coordinator."""
        service.close(session, actor, key, if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/cancellation",
        operation_id="cancelBooking",
        sync_to_thread=True,
        status_code=200,
        summary="Cancel / Avboka",
    )
    def cancel(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[CancellationIn],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Call it off before the hand-over: its time is free again and the need is open again. For both sides.

        An agreement on paper gets an addendum that says so.
        """
        service.cancel(session, actor, key, data.code, data.words, if_version=if_match)
        add_to_paper(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/dispute",
        operation_id="disputeBooking",
        sync_to_thread=True,
        status_code=200,
        summary="Report a problem / Anmäl problem",
    )
    def dispute(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[DisputeIn],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Say that something is wrong after the hand-over. For both sides."""
        service.dispute(session, actor, key, data.code, data.words, if_version=if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/early-end",
        operation_id="endLoanEarly",
        sync_to_thread=True,
        status_code=200,
        summary="End a loan early / Avsluta ett lån i förtid",
    )
    def end_early(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[EarlyEndIn],
        if_match: NamedDependency[int | None],
    ) -> Response[BookingOut]:
        """Let a loan of a person end after an earlier day, with the notice that its rules tell. For both sides.

        What is left of its time is free for others, both sides are told, and an agreement on paper gets an addendum.
        """
        end_early(session, actor, key, data.last_day, code=data.code, words=data.words, if_version=if_match)
        add_to_paper(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/withdrawal-decision",
        operation_id="decideWithdrawal",
        sync_to_thread=True,
        status_code=200,
        summary="Decide after a yes was taken back / Besluta när ett ja tagits tillbaka",
    )
    def decide_withdrawal(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[WithdrawalDecisionIn],
    ) -> Response[BookingOut]:
        """Let a loan run its notice, end on a day, be cancelled now, or go on after a new yes.

        For HR of the lender, or a coordinator; 409 `nothing_to_decide` where no yes was taken back.
        """
        withdrawing.decide(session, actor, key, WithdrawalState(data.to.value), data.last_day)
        add_to_paper(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/extension",
        operation_id="askToExtendLoan",
        sync_to_thread=True,
        summary="Ask for a loan to go on / Be om att ett lån fortsätter",
    )
    def extend(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ExtensionIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ExtensionOut]:
        """Ask for the same person through a later day, as a request with a proposal of its own. For the borrower.

        A coordinator looks at it, and both sides agree anew; then both confirm that it has been assessed anew.
        """

        def make() -> Response[ExtensionOut]:
            request = ask_to_extend(session, actor, key, data.through)
            return created(ExtensionOut(request_id=request.id), f"/api/v1/requests/{request.id}")

        return idempotency.answer(data, make)

    @post(
        "/{key:uuid}/thanks",
        operation_id="thankForLoan",
        sync_to_thread=True,
        status_code=200,
        summary="Thank for a loan of a person / Tacka för ett personallån",
    )
    def thank(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ThanksIn],
    ) -> Response[BookingOut]:
        """Thank for a loan of a person that has begun, once. For the borrower; the lender and the person are told."""
        thank(session, actor, key, data.words)
        return _answered(session, actor, key)

    @delete(
        "/{key:uuid}/thanks",
        operation_id="takeBackThanks",
        sync_to_thread=True,
        status_code=200,
        summary="Take thanks back / Ta tillbaka ett tack",
    )
    def take_back_thanks(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[BookingOut]:
        """Take one's thanks back: nobody reads them any more. For the borrower, who may say them anew."""
        take_back(session, actor, key)
        return _answered(session, actor, key)


def _answered(session: Session, actor: Actor, key: UUID) -> Response[BookingOut]:
    view = queries.booking_view(session, actor, key)
    reads.bookings_read(session, actor, [view])
    shown = booking_out(view)
    return answered(shown, shown.version)
