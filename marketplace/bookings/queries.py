"""Every question about bookings. What an actor may see starts from `visible_to`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.errors import NotFound
from core.time.interval import from_range
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import LIVE, BookingRole
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import ProposalLine
from marketplace.proposals.price import cost_sek
from marketplace.proposals.queries import offered
from marketplace.requests.models import Need, Request
from resources.models import Claim, Unit


@dataclass(frozen=True)
class ClaimView:
    """What a booking takes of one unit."""

    claim: Claim
    unit: Unit


@dataclass(frozen=True)
class BookingView:
    """A booking with everything that its two sides may know: they know each other by now, so no place is coarse.

    A person is named to the borrower while the three consents stand (`named`), and to no coordinator elsewhere.

    What it costs and on what terms stands in `line`, as both sides agreed; the offer may say something else by now.
    """

    reader: Actor

    booking: Booking
    line: ProposalLine
    request: Request
    need: Need
    offered: OfferView
    borrower: Organisation
    claims: Sequence[ClaimView]

    @property
    def proposal_id(self) -> UUID:
        """The proposal that it came from."""
        return self.line.proposal_id

    @property
    def lender(self) -> Organisation:
        """The organisation that lends."""
        return self.offered.organisation

    @property
    def named(self) -> bool:
        """Whether the reader may know what is lent by its name."""
        borrows = self.reader.organisation_id == self.borrower.id
        return self.offered.named_for(self.reader.organisation_id, agreed=borrows)

    @property
    def cost_sek(self) -> float | None:
        """What the borrower pays the lender, as far as it can be counted."""
        times = {from_range(view.claim.during) for view in self.claims}
        return cost_sek(self.line, list(times))


@dataclass(frozen=True)
class BookingSearch:
    """What to narrow the list by; `part` is what the actor's own organisation is in them."""

    state: BookingState | None = None
    part: BookingRole | None = None
    request_id: UUID | None = None


def visible_to(actor: Actor) -> Select[Booking]:
    """All for a coordinator; for others those in which their organisation lends or borrows."""
    if actor.coordinates:
        return select(Booking)
    home = actor.organisation_id
    return select(Booking).where(or_(col(Booking.lender_id) == home, col(Booking.borrower_id) == home))


def bookings_page(
    session: Session, actor: Actor, search: BookingSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[BookingView]:
    """Return bookings, those still going on before those that are over, then by start; a fixed number of queries."""
    over = case((col(Booking.state).in_((BookingState.CLOSED, BookingState.CANCELLED)), 1), else_=0)
    found = _narrowed(visible_to(actor), actor, search)
    ordered = found.order_by(over, func.lower(Booking.during), col(Booking.id))
    return read_page(session, ordered, page, limit).of(lambda bookings: _views(session, actor, bookings))


def booking_view(session: Session, actor: Actor, booking_id: UUID) -> BookingView:
    """Return one booking.

    Raises
    ------
    NotFound
        The actor may not see it.
    """
    booking = session.scalars(visible_to(actor).where(col(Booking.id) == booking_id)).one_or_none()
    if booking is None:
        raise NotFound("booking", booking_id)
    return _views(session, actor, [booking])[0]


def locked(session: Session, actor: Actor, booking_id: UUID) -> Booking:
    """Return one booking as it now is, its row locked until the transaction ends; NotFound as in `booking_view`."""
    found = visible_to(actor).where(col(Booking.id) == booking_id).with_for_update(of=Booking)
    booking = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if booking is None:
        raise NotFound("booking", booking_id)
    return booking


def visible_among(session: Session, actor: Actor, booking_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the bookings that the actor may see."""
    found = visible_to(actor).where(col(Booking.id).in_(booking_ids)).with_only_columns(col(Booking.id))
    return set(session.scalars(found))


def counted_claims(session: Session, booking_id: UUID) -> list[Claim]:
    """Return the booking's claims that still count."""
    found = select(Claim).where(col(Claim.booking_id) == booking_id, col(Claim.released_at).is_(None))
    return list(session.scalars(found.order_by(col(Claim.unit_id), func.lower(Claim.during))))


def is_served(session: Session, need_id: UUID) -> bool:
    """Say whether any booking that was not cancelled serves a need."""
    live = select(col(Booking.id)).where(col(Booking.need_id) == need_id, col(Booking.state).in_(LIVE))
    return session.scalars(live.limit(1)).one_or_none() is not None


def _narrowed(found: Select[Booking], actor: Actor, search: BookingSearch) -> Select[Booking]:
    if search.state is not None:
        found = found.where(col(Booking.state) == search.state)
    if search.request_id is not None:
        found = found.where(col(Booking.request_id) == search.request_id)
    if search.part is not None:
        side = Booking.lender_id if search.part is BookingRole.LENDER else Booking.borrower_id
        found = found.where(col(side) == actor.organisation_id)
    return found


def _views(session: Session, actor: Actor, bookings: Sequence[Booking]) -> list[BookingView]:
    ids = [booking.id for booking in bookings]
    borrower = aliased(Organisation)
    rows = session.execute(
        select(Booking, ProposalLine, Request, Need, borrower)
        .join(ProposalLine, col(ProposalLine.id) == col(Booking.line_id))
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Need, col(Need.id) == col(Booking.need_id))
        .join(borrower, col(borrower.id) == col(Booking.borrower_id))
        .where(col(Booking.id).in_(ids))
    )
    offers = offered(session, {booking.offer_id for booking in bookings})
    claims = _claims(session, ids)
    views = {
        booking.id: BookingView(
            actor, booking, line, request, need, offers[booking.offer_id], borrowing, claims[booking.id]
        )
        for booking, line, request, need, borrowing in rows
    }
    return [views[key] for key in ids]


def _claims(session: Session, booking_ids: Collection[UUID]) -> dict[UUID, list[ClaimView]]:
    rows = session.execute(
        select(Claim, Unit)
        .join(Unit, col(Unit.id) == col(Claim.unit_id))
        .where(col(Claim.booking_id).in_(booking_ids))
        .order_by(func.lower(Claim.during), col(Unit.name))
    )
    found = defaultdict(list)
    for claim, unit in rows:
        if claim.booking_id is not None:
            found[claim.booking_id].append(ClaimView(claim, unit))
    return found
