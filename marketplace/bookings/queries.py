"""Every question about bookings. What an actor may see starts from `visible_to`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor, Permission, Private
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_page, read_rows
from core.database.statements import made_once
from core.database.tables import any_of, by_swedish, coordinated
from core.database.undo import may_be_undone
from core.errors import NotFound
from core.settings import settings
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings.ledger import Ledger, MovementKind, ledger_of
from marketplace.bookings.models import (
    Booking,
    BookingKind,
    BookingState,
    BundleDecision,
    BundleState,
    Movement,
    MovementCheck,
    MovementPhoto,
)
from marketplace.bookings.rules import CARRIED, GOING_ON, LIVE, OVER, BookingRole
from marketplace.offers.models import Offer
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals.models import ProposalLine, ProposalParty, Side
from marketplace.proposals.price import cost_sek
from marketplace.proposals.queries import offered
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.rules import NEED, WITHDRAWN
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit
from resources.photos.rules import MOST_PHOTOS

MOST_SITES = 100
"""That a host chooses from."""
AT_HAND = 5
"""Bookings of a thing on a page, where its label is scanned."""


@dataclass(frozen=True)
class ClaimView:
    """What a booking takes of one unit."""

    claim: Claim
    unit: Unit


@dataclass(frozen=True)
class MovementView:
    """What has moved of a booking, the name of who noted it, where that is known, and how many photos there are.

    `checks` are what was looked through then.
    """

    movement: Movement
    by: str | None
    photos: int
    checks: Sequence[MovementCheck] = ()


@dataclass(frozen=True)
class Away:
    """How much of a unit a booking has out."""

    booking_id: UUID
    unit_id: UUID
    amount: int


@dataclass(frozen=True)
class BookingView:
    """A booking with everything that its two sides may know: they know each other by now, so no place is coarse.

    `lending` is whom to call about the offer, `borrowing` who asked, or else, as where a file made the offer or an
    alert asked, whoever said yes for that side; nobody where these are none of its members, or have left.

    `person` is whose card it is, where that is known. Who that is, and what the card is called, the borrower's contact
    may read from the agreement until some days after the loan's last day (`named`, `identity`), and no coordinator.

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
    lending: Member | None
    borrowing: Member | None
    person: Member | None = None

    @property
    def proposal_id(self) -> UUID:
        """The proposal that it came from."""
        return self.line.proposal_id

    @property
    def lender(self) -> Organisation:
        """The organisation that lends."""
        return self.offered.owner

    @property
    def named(self) -> bool:
        """Whether the reader may know what is lent by its name."""
        return self.offered.named_for(self.reader) or self._is_open

    @property
    def identity(self) -> Member | None:
        """Who the person is, for those who may know: HR at the employer, and the borrower's contact in time."""
        home = self.offered.lent.resource
        is_hr = self.reader.reads(Private.APPROVAL_NOTE, home.organisation_id, home.department)
        return self.person if is_hr or self._is_open else None

    @property
    def _is_open(self) -> bool:
        """Whether a person is told of to the reader as the borrower's contact, now."""
        is_contact = self.borrowing is not None and self.borrowing.id == self.reader.member_id
        borrower = self.request.organisation_id, self.request.department
        if self.offered.card is None or not (is_contact and self.reader.reads(Private.LENT_NAME, *borrower)):
            return False
        until = identity_until(self.booking)
        return self.booking.state is not BookingState.CANCELLED and (until is None or clock.now() < until)

    @property
    def cost_sek(self) -> float | None:
        """What the borrower pays the lender, as far as it can be counted."""
        times = {from_range(view.claim.during) for view in self.claims}
        return cost_sek(self.line, list(times))


@dataclass(frozen=True)
class Exchange:
    """How often an organisation has lent and borrowed, in bookings that the reader may see."""

    lent: int
    borrowed: int


@dataclass(frozen=True)
class BookingSearch:
    """What to narrow the list by; `part` is what the actor's own organisation is in them, `is_ours` that it has one."""

    state: BookingState | None = None
    part: BookingRole | None = None
    request_id: UUID | None = None
    site_id: UUID | None = None
    is_ours: bool = False


