"""What the two sides may do with a loan of a person, as its booking's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.language.labels import label
from core.actor import Actor
from core.time.interval import from_range
from marketplace.bookings.models import BookingKind
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import GOING_ON, BookingRole, CancellationCode, Departments, coordinates, parts_of
from marketplace.loans.ending import earliest_end
from marketplace.loans.extending import first_day_after, is_by_the_hour
from marketplace.loans.queries import extensions
from marketplace.loans.rules import days_of
from marketplace.loans.thanking import may_take_back, may_thank
from marketplace.requests.models import Request


@dataclass(frozen=True)
class LoanActions:
    """What may be done: to end it early, from which day on, or to ask for it to go on; its papers, for the two sides.

    `asked` are the requests for it to go on, `thanks` the borrower's words; `may_thank`: they are waited for;
    `may_take_back`: they may be taken back.
    """

    ends_at_earliest: str
    goes_on_from: str
    reasons: Sequence[tuple[str, str]]
    has_papers: bool
    asked: Sequence[Request]
    thanks: str
    may_thank: bool
    may_take_back: bool


def loan_actions(session: Session, actor: Actor, view: BookingView, departments: Departments) -> LoanActions | None:
    """Return what somebody may do with a loan of a person; nothing of what else is booked."""
    booking = view.booking
    if booking.kind is not BookingKind.STAFF_LOAN:
        return None
    parts, goes_on = parts_of(actor, booking, departments), booking.state in GOING_ON
    earliest = earliest_end(session, booking)
    may_end = goes_on and (parts or coordinates(actor, booking)) and earliest < days_of(from_range(booking.during))[1]
    may_ask = goes_on and BookingRole.BORROWER in parts and not is_by_the_hour(view.need)
    return LoanActions(
        ends_at_earliest=earliest.isoformat() if may_end else "",
        goes_on_from=first_day_after(booking).isoformat() if may_ask else "",
        reasons=[(code, label(code)) for code in CancellationCode],
        has_papers=is_party(actor, view),
        asked=extensions(session, booking.id) if actor.organisation_id == booking.borrower_id else (),
        thanks=booking.thanks or "",
        may_thank=may_thank(actor, booking, departments),
        may_take_back=may_take_back(actor, booking, departments),
    )


def is_party(actor: Actor, view: BookingView) -> bool:
    """Tell whether somebody is of one of the two sides: their papers are for nobody else."""
    return actor.organisation_id in {view.booking.lender_id, view.booking.borrower_id}
