"""A case on the wire, with all that there is of it."""

from datetime import datetime
from typing import Self

from api.schemas.agreements.bookings import BookingOut, booking_out
from api.schemas.agreements.loans import loan_out
from api.schemas.agreements.proposals import ProposalOut, proposal_out
from api.schemas.base import Wire
from api.schemas.history.events import EventOut, event_out
from api.schemas.requests import RequestOut, request_out
from core.time import clock
from marketplace.views.case import Case


class CaseOut(Wire):
    """A request with what was proposed and booked for it, and all that happened, as far as you may see it."""

    exported_at: datetime
    request: RequestOut
    proposals: list[ProposalOut]
    bookings: list[BookingOut]
    events: list[EventOut]

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        return cls(
            exported_at=clock.now(),
            request=RequestOut.example(),
            proposals=[ProposalOut.example()],
            bookings=[BookingOut.example()],
            events=[EventOut.example()],
        )


def case_out(case: Case) -> CaseOut:
    """Return a case as it goes on the wire."""
    loans = {loan.key: loan_out(loan, confirmed) for loan, confirmed in case.loans}
    return CaseOut(
        exported_at=clock.now(),
        request=request_out(case.request),
        proposals=[proposal_out(each, {}, loans) for each in case.proposals],
        bookings=[booking_out(each) for each in case.bookings],
        events=[event_out(each) for each in case.events],
    )
