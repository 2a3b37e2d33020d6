"""Having a paper of a booking made: what it says is written now, in one language, and set in the background."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.language.i18n import speaking
from api.papers.document import Given, draft
from api.papers.person_loans import Papers, papers_of
from api.papers.templates import Fact, templates
from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from marketplace.bookings import queries
from marketplace.bookings.models import BookingKind
from marketplace.bookings.queries import BookingView
from marketplace.loans.queries import confirmations, loan_of_booking
from marketplace.papers.models import Paper, PaperState
from marketplace.papers.queries import of_booking
from marketplace.papers.service import draw_up, to_follow


def have_made(session: Session, actor: Actor, booking_id: UUID, language: str, given: Given) -> Paper:
    """Have the agreement on a booking made, or where there is one, an addendum with what has changed since.

    An addendum is in the language of its agreement, and what was given for that holds unless something else is.

    Raises
    ------
    NotFound, NotAllowed, Conflict, BadInput
        See `service.to_follow`, `service.draw_up` and `document.draft`.
    """
    follows = to_follow(session, actor, booking_id)
    view = queries.booking_view(session, actor, booking_id)
    if follows is not None:
        language, given = follows.content["language"], _with(given, follows.content["given"])
    addendum = follows is not None and (follows.addendum > 0 or follows.state is PaperState.MADE)
    with speaking(language):
        told = draft(view, given, _loan_papers(session, view), addendum=addendum)
    return draw_up(session, actor, booking_id, follows, told)


def add_to_paper(session: Session, actor: Actor, booking_id: UUID) -> None:
    """Have what has changed added to the agreement on paper, where there is one that an addendum may follow now.

    Where it may not, as for a coordinator, who is of neither side, the sides have it made when they want to.
    """
    made = of_booking(session, booking_id)
    if made and made[-1].state is PaperState.MADE:
        with suppress(NotAllowed, NotFound, Conflict):
            have_made(session, actor, booking_id, made[-1].content["language"], Given())


def asks(kind: BookingKind) -> frozenset[Fact]:
    """Return what has to be said beside what a booking of a kind says."""
    return templates()[kind].asks


def _with(given: Given, before: dict[str, Any]) -> Given:
    worth = before["valuationSek"] if given.valuation_sek is None else given.valuation_sek
    return Given(given.basis or before["basis"], worth)


def _loan_papers(session: Session, view: BookingView) -> Papers | None:
    loan = loan_of_booking(session, view) if view.booking.kind is BookingKind.STAFF_LOAN else None
    if loan is None:
        return None
    confirmed = confirmations(session, [view.proposal_id]).get(loan.parts, [])
    return papers_of(view, loan, confirmed, named=False)
