"""What may happen to a booking, who may do it, and what it is called.

The lender says what of it goes out, comes back and is done with: it is theirs. What is out tells the state, see
`ledger`. Either side may cancel before the
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
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.offers.models import Terms
from resources.families import family_of

BOOKING = Lifecycle(
    "booking",
    Booking,
    {
        BookingState.AGREED: frozenset({BookingState.HANDED_OVER, BookingState.CANCELLED}),
        BookingState.HANDED_OVER: frozenset({BookingState.RETURNED, BookingState.CLOSED, BookingState.DISPUTED}),
        BookingState.RETURNED: frozenset({BookingState.HANDED_OVER, BookingState.CLOSED, BookingState.DISPUTED}),
        BookingState.DISPUTED: frozenset({BookingState.RETURNED, BookingState.CLOSED}),
    },
)

LIVE = frozenset(BookingState) - {BookingState.CANCELLED}
"""States in which a booking still serves its need."""
GOING_ON = (BookingState.AGREED, BookingState.HANDED_OVER, BookingState.DISPUTED)
"""States in which it is agreed on, or out."""
CARRIED = (BookingKind.ITEM_LOAN, BookingKind.HAND_OVER, BookingKind.VEHICLE_LOAN)
"""What is taken away: some of it at a time, and it may be lost or damaged. All else begins and is over as a whole."""
OVER = (BookingState.CLOSED, BookingState.CANCELLED)


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
    ROOM_DECLINED = "room_declined"
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


def check_may_note(actor: Actor, booking: Booking, departments: Departments) -> None:
    """What goes out and comes back is noted by the lender, or a coordinator."""
    check_may_move(actor, booking, departments, BookingState.RETURNED)


def check_is_back(booking: Booking, to: BookingState) -> None:
    """What is not handed over for good has to come back before it is closed."""
    goes_out = booking.state is BookingState.HANDED_OVER and booking.kind is not BookingKind.HAND_OVER
    if to is BookingState.CLOSED and goes_out:
        raise Conflict("not_returned", "It has not been returned yet, so it cannot be closed.")


def check_has_begun(booking: Booking, kind: MovementKind) -> None:
    """A thing goes out at most a day before the booking's first day in Sweden, and comes back after its start."""
    start = from_range(booking.during).start
    if kind is MovementKind.OUT:
        if clock.today() + timedelta(days=1) < start.astimezone(clock.STOCKHOLM).date():
            raise Conflict("too_early", "It begins more than a day from now, so it cannot have begun yet.")
    elif booking.kind not in CARRIED and clock.now() < start:
        raise Conflict("not_begun", "Its time has not begun yet, so it cannot be over.")


def check_whole(booking: Booking, kind: MovementKind, amount: int) -> None:
    """A room or a person is not taken away: it begins and is over as a whole, and is neither lost nor mended."""
    if booking.kind in CARRIED:
        return
    if kind not in (MovementKind.OUT, MovementKind.BACK):
        raise Conflict("not_carried", "Only what is taken away is lost, damaged or mended: report a problem instead.")
    if amount != booking.amount:
        raise BadInput("amount", amount, f"all of it begins and is over at once: {booking.amount}")


def possible_movements(
    actor: Actor, booking: Booking, departments: Departments, ledger: Ledger
) -> dict[MovementKind, int]:
    """Return how many at most the actor may note now, by kind."""
    if booking.state in OVER:
        return {}
    return {
        kind: most
        for kind in MovementKind
        if (most := ledger.most(kind)) and _is_noted(actor, booking, departments, kind, most)
    }


def may_add_photo(actor: Actor, booking: Booking, departments: Departments) -> bool:
    """Tell whether the actor may show on a photo more how something looked when it moved, which it sees, too."""
    if booking.state in OVER or actor.organisation_id not in {booking.lender_id, booking.borrower_id}:
        return False
    try:
        check_may_note(actor, booking, departments)
    except NotAllowed:
        return False
    return True


def _is_noted(actor: Actor, booking: Booking, departments: Departments, kind: MovementKind, most: int) -> bool:
    try:
        check_may_note(actor, booking, departments)
        check_whole(booking, kind, most)
        check_has_begun(booking, kind)
    except (NotAllowed, Conflict):
        return False
    return True


def possible_moves(actor: Actor, booking: Booking, departments: Departments) -> list[BookingState]:
    """Return the moves that the actor may make now, in the order of the lifecycle; its movements make the others."""
    return [
        to
        for to in (BookingState.CLOSED, BookingState.CANCELLED, BookingState.DISPUTED)
        if booking.state in BOOKING.sources(to) and _is_possible(actor, booking, departments, to)
    ]


def _is_possible(actor: Actor, booking: Booking, departments: Departments, to: BookingState) -> bool:
    try:
        check_may_move(actor, booking, departments, to)
        check_is_back(booking, to)
    except (NotAllowed, Conflict):
        return False
    return True
