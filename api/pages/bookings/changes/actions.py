"""What the two sides may do about the end of a booking, and about what is missing, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.language.labels import label
from core.actor import Actor
from core.errors import Conflict
from core.time.interval import from_range
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import BookingRole, Departments, coordinates, parts_of
from marketplace.later_ends import queries
from marketplace.later_ends.models import LaterEnd
from marketplace.later_ends.rules import LaterEndRefusal, answers, check_goes_on, is_whole_days
from marketplace.shortfalls import queries as missing
from marketplace.shortfalls.models import ShortfallState
from marketplace.shortfalls.rules import CHOICES


@dataclass(frozen=True)
class LaterEndActions:
    """What waits for an answer, who may ask and answer, and whether a time of day is asked for beside the day."""

    waits: LaterEnd | None
    may_ask: bool
    may_answer: bool
    asks_time: bool
    reasons: Sequence[tuple[str, str]]


def later_end_actions(
    session: Session, actor: Actor, view: BookingView, departments: Departments
) -> LaterEndActions | None:
    """Return what may be done about a booking's end; nothing where it cannot be moved, or is not the reader's."""
    asks = BookingRole.BORROWER in parts_of(actor, view.booking, departments)
    may_answer = answers(actor, view.booking, departments)
    if not asks and not may_answer:
        return None
    try:
        check_goes_on(view.booking, [each.claim for each in view.claims if each.claim.released_at is None])
    except Conflict:
        return None
    waits = queries.waiting(session, view.booking.id)
    if waits is None and not asks:
        return None
    return LaterEndActions(
        waits=waits,
        may_ask=asks,
        may_answer=may_answer and waits is not None,
        asks_time=not is_whole_days(from_range(view.booking.during)),
        reasons=[(code, label(code)) for code in LaterEndRefusal],
    )


@dataclass(frozen=True)
class ShortfallActions:
    """How much is missing, until when the borrower decides, and what may be chosen: nothing by whom it is not for."""

    missing: int
    decide_by: datetime
    options: Sequence[tuple[str, str]]


def shortfall_actions(
    session: Session, actor: Actor, view: BookingView, departments: Departments
) -> ShortfallActions | None:
    """Return what has to be decided about what is missing from a booking, if anything is."""
    if view.booking.state is not BookingState.AGREED:
        return None
    found = missing.waiting(session, [view.booking.id]).get(view.booking.id)
    if found is None:
        return None
    decides = BookingRole.BORROWER in parts_of(actor, view.booking, departments) or coordinates(actor, view.booking)
    left = [each for each in CHOICES if each is not ShortfallState.FEWER or found.missing < view.booking.amount]
    options = [(each, label(each, "shortfall_choice")) for each in left] if decides else []
    return ShortfallActions(found.missing, found.decide_by, options)
