"""Noting what of a booking goes out, comes back, is lost, damaged or mended: its state and its claims follow."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit
from core.errors import Faults, InvalidParameter, StateChanged, VersionChanged
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import checks as checked
from marketplace.bookings import queries, stock
from marketplace.bookings.checks import Check, check_faults
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import Booking, BookingState, Movement, MovementPhoto
from marketplace.bookings.photos import made_of
from marketplace.bookings.rules import BOOKING, CARRIED, OVER, check_has_begun, check_may_note, check_whole


def note(
    session: Session,
    actor: Actor,
    booking_id: UUID,
    kind: MovementKind,
    amount: int | None = None,
    *,
    condition: str = "",
    photo: bytes = b"",
    checks: Sequence[Check] = (),
    if_version: int | None = None,
) -> Movement:
    """Note that some, or all that can, have moved so. What has come back is free for others from now on.

    `checks` are what was looked through: what is not ticked stops nothing, but both sides are told of it.

    What is photographed is made anew, so that nothing is kept of where it was.

    Raises
    ------
    Conflict
        Of `Ledger.after`: it cannot have moved so. ``too_early``, ``not_begun``, ``not_carried``. ``still_out`` and
        ``reserved``: somebody else has it. ``state_changed``: the booking is over.
    BadInput
        Not so many can have moved so, the photo is none, or what was looked through cannot be kept.
    Unavailable
        Too many photos are looked at.
    """
    booking = queries.booking(session, actor, booking_id)
    check_may_note(actor, booking, queries.departments(session, booking))
    body = _read(condition, photo, [*check_faults(kind, checks)])  # takes long: nobody waits for it
    booking = queries.locked(session, actor, booking_id)
    check_may_note(actor, booking, queries.departments(session, booking))
    if if_version not in {None, booking.version}:
        raise VersionChanged(BOOKING.entity, booking_id)
    if booking.state in OVER:
        raise StateChanged(BOOKING.entity, booking_id, booking.state.value, kind.value)
    before = queries.ledger(session, booking)
    amount = before.most(kind) if amount is None else amount
    after = before.after(kind, amount)
    check_has_begun(booking, kind)
    check_whole(booking, kind, amount)
    if kind is MovementKind.OUT and booking.kind in CARRIED:
        stock.take_out(session, actor, booking, amount, before.out - before.back)
    _let_claims_follow(session, booking, before, after)
    made = add(session, actor, booking, kind, amount, condition=condition)
    if body:
        session.add(MovementPhoto(movement_id=made.id, body=body))
    checked.keep(session, booking, made, checks)
    to, returned_at = _state(booking, before, after), _returned_at(booking, before, after)
    if to is booking.state:
        booking.returned_at, booking.version = returned_at, booking.version + 1
        details = {"movement": str(made.id), "amount": amount}
        audit.record(session, actor, BOOKING.entity, booking.id, reason_code=f"moved_{kind}", details=details)
        session.flush()
    else:
        BOOKING.move(session, actor, booking.id, to, returned_at=returned_at)
    return made


def _let_claims_follow(session: Session, booking: Booking, before: Ledger, after: Ledger) -> None:
    back, now = after.back - before.back, clock.now()
    if back and after.held:
        stock.give_back(session, booking, back, now)
    elif back:
        stock.give_back_time(session, booking.id, now)
    if after.lost != before.lost:
        stock.hold_lost(session, booking, after.lost, max(now, from_range(booking.during).limit))


def add(
    session: Session, actor: Actor, booking: Booking, kind: MovementKind, amount: int, *, condition: str = ""
) -> Movement:
    """Write one movement down."""
    made = Movement(
        booking_id=booking.id,
        kind=kind,
        amount=amount,
        condition=condition.strip(),
        member_id=actor.member_id,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def _read(condition: str, photo: bytes, others: Sequence[InvalidParameter]) -> bytes:
    """Return what a photo shows, nothing where there is none; all that is wrong is told with what is so already."""
    faults, body = Faults(), b""
    faults.parameters += others
    with faults.under():
        check_text("condition", condition, most=LONGEST_WORDS)
    with faults.under():
        body = made_of(photo) if photo else b""
    faults.refuse()
    return body


def _state(booking: Booking, before: Ledger, after: Ledger) -> BookingState:
    """Return what movements come to; what is disputed stays so until all of it has come back."""
    if after.is_back:
        return booking.state if before.is_back else BookingState.RETURNED
    return booking.state if booking.state is BookingState.DISPUTED else BookingState.HANDED_OVER


def _returned_at(booking: Booking, before: Ledger, after: Ledger) -> datetime | None:
    if not after.is_back:
        return None
    return booking.returned_at if before.is_back else clock.now()
