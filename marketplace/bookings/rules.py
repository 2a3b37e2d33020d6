"""What may happen to a booking, who may do it, and what it is called.

The lender says when a thing goes out, comes back and is done with: it is theirs. Either side may cancel before the
hand-over and may say that something is wrong after it; it comes back all the same, and is then closed by a coordinator.
A coordinator may do every move for a side that cannot, which the audit shows.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from core.actor import Actor, Permission
from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict, NotAllowed
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.offers.models import Terms
from resources.families import family_of

BOOKING = Lifecycle(
    "booking",
    Booking,
    {
        BookingState.AGREED: frozenset({BookingState.HANDED_OVER, BookingState.CANCELLED}),
        BookingState.HANDED_OVER: frozenset({BookingState.RETURNED, BookingState.CLOSED, BookingState.DISPUTED}),
        BookingState.RETURNED: frozenset({BookingState.CLOSED, BookingState.DISPUTED}),
        BookingState.DISPUTED: frozenset({BookingState.RETURNED, BookingState.CLOSED}),
    },
)

LIVE = frozenset(BookingState) - {BookingState.CANCELLED}
"""States in which a booking still serves its need."""
GOING_ON = (BookingState.AGREED, BookingState.HANDED_OVER, BookingState.DISPUTED)
"""States in which it is agreed on, or out."""


class BookingRole(StrEnum):
    """What an organisation is in a booking."""

    LENDER = "lender"
    BORROWER = "borrower"


ACTS_FOR = {BookingRole.LENDER: Permission.OFFER, BookingRole.BORROWER: Permission.REQUEST}
"""What a member has to be allowed to act for a part."""
Departments = Mapping[BookingRole, str | None]
"""The unit of each side that what is lent, or asked for, belongs to."""

_MAY: Mapping[BookingState, frozenset[BookingRole]] = {
    BookingState.HANDED_OVER: frozenset({BookingRole.LENDER}),
    BookingState.RETURNED: frozenset({BookingRole.LENDER}),
    BookingState.CLOSED: frozenset({BookingRole.LENDER}),
    BookingState.CANCELLED: frozenset(BookingRole),
    BookingState.DISPUTED: frozenset(BookingRole),
}


class CancellationCode(StrEnum):
    """Why a booking is cancelled."""

    NO_LONGER_NEEDED = "no_longer_needed"
    NO_LONGER_AVAILABLE = "no_longer_available"
    CAPACITY_NEEDED_OURSELVES = "capacity_needed_ourselves"
    STAFF_DECLINED = "staff_declined"
    OTHER = "other"


class DisputeCode(StrEnum):
    """What is wrong with what was lent."""

    DAMAGED = "damaged"
    MISSING = "missing"
    LATE = "late"
    NOT_AS_AGREED = "not_as_agreed"
    OTHER = "other"


def read_reason(codes: type[StrEnum], code: str, words: str) -> str:
    """Return the code.

    Raises
    ------
    BadInput
        It is not one of `codes`, words are missing beside `other`, or they are too long.
    """
    if code not in list(codes):
        raise BadInput("code", code, f"it has to be one of {', '.join(codes)}")
    if code == "other" and not words.strip():
        raise BadInput("words", words, "say in words why, since the code is 'other'")
    check_text("words", words, most=LONGEST_WORDS)
    return code


def kind_of(family: str, terms: Terms) -> BookingKind:
    """Return what an agreement about something of a family is: what is handed over for good is that before all."""
    if terms is Terms.HAND_OVER:
        return BookingKind.HAND_OVER
    return BookingKind(family_of(family).booking_kind)


def parts_of(actor: Actor, booking: Booking, departments: Departments) -> frozenset[BookingRole]:
    """Return the parts that the actor may act for: its organisation's, by its roles."""
    sides = {BookingRole.LENDER: booking.lender_id, BookingRole.BORROWER: booking.borrower_id}
    return frozenset(part for part, home in sides.items() if actor.may(ACTS_FOR[part], home, departments.get(part)))


def coordinates(actor: Actor, booking: Booking) -> bool:
    """Tell whether the actor coordinates one of the two sides."""
    return any(actor.coordinates_for(side) for side in (booking.lender_id, booking.borrower_id))


def check_may_move(actor: Actor, booking: Booking, departments: Departments, to: BookingState) -> None:
    """Everybody has their own moves; a coordinator may make them all, and alone closes what is disputed."""
    if coordinates(actor, booking):
        return
    if booking.disputed_at is not None and to is BookingState.CLOSED:
        raise NotAllowed("not_coordinator", "A coordinator closes what is disputed, when both sides are agreed.")
    if not parts_of(actor, booking, departments) & _MAY[to]:
        raise NotAllowed("not_your_move", "Only the side whose move it is, or a coordinator, may do this.")


def check_comes_back(booking: Booking, to: BookingState) -> None:
    """What is handed over for good never comes back; everything else has to before it is closed."""
    for_good = booking.kind is BookingKind.HAND_OVER
    if for_good and to is BookingState.RETURNED:
        raise Conflict("not_for_return", "It was handed over for good, so it is not returned: close it instead.")
    if to is BookingState.RETURNED and booking.returned_at is not None:
        raise Conflict("already_returned", "Its return is noted already.")
    if not for_good and to is BookingState.CLOSED and booking.state is BookingState.HANDED_OVER:
        raise Conflict("not_returned", "It has not been returned yet, so it cannot be closed.")


def check_has_begun(booking: Booking, to: BookingState) -> None:
    """A thing goes out at most a day before the booking's first day in Sweden, and comes back after its start."""
    start = from_range(booking.during).start
    if to is BookingState.HANDED_OVER and clock.today() + timedelta(days=1) < start.astimezone(clock.STOCKHOLM).date():
        raise Conflict("too_early", "It begins more than a day from now, so it cannot have begun yet.")
    if to is BookingState.RETURNED and clock.now() < start:
        raise Conflict("not_begun", "Its time has not begun yet, so it cannot be over.")


def possible_moves(actor: Actor, booking: Booking, departments: Departments) -> list[BookingState]:
    """Return the moves that the actor may make now, in the order of the lifecycle."""
    return [
        to
        for to in BookingState
        if booking.state in BOOKING.sources(to) and _is_possible(actor, booking, departments, to)
    ]


def _is_possible(actor: Actor, booking: Booking, departments: Departments, to: BookingState) -> bool:
    try:
        check_may_move(actor, booking, departments, to)
        check_comes_back(booking, to)
        check_has_begun(booking, to)
    except (NotAllowed, Conflict):
        return False
    return True
