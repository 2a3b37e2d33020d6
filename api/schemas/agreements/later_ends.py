"""Later ends of bookings on the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

from api.schemas.base import Wire, Words
from marketplace.later_ends.models import LaterEnd, LaterEndState
from marketplace.later_ends.rules import LaterEndRefusal


class LaterEndIn(Wire):
    """Until when what is lent is wanted, and why."""

    until: datetime
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a fair that goes on for a week more."""
        return cls(until=datetime.fromisoformat("2027-03-12T23:00:00Z"), words="Mässan fortsätter en vecka till.")


class LaterEndRefusalIn(Wire):
    """Why it has to end as agreed; with the code `other` words are needed."""

    code: LaterEndRefusal
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a lender that needs its own."""
        return cls(code=LaterEndRefusal.CAPACITY_NEEDED_OURSELVES)


class LaterEndOut(Wire):
    """That a borrower asks for a booking to end at `until` instead of `ends_at`, and what became of it."""

    id: UUID
    booking_id: UUID
    ends_at: datetime
    until: datetime
    words: str
    state: LaterEndState
    answer_by: datetime
    answered_at: datetime | None
    created_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return one that waits for its answer."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000081"),
            booking_id=UUID("01980000-0000-7000-8000-000000000082"),
            ends_at=datetime.fromisoformat("2027-03-05T23:00:00Z"),
            until=datetime.fromisoformat("2027-03-12T23:00:00Z"),
            words="Mässan fortsätter en vecka till.",
            state=LaterEndState.WAITING,
            answer_by=datetime.fromisoformat("2027-03-08T09:00:00Z"),
            answered_at=None,
            created_at=datetime.fromisoformat("2027-03-01T09:00:00Z"),
        )


def later_end_out(row: LaterEnd) -> LaterEndOut:
    """Return a later end as the sides of its booking may know it."""
    return LaterEndOut(
        id=row.id,
        booking_id=row.booking_id,
        ends_at=row.ends_at,
        until=row.until,
        words=row.words,
        state=row.state,
        answer_by=row.answer_by,
        answered_at=row.answered_at,
        created_at=row.created_at,
    )
