"""The papers of a booking, as its page shows them: those there are, and whether one may be made."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.bookings.loan_actions import is_party
from api.papers.drawing import asks
from core.actor import Actor
from core.errors import Conflict
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import Departments, parts_of
from marketplace.papers.models import Paper
from marketplace.papers.queries import of_booking
from marketplace.papers.rules import check_may_follow


@dataclass(frozen=True)
class PaperActions:
    """The papers, and what is asked for where another may be made, with what the last one says of it."""

    made: Sequence[Paper]
    may_draw_up: bool
    text: str
    leads_to: str
    asks: bool
    basis: str
    valuation: str


def paper_actions(session: Session, actor: Actor, view: BookingView, departments: Departments) -> PaperActions | None:
    """Return the papers of a booking and whether somebody may have another made; nothing for neither of its sides."""
    if not is_party(actor, view):
        return None
    made = of_booking(session, view.booking.id)
    given = made[-1].content["given"] if made else {}
    worth = given.get("valuationSek")
    return PaperActions(
        made=made,
        may_draw_up=bool(parts_of(actor, view.booking, departments)) and _may_follow(view, made),
        text=_("Draw up an addendum") if made else _("Draw up the agreement"),
        leads_to=_("It says what has changed since. What was made stays as it is.")
        if made
        else _(
            "A PDF of what both sides have agreed, in the language that you read here, with a number of the lender's."
        ),
        asks=bool(asks(view.booking.kind)),
        basis=given.get("basis", ""),
        valuation="" if worth is None else str(worth),
    )


def _may_follow(view: BookingView, made: Sequence[Paper]) -> bool:
    try:
        check_may_follow(view.booking, made[-1] if made else None)
    except Conflict:
        return False
    return True
