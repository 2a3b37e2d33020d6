"""A case: a request, what was proposed and booked for it, and all that happened, as far as the reader may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database.audit import record
from core.database.page import Page
from marketplace.bookings.queries import BookingSearch, BookingView, bookings_page
from marketplace.loans.queries import Confirmation, confirmations, loans_in, told_to
from marketplace.loans.rules import PersonLoan
from marketplace.proposals.queries import ProposalSearch, ProposalView, proposals_page
from marketplace.views import reads
from marketplace.views.history import Happening, happenings
from marketplace.views.request import RequestView, request_view

T = TypeVar("T")
AT_A_TIME = 100


@dataclass(frozen=True)
class Case:
    """All that there is of a request."""

    request: RequestView
    proposals: Sequence[ProposalView]
    bookings: Sequence[BookingView]
    events: Sequence[Happening]
    loans: Sequence[tuple[PersonLoan, Sequence[Confirmation]]]
    """Those of people that were proposed, with what was confirmed of each."""


def exported(session: Session, actor: Actor, request_id: UUID) -> Case:
    """Return a case to be taken out of the product, which the audit tells of.

    Raises
    ------
    NotFound
        The actor may not see the request.
    """
    request = request_view(session, actor, request_id)
    proposals = _all(
        lambda page: proposals_page(session, actor, ProposalSearch(request_id=request_id), page, AT_A_TIME)
    )
    bookings = _all(lambda page: bookings_page(session, actor, BookingSearch(request_id=request_id), page, AT_A_TIME))
    things = {
        "request": {request_id},
        "proposal": {each.proposal.id for each in proposals},
        "booking": {each.booking.id for each in bookings},
        "inquiry": {each.id for need in request.needs for each in need.inquiries},
    }
    events = [each for each in happenings(session, actor, things) if _may_know(actor, request, each)]
    reads.bookings_read(session, actor, bookings)
    reads.proposals_read(session, actor, proposals)
    record(session, actor, "request", request_id, reason_code="exported")
    return Case(request, proposals, bookings, events, _loans(session, proposals))


def _loans(session: Session, proposals: Sequence[ProposalView]) -> list[tuple[PersonLoan, Sequence[Confirmation]]]:
    if not proposals:
        return []
    loans = loans_in(session, proposals[0].requester, [line for each in proposals for line in each.shown])
    confirmed = confirmations(session, [each.proposal.id for each in proposals]) if loans else {}
    views = {each.proposal.id: each for each in proposals}
    return [(each, told_to(views[each.parts[0]], each, confirmed.get(each.parts, ()))) for each in loans]


def _may_know(actor: Actor, request: RequestView, event: Happening) -> bool:
    """Tell whether an event is the reader's to know: of a proposal, parties know only what they did, and its ends."""
    if event.entry.entity != "proposal" or actor.coordinates_for(request.organisation.id):
        return True
    return event.entry.actor_id is None or event.home_id == actor.organisation_id


def _all(page_of: Callable[[int], Page[T]]) -> list[T]:
    first = page_of(1)
    pages = -(-first.total // AT_A_TIME)
    return [*first.items, *(each for number in range(2, pages + 1) for each in page_of(number).items)]
