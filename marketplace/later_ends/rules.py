"""Which bookings may end later, when, and who says so."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from core.actor import Actor
from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict, NotAllowed
from core.limits import instant_faults, refuse_if
from core.time import clock
from core.time.interval import Interval, from_range, union
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.bookings.rules import BookingRole, Departments, coordinates, parts_of
from marketplace.later_ends.models import LaterEnd, LaterEndState
from resources.models import Claim

_S = LaterEndState
LATER_END = Lifecycle(
    "later_end",
    LaterEnd,
    {_S.WAITING: frozenset({_S.GRANTED, _S.REFUSED, _S.LAPSED, _S.REPLACED})},
)


class LaterEndRefusal(StrEnum):
    """Why the lender says no."""

    NO_LONGER_AVAILABLE = "no_longer_available"
    CAPACITY_NEEDED_OURSELVES = "capacity_needed_ourselves"
    OTHER = "other"


FURTHEST = timedelta(days=366)
"""Past the end that is agreed on: what is wanted for longer is asked for anew."""
RUNNING = (BookingState.AGREED, BookingState.HANDED_OVER)


def check_asks(actor: Actor, booking: Booking, departments: Departments) -> None:
    """Only the borrower asks for more time."""
    if BookingRole.BORROWER not in parts_of(actor, booking, departments):
        raise NotAllowed("not_the_borrower", "Only the borrower asks for more time.")


def answers(actor: Actor, booking: Booking, departments: Departments) -> bool:
    """Tell whether somebody answers for the lender: one of its own, or a coordinator for it."""
    return BookingRole.LENDER in parts_of(actor, booking, departments) or coordinates(actor, booking)


def check_goes_on(booking: Booking, held: Sequence[Claim]) -> Interval:
    """Return the time of a booking that may end later; `held` are its claims that count.

    Raises
    ------
    Conflict
        ``assessed_anew``: it is a loan of a person. ``no_end``: it is handed over for good. ``not_going_on``: it is
        over, or disputed. ``several_dates``: it is a series.
    """
    if booking.kind is BookingKind.STAFF_LOAN:
        raise Conflict(
            "assessed_anew", "A loan of a person goes on only after it is assessed anew: ask for it to go on instead."
        )
    if booking.kind is BookingKind.HAND_OVER:
        raise Conflict("no_end", "It is handed over for good, so it has no end to be moved.")
    if booking.state not in RUNNING or not held:
        raise Conflict("not_going_on", "Only what is agreed or out, and not disputed, may end later.")
    if len(union(from_range(each.during) for each in held)) > 1:
        raise Conflict("several_dates", "It is booked for several dates: ask for more dates in a new request.")
    return from_range(booking.during)


def check_later(during: Interval, until: datetime) -> None:
    """Refuse an end that is not later, is past, or is too far away."""
    refuse_if(instant_faults("until", until))
    least = max(during.limit, clock.now())
    if until <= least:
        raise BadInput("until", until.isoformat(), f"it has to be after {told(least)}")
    if until > during.limit + FURTHEST:
        raise BadInput("until", until.isoformat(), f"it has to be by {told(during.limit + FURTHEST)}")


def is_whole_days(during: Interval) -> bool:
    """Tell whether a time is of whole days: it is lent day and night, whatever the hours."""
    return all(each.astimezone(clock.STOCKHOLM).time() == time.min for each in (during.start, during.limit))


def told(moment: datetime) -> str:
    """Return an instant by the clock of Sweden; a midnight is the end of the day before."""
    local = moment.astimezone(clock.STOCKHOLM)
    if local.time() == time.min:
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
