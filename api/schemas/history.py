"""What happened on the wire, and a case with all that there is of it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from api.schemas.base import Wire
from api.schemas.bookings import BookingOut, booking_out
from api.schemas.proposals import ProposalOut, proposal_out
from api.schemas.requests import RequestOut, request_out
from core.time import clock
from marketplace.views.case import Case
from marketplace.views.history import Happening


class EventOut(Wire):
    """One thing that happened: a move from state to state, or what `reason` says.

    `name` is told of your own colleagues; both are null where the system itself did it.
    """

    at: datetime
    entity: str
    entity_id: UUID
    name: str | None
    organisation: str | None
    from_state: str | None
    to_state: str | None
    reason: str | None
    words: str | None
    run_id: UUID | None

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        return cls(
            at=clock.now(),
            entity="request",
            entity_id=UUID("01980000-0000-7000-8000-000000000001"),
            name="Projektkontoret",
            organisation="Länsstyrelsen i Jämtlands län",
            from_state="draft",
            to_state="open",
            reason=None,
            words=None,
            run_id=None,
        )


class HistoryOut(Wire):
    """All that happened to one thing, in order."""

    items: list[EventOut]

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        return cls(items=[EventOut.example()])


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


def event_out(happening: Happening) -> EventOut:
    """Return an event as it goes on the wire."""
    entry = happening.entry
    return EventOut(
        at=entry.at,
        entity=entry.entity,
        entity_id=entry.entity_id,
        name=happening.name,
        organisation=happening.organisation,
        from_state=entry.from_state,
        to_state=entry.to_state,
        reason=entry.reason_code,
        words=entry.words,
        run_id=entry.run_id,
    )


def case_out(case: Case) -> CaseOut:
    """Return a case as it goes on the wire."""
    return CaseOut(
        exported_at=clock.now(),
        request=request_out(case.request),
        proposals=[proposal_out(each, {}) for each in case.proposals],
        bookings=[booking_out(each) for each in case.bookings],
        events=[event_out(each) for each in case.events],
    )