def identity_until(booking: Booking) -> datetime | None:
    """Return until when the borrower's contact may know who is lent; None while the loan has no end."""
    ends = [each for each in (booking.during.upper, booking.returned_at) if each is not None]
    return min(ends) + timedelta(days=settings().identity_days) if ends else None


def visible_to(actor: Actor) -> Select[Booking]:
    """Those in which the actor's organisation, or one that it coordinates, lends or borrows; a host's, at its sites."""
    sides = (col(Booking.lender_id), col(Booking.borrower_id))
    home = (side == actor.organisation_id for side in sides)
    hosted = [_stands_at(any_of(col(Resource.site_id), actor.site_ids))] if actor.site_ids else []
    return select(Booking).where(or_(*home, *(coordinated(actor, side) for side in sides), *hosted))


def _stands_at(site: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition for bookings of what stands at a site."""
    found = select(col(Offer.id)).join(Resource, col(Resource.id) == col(Offer.resource_id))
    return found.where(col(Offer.id) == col(Booking.offer_id), site).exists()


def departments(session: Session, booking: Booking) -> dict[BookingRole, str | None]:
    """Return the units of both sides that what is lent, and what is asked for, belong to."""
    lent = select(col(Resource.department)).join(Offer, col(Offer.resource_id) == col(Resource.id))
    asked = select(col(Request.department)).where(col(Request.id) == booking.request_id)
    return {
        BookingRole.LENDER: session.scalars(lent.where(col(Offer.id) == booking.offer_id)).one(),
        BookingRole.BORROWER: session.scalars(asked).one(),
    }


def sites_hosted(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the sites that the actor is host of, in order: some by name, else all of its organisation."""
    if not actor.may(Permission.HOST):
        return ()
    which = (
        any_of(col(Site.id), actor.site_ids) if actor.site_ids else col(Site.organisation_id) == actor.organisation_id
    )
    return session.scalars(select(Site).where(which).order_by(by_swedish(col(Site.name))).limit(MOST_SITES)).all()


def bookings_page(
    session: Session, actor: Actor, search: BookingSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[BookingView]:
    """Return bookings, those still going on before those that are over, then by start; a fixed number of queries."""
    found = read_page(session, _listed(actor, search), page, limit)
    return found.of(lambda bookings: _views(session, actor, bookings))


@made_once
def _listed(actor: Actor, search: BookingSearch) -> Paged:
    over = case((col(Booking.state).in_(OVER), 1), else_=0)
    found = _narrowed(visible_to(actor), actor, search)
    return Paged(found.order_by(over, func.lower(Booking.during), col(Booking.id)))


def give_and_take(session: Session, actor: Actor, organisation_id: UUID) -> Exchange:
    """Count what an organisation has lent and borrowed, but for what was cancelled, as far as the actor may see it."""
    sides = [col(each) == organisation_id for each in (Booking.lender_id, Booking.borrower_id)]
    found = visible_to(actor).where(or_(*sides), col(Booking.state) != BookingState.CANCELLED)
    counted = found.with_only_columns(*(func.count().filter(each) for each in sides))
    return Exchange(*session.execute(counted).one())


def booking(session: Session, actor: Actor, booking_id: UUID) -> Booking:
    """Return the row of one booking.

    Raises
    ------
    NotFound
        The actor may not see it.
    """
    found = session.scalars(visible_to(actor).where(col(Booking.id) == booking_id)).one_or_none()
    if found is None:
        raise NotFound("booking", booking_id)
    return found


def booking_view(session: Session, actor: Actor, booking_id: UUID) -> BookingView:
    """Return one booking; NotFound as in `booking`."""
    return _views(session, actor, [booking(session, actor, booking_id)])[0]


def views(session: Session, actor: Actor, found: Select[Booking]) -> list[BookingView]:
    """Return the bookings that a SELECT finds among those that the actor may see, in its order."""
    return _views(session, actor, session.scalars(found).all())


def locked(session: Session, actor: Actor, booking_id: UUID) -> Booking:
    """Return one booking as it now is, its row locked until the transaction ends; NotFound as in `booking`."""
    found = visible_to(actor).where(col(Booking.id) == booking_id).with_for_update(of=Booking)
    booking = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if booking is None:
        raise NotFound("booking", booking_id)
    return booking


def visible_among(session: Session, actor: Actor, booking_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the bookings that the actor may see."""
    found = visible_to(actor).where(col(Booking.id).in_(booking_ids)).with_only_columns(col(Booking.id))
    return set(session.scalars(found))


def counted_claims(session: Session, booking_id: UUID, source: ClaimSource = ClaimSource.BOOKING) -> list[Claim]:
    """Return the booking's claims that still count; its owner's are those by which what is lost is held."""
    found = select(Claim).where(
        col(Claim.booking_id) == booking_id,
        col(Claim.released_at).is_(None),
        col(Claim.source) == source,
    )
    return list(session.scalars(found.order_by(col(Claim.unit_id), func.lower(Claim.during))))


def movements_page(
    session: Session,
    actor: Actor,
    booking_id: UUID,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    *,
    newest_first: bool = False,
) -> Page[MovementView]:
    """Return what has moved of a booking, in order, and who noted it; NotFound as in `booking`."""
    is_party = is_side(actor, booking(session, actor, booking_id))
    of_it = select(func.count()).where(col(MovementPhoto.movement_id) == col(Movement.id))
    found = (
        select(Movement, col(Member.name), of_it.scalar_subquery().label("photos"))
        .outerjoin(Member, col(Member.id) == col(Movement.member_id))
        .where(col(Movement.booking_id) == booking_id)
    )
    order = col(Movement.sequence).desc() if newest_first else col(Movement.sequence)
    rows = read_rows(session, found.order_by(order), page, limit)
    checks = checks_of(session, [row.Movement.id for row in rows.items])
    return rows.of(
        lambda read: [
            MovementView(row.Movement, row.name, row.photos if is_party else 0, checks[row.Movement.id]) for row in read
        ]
    )


def checks_of(session: Session, movement_ids: Collection[UUID]) -> dict[UUID, list[MovementCheck]]:
    """Return what was looked through at each of some movements, in order."""
    found: dict[UUID, list[MovementCheck]] = {key: [] for key in movement_ids}
    rows = select(MovementCheck).where(any_of(col(MovementCheck.movement_id), movement_ids))
    for each in session.scalars(rows.order_by(col(MovementCheck.movement_id), col(MovementCheck.position))):
        found[each.movement_id].append(each)
    return found


def movement(session: Session, booking: Booking, movement_id: UUID) -> Movement:
    """Return one of the movements of a booking, or NotFound."""
    found = session.get(Movement, movement_id)
    if found is None or found.booking_id != booking.id:
        raise NotFound("movement", movement_id)
    return found


def last_photo(session: Session, movement_id: UUID) -> int:
    """Return which photo of a movement is its last, 0 where there is none."""
    found = select(func.max(MovementPhoto.number)).where(col(MovementPhoto.movement_id) == movement_id)
    return session.scalars(found).one() or 0


def photo_of_movement(session: Session, actor: Actor, booking_id: UUID, movement_id: UUID, number: int) -> bytes:
    """Return one photo of what has moved, from 1, as WebP, for the two sides alone; else NotFound."""
    found = (
        select(col(MovementPhoto.body))
        .join(Movement, col(Movement.id) == col(MovementPhoto.movement_id))
        .where(col(Movement.id) == movement_id, col(Movement.booking_id) == booking_id)
        .where(col(MovementPhoto.number) == number)
    )
    may = is_side(actor, booking(session, actor, booking_id)) and 1 <= number <= MOST_PHOTOS
    body = session.scalars(found).one_or_none() if may else None
    if body is None:
        raise NotFound("photo", movement_id)
    return body


def is_side(actor: Actor, booking: Booking) -> bool:
    """Tell whether the actor is of one of the two organisations themselves, and not who helps them."""
    return actor.organisation_id in {booking.lender_id, booking.borrower_id}


def ledger(session: Session, booking: Booking) -> Ledger:
    """Return what the movements of a booking come to."""
    return ledgers(session, [booking])[booking.id]


def ledgers(session: Session, bookings: Collection[Booking]) -> dict[UUID, Ledger]:
    """Return what the movements of each of some bookings come to."""
    found = select(Movement).where(any_of(col(Movement.booking_id), [each.id for each in bookings]))
    moved = defaultdict(list)
    for row in session.scalars(found.order_by(col(Movement.sequence))):
        moved[row.booking_id].append(row)
    return {each.id: _ledger(each, moved[each.id]) for each in bookings}


def _ledger(booking: Booking, moved: Iterable[Movement]) -> Ledger:
    rows = [(each.kind, each.amount) for each in moved]
    return ledger_of(booking.amount, rows, for_good=booking.kind is BookingKind.HAND_OVER)


def at_hand(session: Session, actor: Actor, resource_id: UUID, page: int = 1) -> Page[BookingView]:
    """Return the bookings of a thing that are not over, as far as the actor may see them.

    First what is out and what may go out now, then what is to begin, then what nobody fetched or nobody has closed.
    """
    of_it, now = select(col(Offer.id)).where(col(Offer.resource_id) == resource_id), clock.now()
    rank = case(
        (col(Booking.state).in_((BookingState.HANDED_OVER, BookingState.DISPUTED)), 0),
        (col(Booking.during).op("&&")(Range(now, now + timedelta(days=1))), 0),
        (func.lower(Booking.during) > now, 1),
        else_=2,
    )
    found = visible_to(actor).where(col(Booking.offer_id).in_(of_it), col(Booking.state).not_in(OVER))
    ordered = found.order_by(rank, func.lower(Booking.during), col(Booking.id))
    return read_page(session, ordered, page, AT_HAND).of(lambda bookings: _views(session, actor, bookings))


def amounts_of_one(session: Session, booking: Booking) -> dict[UUID, int]:
    """Return how much of which units one of what is booked takes."""
    found = select(col(ResourceUnit.unit_id), col(ResourceUnit.amount))
    found = found.join(Offer, col(Offer.resource_id) == col(ResourceUnit.resource_id))
    rows = session.execute(found.where(col(Offer.id) == booking.offer_id)).all()
    return dict(rows)


def away_of_others(session: Session, booking: Booking, unit_ids: Collection[UUID]) -> list[Away]:
    """Return what other bookings that go on have out of units."""
    signed = {MovementKind.OUT: col(Movement.amount), MovementKind.BACK: -col(Movement.amount)}
    away = func.sum(case(signed, value=col(Movement.kind), else_=0))
    rows = session.execute(
        select(col(Booking.id), col(ResourceUnit.unit_id), away * col(ResourceUnit.amount))
        .join(Movement, col(Movement.booking_id) == col(Booking.id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(Offer.resource_id))
        .where(
            any_of(col(ResourceUnit.unit_id), unit_ids),
            col(Booking.id) != booking.id,
            col(Booking.kind).in_(CARRIED),
            col(Booking.state).not_in(OVER),
        )
        .group_by(col(Booking.id), col(ResourceUnit.unit_id), col(ResourceUnit.amount))
        .having(away > 0)
        .order_by(col(Booking.id))
    )
    return [Away(*row) for row in rows]


def who_has(session: Session, actor: Actor, booking_ids: Sequence[UUID]) -> str:
    """Return who borrows by the first of some bookings that the actor may see, with whom to ask there."""
    found = views(
        session, actor, visible_to(actor).where(any_of(col(Booking.id), booking_ids)).order_by(col(Booking.id))
    )
    if not found:
        return ""
    asked = found[0].borrowing
    return f"{found[0].borrower.name} ({asked.name}, {asked.email})" if asked else found[0].borrower.name


def is_served(session: Session, need_id: UUID) -> bool:
    """Say whether any booking that was not cancelled serves a need."""
    live = select(col(Booking.id)).where(col(Booking.need_id) == need_id, col(Booking.state).in_(LIVE))
    return session.scalars(live.limit(1)).one_or_none() is not None


def ids_going_on(session: Session, request_ids: Collection[UUID]) -> list[UUID]:
    """Return the bookings of requests that are agreed or out, in order."""
    found = select(col(Booking.id)).where(any_of(col(Booking.request_id), request_ids))
    return list(session.scalars(found.where(col(Booking.state).in_(GOING_ON)).order_by(col(Booking.id))))


def going_on(session: Session, request_id: UUID) -> list[Booking]:
    """Return the bookings of a request that are agreed or out, as they now are."""
    found = select(Booking).where(
        col(Booking.request_id) == request_id,
        col(Booking.state).in_(GOING_ON),
    )
    return list(session.scalars(found.order_by(col(Booking.id)).execution_options(populate_existing=True)))


def needs_of(session: Session, bookings: Iterable[Booking]) -> list[Need]:
    """Return the needs that bookings serve."""
    return list(session.scalars(select(Need).where(any_of(col(Need.id), [each.need_id for each in bookings]))))


def waiting_bundle(session: Session, request_id: UUID) -> BundleDecision | None:
    """Return what has to be decided about the rest of a request, if anything, locked until the transaction ends."""
    found = select(BundleDecision).where(
        col(BundleDecision.request_id) == request_id, col(BundleDecision.state) == BundleState.WAITING
    )
    return session.scalars(found.with_for_update()).first()


def latest_bundle(session: Session, request_id: UUID) -> BundleDecision | None:
    """Return what was last asked about the rest of a request, decided or not."""
    return session.scalars(_LATEST_BUNDLE, {"request": request_id}).one_or_none()


_LATEST_BUNDLE = (
    select(BundleDecision)
    .where(col(BundleDecision.request_id) == bindparam("request"))
    .order_by(col(BundleDecision.id).desc())
    .limit(1)
)


def booking_of_bundle(session: Session, bundle: BundleDecision) -> Booking:
    """Return the booking that was cancelled and so made a decision needed."""
    return session.scalars(select(Booking).where(col(Booking.id) == bundle.booking_id)).one()


def due_bundles(session: Session, now: datetime) -> list[tuple[BundleDecision, Request]]:
    """Return what nobody has decided in time, or of whose request no need waits any more, with the request, locked."""
    unserved = select(col(Need.id)).where(
        col(Need.request_id) == col(BundleDecision.request_id),
        col(Need.state).in_((NeedState.OPEN, NeedState.PROPOSED)),
    )
    undoable = select(col(Need.id)).where(
        col(Need.request_id) == col(BundleDecision.request_id),
        may_be_undone(NEED.entity, col(Need.id), NeedState.DROPPED, now, WITHDRAWN),
    )
    found = (
        select(BundleDecision, Request)
        .join(Request, col(Request.id) == col(BundleDecision.request_id))
        .where(
            col(BundleDecision.state) == BundleState.WAITING,
            or_(col(BundleDecision.decide_by) <= now, ~or_(unserved.exists(), undoable.exists())),
        )
        .order_by(col(Request.id))
        .with_for_update(skip_locked=True)
    )
    return [(bundle, request) for bundle, request in session.execute(found)]


def begun_unreplaced(session: Session, now: datetime) -> list[Request]:
    """Return requests of which somebody who learns has begun, and a need waits for who was to be replaced; locked."""
    of_it = col(Need.request_id) == col(Request.id)
    replaced = select(col(BundleDecision.id)).where(
        col(BundleDecision.request_id) == col(Request.id), col(BundleDecision.state) == BundleState.REPLACED
    )
    waits = select(col(Need.id)).where(of_it, col(Need.state).in_((NeedState.OPEN, NeedState.PROPOSED)))
    begun = (
        select(col(Booking.id))
        .join(Need, col(Need.id) == col(Booking.need_id))
        .where(
            of_it,
            col(Booking.state) == BookingState.AGREED,
            col(Booking.during).op("@>")(now),
            col(Need.requirements).contains({"learner": True}),
        )
    )
    found = select(Request).where(replaced.exists(), waits.exists(), begun.exists()).order_by(col(Request.id))
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def _narrowed(found: Select[Booking], actor: Actor, search: BookingSearch) -> Select[Booking]:
    if search.state is not None:
        found = found.where(col(Booking.state) == search.state)
    if search.request_id is not None:
        found = found.where(col(Booking.request_id) == search.request_id)
    if search.site_id is not None:
        found = found.where(_stands_at(col(Resource.site_id) == search.site_id))
    if search.is_ours:
        sides = (col(Booking.lender_id), col(Booking.borrower_id))
        found = found.where(or_(*(side == actor.organisation_id for side in sides)))
    if search.part is not None:
        side = Booking.lender_id if search.part is BookingRole.LENDER else Booking.borrower_id
        found = found.where(col(side) == actor.organisation_id)
    return found


def _views(session: Session, actor: Actor, bookings: Sequence[Booking]) -> list[BookingView]:
    ids = [booking.id for booking in bookings]
    if not ids:
        return []
    borrower = aliased(Organisation)
    offering, lending, asking, borrowing, person = (aliased(Member) for _ in range(5))
    lister, requester = aliased(ProposalParty), aliased(ProposalParty)
    rows = session.execute(
        select(Booking, ProposalLine, Request, Need, borrower, offering, lending, asking, borrowing, person)
        .join(ProposalLine, col(ProposalLine.id) == col(Booking.line_id))
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Need, col(Need.id) == col(Booking.need_id))
        .join(borrower, col(borrower.id) == col(Booking.borrower_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .outerjoin(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .outerjoin(person, col(person.id) == col(StaffCapacity.member_id))
        .outerjoin(lister, _answered(lister, Side.LISTER, Booking.lender_id))
        .outerjoin(requester, _answered(requester, Side.REQUESTER, Booking.borrower_id))
        .outerjoin(offering, _colleague(offering, Offer.member_id, Booking.lender_id))
        .outerjoin(lending, _colleague(lending, lister.member_id, Booking.lender_id))
        .outerjoin(asking, _colleague(asking, Request.member_id, Booking.borrower_id))
        .outerjoin(borrowing, _colleague(borrowing, requester.member_id, Booking.borrower_id))
        .where(col(Booking.id).in_(ids))
    )
    offers = offered(session, {booking.offer_id for booking in bookings})
    claims = _claims(session, ids)
    views = {
        booking.id: BookingView(
            actor,
            booking,
            line,
            request,
            need,
            offers[booking.offer_id],
            home,
            claims[booking.id],
            offers_it or lends,
            asks or borrows,
            whose,
        )
        for booking, line, request, need, home, offers_it, lends, asks, borrows, whose in rows
    }
    return [views[key] for key in ids]


def _colleague(member: Any, member_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    """Tell who takes part in an organisation: a coordinator files and answers for sides that it is not of."""
    is_here = col(member.organisation_id) == col(organisation_id)
    return and_(col(member.id) == col(member_id), col(member.active), is_here)


def _answered(party: Any, side: Side, organisation_id: Any) -> ColumnElement[bool]:
    return and_(
        col(party.proposal_id) == col(ProposalLine.proposal_id),
        col(party.organisation_id) == col(organisation_id),
        col(party.side) == side,
    )


def _claims(session: Session, booking_ids: Collection[UUID]) -> dict[UUID, list[ClaimView]]:
    rows = session.execute(
        select(Claim, Unit)
        .join(Unit, col(Unit.id) == col(Claim.unit_id))
        .where(col(Claim.booking_id).in_(booking_ids), col(Claim.source) == ClaimSource.BOOKING)
        .order_by(func.lower(Claim.during), by_swedish(col(Unit.name)))
    )
    found = defaultdict(list)
    for claim, unit in rows:
        if claim.booking_id is not None:
            found[claim.booking_id].append(ClaimView(claim, unit))
    return found
